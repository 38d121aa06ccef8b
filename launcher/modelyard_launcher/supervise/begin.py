"""A supervisor for a run, wherever the run is: in the region that it was last in, or that still answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from modelyard.errors import SurroundingsError
from modelyard.outputs import LaunchTarget
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
    target = LaunchTarget.model_validate(record.target)
    recovery = None if primary.recovery else recovery_site(place, target)
    moved = bool(record.submissions) and record.submissions[-1].recovery and recovery is not None
    site = recovery if moved and recovery is not None else primary
    if site is recovery and not answered.recovery:
        record = site.context.runs.read(run_id)
    return Supervisor(
        record=record,
        site=site,
        find_target=(lambda: recovery_target(site)) if site is recovery else (lambda: resolve_target(place)),
        recovery=recovery,
        on_event=on_event,
        away_limit_seconds=away_limit_seconds,
        poll_seconds=poll_seconds,
    )


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
