"""A run of a job, as a library sees it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from modelyard_launcher.backends import Backend, LaunchContext, Standing, open_backend
from modelyard_launcher.follow import follow_logs

if TYPE_CHECKING:
    from modelyard_launcher.api import Launcher
    from modelyard_launcher.backends.patience import Patient
    from modelyard_launcher.records import RunRecord

POLL_SECONDS = 5.0
"""How often a run is asked after while it is waited for."""


def nothing(*_: object) -> None:
    """Take something, and do nothing."""


class Run:
    """A run of a job: its truth lies in the checkpoint store, so colleagues see the same."""

    def __init__(self, launcher: Launcher, record: RunRecord, context: LaunchContext | None = None) -> None:
        """`context` is that of another region, if the run is there."""
        self._context = context or launcher.context
        self.record = record
        """What was last known of it."""

    @property
    def id(self) -> str:
        """Id of the run: MODELYARD_RUN_ID."""
        return self.record.run_id

    @cached_property
    def backend(self) -> Backend:
        """Where it runs."""
        return open_backend(self.record.backend, self._context)

    def refresh(self) -> RunRecord:
        """Bring its record up to what is known, and return it."""
        if not self.record.finished:
            self.record = self.backend.refresh(self.record)
        return self.record

    def standing(self) -> Standing:
        """How it stands now: state, why, progress, time left, spend."""
        return self.backend.describe(self.refresh())

    def wait(
        self,
        timeout_seconds: float | None = None,
        *,
        poll_seconds: float = POLL_SECONDS,
        on_standing: Callable[[Standing], None] = nothing,
        on_event: Callable[[str], None] = nothing,
    ) -> RunRecord:
        """Wait until it has ended; its last record. `on_standing` is told each time how it stands, `on_event`
        when its cloud can't be reached for a while.

        Raises:
            TimeoutError: if it hasn't ended by then; it goes on.
        """
        seen = self._patient(on_event)
        until = None if timeout_seconds is None else time.monotonic() + timeout_seconds
        while not self._refreshed(seen).finished:
            standing = seen.describe(self.record)
            on_standing(standing)
            if standing.state == "lost":
                return self.record
            left = poll_seconds if until is None else min(poll_seconds, until - time.monotonic())
            if left <= 0:
                raise TimeoutError(f"run {self.id} hasn't ended within {timeout_seconds:g} seconds")
            time.sleep(left)
        self.tell_of_the_end(on_event)
        return self.record

    def lines(
        self,
        ranks: Sequence[int] | None = None,
        *,
        follow: bool = False,
        on_event: Callable[[str], None] = nothing,
    ) -> Iterator[tuple[int, str]]:
        """What its ranks wrote, each line with its rank; with `follow`, until it has ended, and `on_event` is
        told when its cloud can't be reached for a while.
        """
        wanted = ranks or range(self.ranks)
        if not follow:
            return follow_logs(self.backend, self.record, wanted, None)
        seen = self._patient(on_event)
        return follow_logs(seen, self.record, wanted, lambda: self._refreshed(seen))

    def _patient(self, on_event: Callable[[str], None]) -> Patient:
        from modelyard_launcher.backends.patience import Patient, patience_with

        return Patient(self.backend, patience_with(self._context.access), on_event)

    def _refreshed(self, seen: Patient) -> RunRecord:
        if not self.record.finished:
            self.record = seen.refresh(self.record)
        return self.record

    @property
    def ranks(self) -> int:
        """Number of logs that it has: one for each rank, or for each variant of a sweep."""
        return self.record.variants or self.record.num_ranks

    def cancel(self) -> RunRecord:
        """End it, if it hasn't ended; its last record."""
        if not self.refresh().finished:
            self.record = self.backend.cancel(self.record)
        self.tell_of_the_end()
        return self.record

    def tell_of_the_end(self, on_event: Callable[[str], None] = nothing) -> None:
        """Tell whoever the job names, once for all who see its end; what can't be told goes to `on_event`."""
        if not self.record.finished or not self.record.job.get("notify"):
            return
        from modelyard_launcher.job.notify import Notify
        from modelyard_launcher.notify import may_tell, tell
        from modelyard_node.keys import spec_key

        store = self._context.runs.store
        content = store.get(spec_key(self.id, self.record.spec_sha256 or ""))
        spec: dict[str, Any] = json.loads(content or b"{}")
        if spec.get("notify") and may_tell(store, self.record):
            for trouble in tell(Notify.model_validate(spec["notify"]), self.record):
                on_event(trouble)
