"""One comment for all stacks of a pull request, made from a document that nobody has to trust."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, cast

from modelyard_policies.assessment import Assessment
from modelyard_policies.registry import all_rules
from modelyard_policies.reports.markdown.comment import (
    COMMENT_CHARACTERS,
    SUMMARY_BYTES,
    marker,
    utf16_length,
)
from modelyard_policies.reports.markdown.comment import body as stack_body
from modelyard_policies.reports.markdown.markup import code, fenced
from modelyard_policies.reports.reading import assessment_of
from modelyard_policies.reports.words import column, verdict

SCHEMA: Final = "modelyard.gate/1"
MARKER: Final = marker("gate")
"""First line of the comment, by which the next run finds it."""

_BYTES_A_CHARACTER: Final = 3
"""Most that a character of a comment takes, as comments are counted."""
_MOST_STACKS: Final = 50
_MOST_PROBLEMS: Final = 20
_LEAST_ROOM: Final = 1_000
"""Characters below which a stack isn't shown at all but counted."""
_LINES: Final = 20
_NAME_CHARACTERS: Final = 100
_COUNTED: Final = ("new", "fixed", "old", "unknown")
"""What the line of a stack tells."""
_JOINT: Final = "\n\n---\n\n"

Part = Callable[[int], str]
"""Writes a part within a number of characters."""


def comment(document: Mapping[str, Any]) -> str:
    """The comment with its marker. Raises ValueError for what isn't a document of the gate's."""
    return f"{MARKER}\n{body(document, COMMENT_CHARACTERS - len(MARKER) - 1)}"


def summary(document: Mapping[str, Any]) -> str:
    """The same for the summary of a workflow's step, which has more room."""
    return body(document, SUMMARY_BYTES // _BYTES_A_CHARACTER)


def body(document: Mapping[str, Any], characters: int) -> str:
    """The comment without its marker, within a number of characters: first what couldn't be judged, then each
    stack. Raises ValueError for what isn't a document of the gate's.
    """
    if document.get("schema") != SCHEMA:
        raise ValueError(f"it isn't of schema {SCHEMA}")
    reports, problems = (_mappings(document.get(name)) for name in ("reports", "problems"))
    rules = all_rules()
    judged = [assessment_of(report, rules) for report in reports[:_MOST_STACKS]]
    unjudged = problems[:_MOST_PROBLEMS]
    parts: list[Part] = []
    if problems:
        text = "\n\n".join(map(_problem, unjudged))
        parts.append(lambda room: text if utf16_length(text) <= room else f"{_UNJUDGED} ({len(problems)})")
    parts += map(_part, judged)
    if not parts:
        return "## modelyard check\n\nNo stack was judged.\n"
    number = len(reports) + len(problems)
    head = f"{_overview(judged, unjudged, number)}{_JOINT}" if number > 1 else ""
    left_out = number - len(judged) - len(unjudged)
    foot = f"\n\n{left_out} more in the full report.\n" if left_out else "\n"
    room = characters - utf16_length(head) - len(foot) - len(_JOINT) * (len(parts) - 1)
    return head + _JOINT.join(text.strip() for text in _shared(parts, room)) + foot


_UNJUDGED: Final = "## Stacks that couldn't be judged"


def _overview(judged: Sequence[Assessment], problems: Sequence[Mapping[str, Any]], number: int) -> str:
    """A line for each stack, where there are several."""
    passed = sum(assessment.ok for assessment in judged)
    nothing = dict.fromkeys(_COUNTED, 0)
    rows = [(_text(problem, "name"), "couldn't be judged", nothing) for problem in problems]
    rows += [(each.name, verdict(each), _counts(each)) for each in judged]
    lines = [
        f"## {passed:,} of {number:,} stacks {'passes' if passed == 1 else 'pass'}",
        "",
        f"| stack | answer | {' | '.join(_COUNTED)} |",
        f"| --- | --- |{' --: |' * len(_COUNTED)}",
    ]
    for name, answer, counts in rows:
        numbers = (f"{count:,}" if count else "·" for count in counts.values())
        shown = code(name.replace("|", "¦"), _NAME_CHARACTERS)
        lines.append(f"| {shown} | {answer} | {' | '.join(numbers)} |")
    return "\n".join(lines)


def _counts(assessment: Assessment) -> dict[str, int]:
    """What fails and is new, and what else there is. Without a base all that fails is new."""
    found = Counter(map(column, assessment.findings))
    return {
        "new": found["new"] + found["failed"],
        "fixed": len(assessment.fixed),
        "old": found["old"],
        "unknown": found["unknown"],
    }


def _part(assessment: Assessment) -> Part:
    def write(room: int) -> str:
        if room < _LEAST_ROOM:
            return "_One more in the full report._"
        return stack_body(assessment, room)

    return write


def _shared(parts: Sequence[Part], room: int) -> list[str]:
    """Every part within its share of the room: what short ones leave goes to the others."""
    texts = [part(room) for part in parts]
    lengths = [utf16_length(text) for text in texts]
    if sum(lengths) <= room:
        return texts
    for position, place in enumerate(sorted(range(len(parts)), key=lengths.__getitem__)):
        share = room // (len(parts) - position)
        if lengths[place] > share:
            texts[place] = parts[place](share)
        room -= utf16_length(texts[place])
    return texts


def _problem(problem: Mapping[str, Any]) -> str:
    name, said = _text(problem, "name"), _text(problem, "said")
    lines = said.strip().splitlines()[-_LINES:]
    shown = "\n".join("".join(c if c.isprintable() else "·" for c in line)[:200] for line in lines)
    head = f"## {code(name, _NAME_CHARACTERS)} couldn't be judged"
    return f"{head}\n\n{fenced(shown or 'It said nothing.', '')}"


def _text(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    return value if isinstance(value, str) else ""


def _mappings(value: Any) -> list[Mapping[str, Any]]:
    items = cast("list[Any]", value) if isinstance(value, list) else None
    if items is None or not all(isinstance(item, dict) for item in items):
        raise ValueError("a field is missing or isn't right")
    return items
