"""Backups, against what they promise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from modelyard.environment.storage import ExistingS3Store
from modelyard.errors import Problem
from modelyard.planning.recovery import worst_rpo_minutes

if TYPE_CHECKING:
    from modelyard.environment.backup import Backup
    from modelyard.environment.spec import AwsEnvironment

COMPLETION_AFTER_START_MINUTES = 60
"""AWS Backup wants the completion window this much longer than the start window (AWS Backup Developer Guide,
"Backup plan options and configuration", 2026-11)."""

SHORTEST_START_MINUTES = 60
"""Shortest start window that AWS Backup takes (same page)."""


def store_is_ours_to_back_up(environment: AwsEnvironment) -> Iterator[Problem]:
    """Nobody else's bucket is backed up."""
    if environment.backup is not None and isinstance(environment.storage.datasets, ExistingS3Store):
        yield Problem(
            field="backup",
            given=f"a backup of {environment.storage.datasets.bucket}",
            message="the datasets are in a bucket that exists already: it is somebody else's to back up",
            allowed="nothing, while storage.datasets.kind is existing_s3",
            mend="remove backup, or set storage.datasets.kind: s3",
        )


def windows_fit_each_other(environment: AwsEnvironment) -> Iterator[Problem]:
    """A backup has the time after the end of its start window that AWS Backup wants for it."""
    backup = environment.backup
    if backup is None:
        return
    least = backup.start_window_minutes + COMPLETION_AFTER_START_MINUTES
    if backup.completion_window_minutes < least:
        yield Problem(
            field="backup.completion_window_minutes",
            given=str(backup.completion_window_minutes),
            message=f"it has to be {COMPLETION_AFTER_START_MINUTES} more than start_window_minutes, "
            f"{backup.start_window_minutes}",
            allowed=f"a whole number from {least:,} to 43,200",
            mend=f"set completion_window_minutes: {least}",
        )


def schedule_meets_the_rpo(environment: AwsEnvironment) -> Iterator[Problem]:
    """The most that the schedule may lose is no more than the recovery point objective."""
    backup = environment.backup
    if backup is None:
        return
    worst = _worst(backup)
    if worst > backup.rpo_hours * 60:
        yield Problem(
            field="backup.rpo_hours",
            given=str(backup.rpo_hours),
            message=f"the schedule may lose {_hours(worst)} of changes: {backup.every_hours} hours between "
            f"backups, a start window of {backup.start_window_minutes} minutes and "
            f"a completion window of {backup.completion_window_minutes}",
            allowed=f"{-(-worst // 60)} or more with this schedule",
            mend=_mend(backup, worst),
        )


def retention_outlives_the_interval(environment: AwsEnvironment) -> Iterator[Problem]:
    """A backup is kept until the next one is sure to be there."""
    backup = environment.backup
    if backup is None:
        return
    least = -(-_worst(backup) // (24 * 60))
    if backup.retention_days < least:
        yield Problem(
            field="backup.retention_days",
            given=str(backup.retention_days),
            message=f"a backup would be gone before the next, which may take {_hours(_worst(backup))}",
            allowed=f"{least} or more with this schedule",
            mend=f"set retention_days: {least}, or more",
        )


def _worst(backup: Backup) -> int:
    return worst_rpo_minutes(
        backup.every_hours, backup.start_window_minutes, backup.completion_window_minutes
    )


def _mend(backup: Backup, worst: int) -> str:
    """Values that would work: an objective that the schedule meets, a schedule that meets the objective."""
    objective = f"set rpo_hours: {-(-worst // 60)}"
    start, completion = backup.start_window_minutes, backup.completion_window_minutes
    every = (backup.rpo_hours * 60 - start - completion) // 60
    if every >= 1:
        return f"{objective}, or every_hours: {every}"
    start, completion = SHORTEST_START_MINUTES, SHORTEST_START_MINUTES + COMPLETION_AFTER_START_MINUTES
    every = (backup.rpo_hours * 60 - start - completion) // 60
    if every >= 1:
        return (
            f"{objective}, or every_hours: {every} with start_window_minutes: {start} "
            f"and completion_window_minutes: {completion}"
        )
    return f"{objective}: no schedule of AWS Backup promises {backup.rpo_hours} hours"


def _hours(minutes: int) -> str:
    return f"{minutes / 60:g} hours"
