"""Seeing a run through at the terminal: what its ranks write, and how it stands meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable

from modelyard.errors import SurroundingsError
from modelyard_launcher.backends import OnLine, Standing, Watched
from modelyard_launcher.backends.patience import Patient
from modelyard_launcher.follow import follow_logs
from modelyard_launcher.records import RunRecord

MOST_FOLLOWED = 64
"""Ranks, or variants of a sweep, whose lines are shown as they come. Of more, only how they stand is."""

TOLD_SECONDS = 5.0
"""How often it is asked how a run stands that has nothing to say itself."""

LAST_LINES_SECONDS = 2.0
"""How long lines may come after the end of a run: CloudWatch Logs shows them a moment later, and nodes that
stopped with the main one end after it."""


def follow(
    backend: Watched,
    record: RunRecord,
    on_line: OnLine,
    on_event: Callable[[str], None],
    pause: Callable[[float], None] = time.sleep,
    *,
    patience_seconds: float = 0.0,
) -> RunRecord:
    """Follow a run to its end; its last record.

    The run doesn't depend on whoever follows it: with Ctrl-C it goes on, and its record is returned as it is.

    Raises SurroundingsError if the run is lost, or its cloud is away for longer than the patience.
    """
    backend = Patient(backend, patience_seconds, on_event)
    teller = _Teller(backend, on_event)
    ranks = range(record.variants or record.num_ranks)
    last = record

    ended_at: float | None = None

    def looking() -> RunRecord:
        """The record; its end a moment after it was seen."""
        nonlocal last, ended_at
        before = last
        last = backend.refresh(last)
        teller.tell(last)
        if not last.finished:
            return last
        ended_at = ended_at or time.monotonic()
        if time.monotonic() - ended_at < LAST_LINES_SECONDS:
            return before.model_copy(update={"state": "running", "ended": None})
        return last

    try:
        if len(ranks) <= MOST_FOLLOWED:
            try:
                for rank, line in follow_logs(backend, record, list(ranks), looking):
                    on_line(rank, line)
            except SurroundingsError as error:
                # How it stands may be seen all the same; if that can't be, it is raised below.
                on_event(f"what it writes isn't shown: {error.message}; {error.mend}")
        while not last.finished:
            if teller.lost is not None:
                raise SurroundingsError(
                    f"run {record.run_id} is lost: {teller.lost}",
                    "`modelyard job supervise` submits it again, from its newest checkpoint; `modelyard job "
                    "cancel` ends it",
                )
            pause(TOLD_SECONDS)
            looking()
    except KeyboardInterrupt:
        on_event(f"run {record.run_id} goes on without you")
    return last


class _Teller:
    """Tells how a run stands, whenever that changes."""

    def __init__(self, backend: Watched, on_event: Callable[[str], None]) -> None:
        self._backend = backend
        self._on_event = on_event
        self.lost: str | None = None
        """Why nothing will come of it any more, once it was so twice: a job that was just submitted may be
        shown a moment later."""
        self._told: tuple[str, str | None] | None = None
        self._next = 0.0

    def tell(self, record: RunRecord) -> None:
        """Say how a run stands, if it is time to ask, and that has changed."""
        if record.finished or time.monotonic() < self._next:
            return
        self._next = time.monotonic() + TOLD_SECONDS
        standing = self._backend.describe(record)
        now = (standing.state, _without_times(standing))
        self.lost = standing.reason if standing.state == "lost" and now == self._told else None
        if now != self._told:
            self._told = now
            self._on_event(f"{standing.state}: {standing.reason}" if standing.reason else standing.state)
            for detail in standing.details:
                self._on_event(f"  {detail}")


def _without_times(standing: Standing) -> str | None:
    """The reason without how long it has been so, which changes all the time."""
    return standing.reason.partition(";")[0] if standing.reason else None
