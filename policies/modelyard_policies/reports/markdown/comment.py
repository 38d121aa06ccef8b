"""The one comment on a pull request that is updated in place, and the summary of a workflow's step."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from modelyard_policies.assessment import Assessment
from modelyard_policies.registry import all_rules
from modelyard_policies.reports.markdown.blocks import Detail
from modelyard_policies.reports.markdown.fit import fit
from modelyard_policies.reports.markdown.markup import code, folded
from modelyard_policies.reports.markdown.sections import sections
from modelyard_policies.reports.markdown.tables import figures_now, figures_table, findings_table
from modelyard_policies.reports.reading import assessment_of
from modelyard_policies.reports.words import reasons, verdict

COMMENT_CHARACTERS: Final = 65_536
"""Most that GitHub takes for the body of a comment."""
SUMMARY_BYTES: Final = 1 << 20
"""Most that GitHub takes for the summary of a step."""

MOST_FIGURES: Final = 40
"""Figures that are shown; an environment has fifteen."""
IN_COMMENT: Final = Detail(lines=12, names=6)
IN_SUMMARY: Final = Detail(lines=200, names=50)


def comment(assessment: Assessment) -> str:
    """A comment. Its first line is a marker by which the next run finds it."""
    first = f"{marker(assessment.name)}\n"
    return first + body(assessment, COMMENT_CHARACTERS - len(first))


def body(assessment: Assessment, characters: int) -> str:
    """A comment without its marker, within a number of characters."""
    return fit(_head(assessment), list(sections(assessment, IN_COMMENT)), characters, utf16_length)


def render(document: Mapping[str, Any], characters: int) -> str:
    """The comment, without its marker, that a report of schema modelyard.check/1 comes to: for a job that
    posts what another one found, and trusts nothing in it. Raises ValueError for what isn't a report.
    """
    return body(assessment_of(document, all_rules()), characters)


def summary(assessment: Assessment, limit: int = SUMMARY_BYTES) -> str:
    """The summary of a step, with room for more: `limit` bytes."""
    return fit(_head(assessment), list(sections(assessment, IN_SUMMARY)), limit, utf8_length)


def marker(name: str) -> str:
    """The hidden line that tells the comment about `name` from all others."""
    return f"<!-- modelyard:check:{re.sub('[^A-Za-z0-9._]+', '-', name).strip('-')[:100]} -->"


def utf16_length(text: str) -> int:
    """Characters as a browser counts them, which is never fewer than there are."""
    return len(text) + sum(character > "\uffff" for character in text)


def utf8_length(text: str) -> int:
    """Bytes."""
    return len(text.encode())


def _head(assessment: Assessment) -> str:
    said = reasons(assessment)
    parts = [
        f"## {code(assessment.name, 100)} {verdict(assessment)}",
        f"{said[0].upper()}{said[1:]}.",
        findings_table(assessment),
    ]
    figures = assessment.figures[:MOST_FIGURES]
    if figures and assessment.base is not None:
        parts.append(figures_table(figures))
    elif figures:
        parts.append(folded("Cost, carbon and recovery", figures_now(figures)))
    return "\n\n".join(parts)
