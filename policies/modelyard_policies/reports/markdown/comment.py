"""The one comment on a pull request that is updated in place, and the summary of a workflow's step."""

from __future__ import annotations

import re
from typing import Final

from modelyard_policies.assessment import Assessment
from modelyard_policies.reports.markdown.blocks import Detail
from modelyard_policies.reports.markdown.fit import Measure, fit
from modelyard_policies.reports.markdown.markup import code
from modelyard_policies.reports.markdown.sections import sections
from modelyard_policies.reports.markdown.tables import figures_table, findings_table
from modelyard_policies.reports.words import reasons, verdict

COMMENT_CHARACTERS: Final = 65_536
"""Most that GitHub takes for the body of a comment."""
SUMMARY_BYTES: Final = 1 << 20
"""Most that GitHub takes for the summary of a step."""


def comment(assessment: Assessment) -> str:
    """A comment. Its first line is a marker by which the next run finds it."""
    head = f"{marker(assessment.name)}\n{_head(assessment)}"
    return _written(assessment, head, Detail(lines=12, names=6), COMMENT_CHARACTERS, utf16_length)


def summary(assessment: Assessment) -> str:
    """The summary of a step, with room for more."""
    return _written(assessment, _head(assessment), Detail(200, 50), SUMMARY_BYTES, utf8_length)


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
    if assessment.figures:
        parts.append(figures_table(assessment.figures[:40]))
    return "\n\n".join(parts)


def _written(assessment: Assessment, head: str, detail: Detail, limit: int, measure: Measure) -> str:
    return fit(head, list(sections(assessment, detail)), limit, measure)
