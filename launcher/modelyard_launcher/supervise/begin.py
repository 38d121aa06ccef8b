"""A supervisor for a run, wherever the run is: in the region that it was last in, or that still answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from modelyard.errors import SurroundingsError
from modelyard_launcher.clouds import target_of
from modelyard_launcher.record_changes import read_record
from modelyard_launcher.supervise.loop import AWAY_LIMIT_SECONDS, POLL_SECONDS, Supervisor
from modelyard_launcher.supervise.sites import Site, primary_site, recovery_site, recovery_target
from modelyard_launcher.target import resolve_target

if TYPE_CHECKING:
    from modelyard_launcher.records import RunRecord
    from modelyard_launcher.target import Place


def supervisor_of(
    place: Place,
    run_id: str,
    on_event: Callable[[str], None],
    *,
    away_limit_seconds: float = AWAY_LIMIT_SECONDS,
    poll_seconds: float = POLL_SECONDS,
) -> Supervisor:
    """A supervisor of a run. Raises InputError if there is none, SurroundingsError if nobody answers."""
    primary = primary_site(place)
    record, answered = _find(place, primary, run_id)
    recovery = _recovery(place, primary, record, answered)
    first = record
    if recovery is not None and not answered.recovery:
        record = _moved(record, recovery, on_event) or record
    site = recovery if recovery is not None and record.moved else primary
    supervisor = Supervisor(
        record=record,
        site=site,
        find_target=(lambda: recovery_target(site)) if site is recovery else (lambda: resolve_target(place)),
        recovery=recovery,
        on_event=on_event,
        away_limit_seconds=away_limit_seconds,
        poll_seconds=poll_seconds,
    )
    if site is recovery and (answered.recovery or not first.finished):
        supervisor.left_behind = (primary, _before_it_moved(record))
    return supervisor


def _recovery(place: Place, primary: Site, record: RunRecord, answered: Site) -> Site | None:
    """Where a run may go on, or has gone on; None if there is nowhere.

    A run that moved has the recovery region's own target, which names no other region.
    """
    if primary.recovery:
        return None
    return answered if answered.recovery else recovery_site(place, target_of(record.target))


def _moved(record: RunRecord, recovery: Site, on_event: Callable[[str], None]) -> RunRecord | None:
    """The record of a run that goes on in the recovery region, which its first region knows nothing of; None
    if it hasn't moved.
    """
    if record.job.get("recovery") != "recovery_region":
        return None
    try:
        return read_record(recovery.context.runs.store, record.run_id, moved=True)
    except SurroundingsError as error:
        on_event(f"whether run {record.run_id} moved to {recovery.region} can't be seen: {error.message}")
        return None


def _before_it_moved(record: RunRecord) -> RunRecord:
    """A run as its first region knows it, as far as it takes to end what is left of it there."""
    submissions = [submission for submission in record.submissions if not submission.recovery]
    return record.model_copy(update={"moved": False, "submissions": submissions})


def _find(place: Place, primary: Site, run_id: str) -> tuple[RunRecord, Site]:
    """The record of a run, and where it was found: its copy, if the primary region doesn't answer."""
    try:
        return primary.context.runs.read(run_id), primary
    except SurroundingsError as error:
        recovery = recovery_site(place, None)
        if recovery is None:
            raise
        try:
            return recovery.context.runs.read(run_id), recovery
        except SurroundingsError:
            raise error from None
