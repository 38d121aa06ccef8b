"""How runs are shown: as documents, in a sentence, by their last words, by their lines."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from modelyard_launcher.backends import Backend
    from modelyard_launcher.records import RunRecord

_FOLLOW_SECONDS = 1.0

_LAST_WORDS = 5


def run_document(backend: Backend, record: RunRecord) -> dict[str, Any]:
    """A run as JSON (modelyard.run/1), as it stands now."""
    standing = backend.describe(record)
    return {**record.as_dict(), "state": standing.state, "reason": standing.reason}


def run_sentence(backend: Backend, record: RunRecord) -> str:
    """How a run stands, in a sentence."""
    standing = backend.describe(record)
    after = f" after {time_taken(record)}" if record.finished else ""
    return f"{record.run_id} {standing.state}{after}" + (f": {standing.reason}" if standing.reason else "")


def time_taken(record: RunRecord) -> str:
    """How long a run took; empty while it runs."""
    from modelyard_launcher.durations import duration_text

    return duration_text((record.ended - record.created).total_seconds()) if record.ended else ""


def attempt_lines(backend: Backend, record: RunRecord) -> list[str]:
    """How each rank of each attempt ended."""
    goes_on = not record.finished and backend.describe(record).state != "lost"
    lines: list[str] = []
    for attempt in record.attempts:
        ranks = ", ".join(
            f"rank {rank.rank}: {rank.exit_code}{' (stopped)' if rank.stopped else ''}"
            for rank in attempt.ranks
        )
        without = "running" if goes_on else "nobody saw how it ended"
        reason = f"; {attempt.reason}" if attempt.reason else ""
        lines.append(f"attempt {attempt.number}    {ranks or without}{reason}")
    return lines


def last_words(backend: Backend, record: RunRecord) -> list[str]:
    """The last lines of the rank that failed first, under a heading; nothing if none did."""
    ranks = record.attempts[-1].ranks if record.attempts else []
    failed = next((rank.rank for rank in ranks if rank.exit_code and not rank.stopped), None)
    if record.state != "failed" or failed is None:
        return []
    lines = [line for _, line in run_lines(backend, record, [failed], None)][-_LAST_WORDS:]
    return [f"last words of rank {failed}", *(f"  {line}" for line in lines)] if lines else []


def run_lines(
    backend: Backend, record: RunRecord, ranks: Sequence[int], refresh: Callable[[], RunRecord] | None
) -> Iterator[tuple[int, str]]:
    """The lines of several ranks: one rank after another, or, with `refresh`, as they come."""
    from modelyard_launcher.backends import follow_log

    waiting = {rank: follow_log(backend, record, rank, refresh) for rank in ranks}
    while waiting:
        for rank, lines in list(waiting.items()):
            for line, pause in lines:
                if pause:
                    break
                yield rank, line
            else:
                del waiting[rank]
        if waiting:
            time.sleep(_FOLLOW_SECONDS)
