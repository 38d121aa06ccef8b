"""One comment for all stacks of a pull request, made from a document that nobody has to trust."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, cast

from modelyard_policies.reports.markdown.comment import (
    COMMENT_CHARACTERS,
    SUMMARY_BYTES,
    marker,
    render,
    utf16_length,
)
from modelyard_policies.reports.markdown.markup import code, fenced

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
    parts: list[Part] = []
    if problems:
        text = "\n\n".join(map(_problem, problems[:_MOST_PROBLEMS]))
        parts.append(lambda room: text if utf16_length(text) <= room else f"{_UNJUDGED} ({len(problems)})")
    parts += [_part(report) for report in reports[:_MOST_STACKS]]
    if not parts:
        return "## modelyard check\n\nNo stack was judged.\n"
    left_out = max(0, len(reports) - _MOST_STACKS) + max(0, len(problems) - _MOST_PROBLEMS)
    foot = f"\n\n{left_out} more in the full report.\n" if left_out else "\n"
    room = characters - len(foot) - len(_JOINT) * (len(parts) - 1)
    return _JOINT.join(text.strip() for text in _shared(parts, room)) + foot


_UNJUDGED: Final = "## Stacks that couldn't be judged"


def _part(report: Mapping[str, Any]) -> Part:
    def write(room: int) -> str:
        return render(report, room) if room >= _LEAST_ROOM else "_One more in the full report._"

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
    name, said = (
        value if isinstance(value, str) else "" for value in (problem.get("name"), problem.get("said"))
    )
    lines = said.strip().splitlines()[-_LINES:]
    shown = "\n".join("".join(c if c.isprintable() else "·" for c in line)[:200] for line in lines)
    head = f"## {code(name, 100)} couldn't be judged"
    return f"{head}\n\n{fenced(shown or 'It said nothing.', '')}"


def _mappings(value: Any) -> list[Mapping[str, Any]]:
    items = cast("list[Any]", value) if isinstance(value, list) else None
    if items is None or not all(isinstance(item, dict) for item in items):
        raise ValueError("a field is missing or isn't right")
    return items
