"""What has to be known to read the findings: what stayed unknown, and how to answer it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.text import Text

from modelyard_preview.report.names import count
from modelyard_preview.subjects import DataSourceNote, Notes

_MOST_PLACES = 3


def notes(found: Notes) -> Iterator[Text]:
    """One line for each thing, indented; nothing if there is nothing to know."""
    for note in found.unanswered:
        yield Text(f"  unknown, for nobody answers it: {note.token}{_places(note)}", style="yellow")
    for name in found.stacks:
        yield Text(f"  unknown: the outputs of the stack {name}", style="yellow")
    if found.unanswered or found.stacks:
        yield Text("  answer them in a file that --answers names", style="dim")
    if found.waiting:
        calls = sum(max(len(note.sources), 1) for note in found.waiting)
        tokens = ", ".join(note.token for note in found.waiting)
        waiting = f"{count(calls, 'data source')} {'waits' if calls == 1 else 'wait'}"
        yield Text(f"  {waiting} for what only the deployment will know: {tokens}", style="dim")
    for note in found.assumed:
        yield Text(f"  {note.token}: {note.reason}", style="dim")
    for connection in found.connections:
        yield Text(f"  the program went on without {connection}", style="yellow")
    for name in found.unused_answers:
        yield Text(f"  nothing asked for the answer {name}", style="yellow")
    for said in found.messages:
        if said.severity != "info":
            yield Text(f"  the program says ({said.severity}): {said.text}", style="yellow")
    yield from _remarks(found.remarks)


def _remarks(remarks: Iterable[str]) -> Iterator[Text]:
    for remark in remarks:
        yield Text(f"  {remark}", style="yellow")


def _places(note: DataSourceNote) -> str:
    if not note.sources:
        return ""
    shown = ", ".join(note.sources[:_MOST_PLACES])
    more = len(note.sources) - _MOST_PLACES
    return f" at {shown}" + (f" and {more} more" if more > 0 else "")
