"""Changes against a base on the terminal: what jobs notice first, then the resources."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from modelyard_preview.changes import Change, Changes, Kind
from modelyard_preview.report.names import count, short_type

STYLES = {"ends": "bold red", "waits": "yellow", "at_once": "yellow", "none": "green"}
MARKS = {"create": "+", "update": "~", "replace": "±", "delete": "-"}
WORDS = {"ends": "jobs end", "waits": "jobs are waited for", "at_once": "holds at once", "none": "jobs go on"}

DONE: tuple[tuple[Kind, str], ...] = (
    ("create", "made"),
    ("update", "changed"),
    ("replace", "replaced"),
    ("delete", "deleted"),
)

PROPERTIES_SHOWN = 4
"""Changed properties that are named in a line."""


def changes(found: Changes) -> Iterator[Text]:
    """What an `up` would do to what the base has."""
    numbers = [count(len(found.of(kind)), "resource") + f" {done}" for kind, done in DONE if found.of(kind)]
    yield Text(f"  against {found.base}: {', '.join(numbers) or 'nothing changes'}")
    for change in found.refused:
        text = f"  refused: {_subject(change)} is protected, and can't be {_done(change)}"
        yield Text(text, style="bold red")
    for effect in found.jobs:
        yield Text.assemble(
            "  ", (WORDS[effect.severity], STYLES[effect.severity]), f": {effect.subject}: {effect.message}"
        )
    if found.resources and not found.jobs:
        yield Text("  no running job notices any of it", style="green")
    for change in found.resources:
        yield Text(f"    {MARKS[change.kind]} {_subject(change)}{_properties(change)}")


def _subject(change: Change) -> str:
    return f"{short_type(change.type)} {change.urn.rpartition('::')[2]}"


def _done(change: Change) -> str:
    return "deleted" if change.kind == "delete" else f"replaced ({', '.join(change.properties)} changes)"


def _properties(change: Change) -> str:
    if not change.properties:
        return ""
    shown = change.properties[:PROPERTIES_SHOWN]
    more = len(change.properties) - len(shown)
    return f": {', '.join(shown)}{f' and {more} more' if more else ''}"
