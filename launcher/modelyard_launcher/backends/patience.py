"""Watching a run while its cloud can't be reached: the run goes on, and so does whoever watches it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from modelyard.errors import SurroundingsError
from modelyard_launcher.backends import LogChunk, Standing, Watched
from modelyard_launcher.outcomes import AnsweredError
from modelyard_launcher.records import RunRecord
from modelyard_launcher.stores import Access

PATIENCE_SECONDS = 600.0
"""How long a cloud may be away before whoever watches gives up: as long as a supervisor waits before it takes
a region for lost.
"""

LOG_PAUSE_SECONDS = 30.0
"""Before a log is asked for again that can't be reached: each try may take as long as a connection does, and
a run has many.
"""

_Answer = TypeVar("_Answer")


def patience_with(access: Access) -> float:
    """Seconds that it may be away: none of a sandbox, which doesn't come back by itself."""
    return PATIENCE_SECONDS if access.kind in ("aws", "azure") else 0.0


class Patient:
    """What is seen of a run; while nobody answers, what was seen last. A refusal is raised at once, and so is
    the error of logs that could never be read: who is outside a closed network sees how a run stands alone.

    Args:
        backend: where it runs.
        seconds: how long it may be away, one time after another.
        on_event: is told when it goes away and when it comes back.
    """

    def __init__(self, backend: Watched, seconds: float, on_event: Callable[[str], None]) -> None:
        self._backend, self._seconds, self._on_event = backend, seconds, on_event
        self._away_since: dict[str, float] = {}
        self._next_log, self._has_read = 0.0, False

    def refresh(self, record: RunRecord) -> RunRecord:
        """The record, as it was if nobody answers."""
        return self._seen("state", lambda: self._backend.refresh(record), record)

    def describe(self, record: RunRecord) -> Standing:
        """How it stands; by its record if nobody answers."""
        return self._seen("state", lambda: self._backend.describe(record), Standing(record.state, None))

    def read_log(self, record: RunRecord, rank: int, cursor: str | None = None) -> LogChunk:
        """What a rank wrote; nothing new if nobody answers."""
        nothing = LogChunk(b"", cursor or "")
        if time.monotonic() < self._next_log:
            return nothing

        def read() -> LogChunk:
            return self._backend.read_log(record, rank, cursor or None)

        found = self._seen("log", read, nothing) if self._has_read else read()
        self._has_read = True
        return found

    def _seen(self, what: str, ask: Callable[[], _Answer], otherwise: _Answer) -> _Answer:
        try:
            answer = ask()
        except AnsweredError:
            raise
        except SurroundingsError as error:
            self._note(what, error)
            return otherwise
        if self._away_since.pop(what, None) is not None:
            self._next_log = 0.0
            if not self._away_since:
                self._on_event("it answers again")
        return answer

    def _note(self, what: str, error: SurroundingsError) -> None:
        """Note that something can't be seen; raise the error if that goes on for too long."""
        moment = time.monotonic()
        if self._seconds and not self._away_since:
            self._on_event(f"{error.message}; the run goes on, and it is asked again")
        since = self._away_since.setdefault(what, moment)
        if moment - since >= self._seconds:
            raise error
        if what == "log":
            self._next_log = moment + LOG_PAUSE_SECONDS
