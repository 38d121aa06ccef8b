"""Lines of several ranks of a run: one rank after another, or as they come."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from modelyard_launcher.backends import Watched
    from modelyard_launcher.records import RunRecord

FOLLOW_SECONDS = 1.0
"""How often what is still being written is asked after."""


def line_as_seen(line: bytes) -> str:
    """A line as a reader would have seen it: of what a progress bar wrote over itself, the last."""
    return line.rstrip(b"\r").rpartition(b"\r")[2].decode(errors="replace")


def follow_logs(
    backend: Watched, record: RunRecord, ranks: Sequence[int], refresh: Callable[[], RunRecord] | None
) -> Iterator[tuple[int, str]]:
    """The lines of several ranks: one rank after another, or, with `refresh`, as they come."""
    seen = record
    looked_at = time.monotonic()

    def looking() -> RunRecord:
        """The record, asked for once a round however many ranks there are."""
        nonlocal seen, looked_at
        if refresh is not None and not seen.finished and time.monotonic() - looked_at >= FOLLOW_SECONDS:
            seen, looked_at = refresh(), time.monotonic()
        return seen

    waiting = {
        rank: follow_log(backend, record, rank, None if refresh is None else looking) for rank in ranks
    }
    while waiting:
        for rank, lines in list(waiting.items()):
            for line, pause in lines:
                if pause:
                    break
                yield rank, line
            else:
                del waiting[rank]
        if waiting:
            time.sleep(FOLLOW_SECONDS)


def follow_log(
    backend: Watched, record: RunRecord, rank: int, refresh: Callable[[], RunRecord] | None
) -> Iterator[tuple[str, bool]]:
    """The lines of a rank's log; with `refresh` those to come too, and a pause (True) when none is."""
    cursor: str | None = None
    unfinished = b""
    over = refresh is None or record.finished
    while True:
        chunk = backend.read_log(record, rank, cursor)
        cursor = chunk.cursor
        *lines, unfinished = (unfinished + chunk.data).split(b"\n")
        for line in lines:
            yield line_as_seen(line), False
        if chunk.more:
            continue
        if over:
            break
        yield "", True
        if refresh is not None:
            record = refresh()
        over = record.finished or backend.describe(record).state == "lost"
    if unfinished:
        yield line_as_seen(unfinished), False
