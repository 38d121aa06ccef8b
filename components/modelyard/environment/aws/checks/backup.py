"""Backups: something to back up, times that fit each other, and retentions that the lock takes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from modelyard.environment.aws.recovery_chains import backed_up
from modelyard.errors import Problem
from modelyard.planning.recovery import shown_minutes, worst_rpo_minutes
from modelyard.planning.schedule import COMPLETION_AFTER_START_MINUTES, MINUTES_PER_DAY

if TYPE_CHECKING:
    from modelyard.environment.aws.backup import Backup
    from modelyard.environment.aws.spec import AwsEnvironment


def something_is_backed_up(environment: AwsEnvironment) -> Iterator[Problem]:
    """Backups are of something, and what asks for backups gets them."""
    selected = backed_up(environment)
    if environment.backup is not None and not selected:
        yield Problem(
            field="backup",
            given="backups of nothing",
            message="no store and no file system says backed_up; a bucket that exists already is somebody "
            "else's to back up, and a file system that is linked to datasets can't be",
            allowed="backups of the environment's own datasets or file systems",
            mend="set backed_up: true of storage.datasets or of a file system, or remove backup",
        )
    if environment.backup is None and "storage.datasets" in selected:
        yield Problem(
            field="storage.datasets.backed_up",
            given="true",
            message="nothing says how the datasets are backed up",
            allowed="false, while there is no backup",
            mend="add backup with rpo_hours and every_hours, or set backed_up: false",
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


def retention_outlives_the_interval(environment: AwsEnvironment) -> Iterator[Problem]:
    """A backup, and its copy, is kept until the next one is sure to be there."""
    backup = environment.backup
    if backup is None:
        return
    least = _days_until_the_next(backup)
    for name, days in _retentions(backup):
        if days < least:
            yield Problem(
                field=f"backup.{name}",
                given=str(days),
                message=f"a backup would be gone before the next, which may take {_worst(backup)}",
                allowed=f"{least} or more with this schedule",
                mend=f"set {name}: {least}, or more",
            )


def copies_need_a_recovery_region(environment: AwsEnvironment) -> Iterator[Problem]:
    """Nothing is said of copies that aren't made."""
    backup = environment.backup
    if backup is None or environment.regions.recovery is not None:
        return
    for name in ("copy_retention_days", "assumed_copy_hours"):
        value = getattr(backup, name)
        if value is not None:
            yield Problem(
                field=f"backup.{name}",
                given=str(value),
                message="without a recovery region no backup is copied",
                allowed="nothing, while regions.recovery is unset",
                mend=f"remove {name}, or set regions.recovery",
            )


def lock_bounds_are_in_order(environment: AwsEnvironment) -> Iterator[Problem]:
    """A lock's shortest retention is no longer than its longest."""
    lock = environment.backup and environment.backup.lock
    if lock and lock.min_retention_days > lock.max_retention_days:
        yield Problem(
            field="backup.lock.min_retention_days",
            given=str(lock.min_retention_days),
            message=f"it is more than max_retention_days, {lock.max_retention_days}: nothing would fit",
            allowed=f"a whole number from 1 to {lock.max_retention_days:,}",
            mend=f"set min_retention_days: {lock.max_retention_days}, or less",
        )


def retentions_lie_within_the_lock(environment: AwsEnvironment) -> Iterator[Problem]:
    """The locked vaults take what is put into them: other retentions fail each backup, long after `up`."""
    backup = environment.backup
    if backup is None or backup.lock is None:
        return
    least, most = backup.lock.min_retention_days, backup.lock.max_retention_days
    if least > most:
        return
    for name, days in _retentions(backup):
        if not least <= days <= most:
            nearest = least if days < least else most
            bound = "min_retention_days" if days < least else "max_retention_days"
            yield Problem(
                field=f"backup.{name}",
                given=str(days),
                message=f"the lock takes backups kept for {least:,} to {most:,} days: each one would fail",
                allowed=f"a whole number from {least:,} to {most:,}",
                mend=f"set {name}: {nearest}, or lock.{bound}: {days}",
            )


def restore_tests_find_a_backup(environment: AwsEnvironment) -> Iterator[Problem]:
    """The days back that a restore test looks for a backup are sure to hold one."""
    backup = environment.backup
    if backup is None or backup.restore_testing is None:
        return
    least = _days_until_the_next(backup)
    if backup.restore_testing.window_days < least:
        yield Problem(
            field="backup.restore_testing.window_days",
            given=str(backup.restore_testing.window_days),
            message=f"there may be no backup among these days: the next may take {_worst(backup)}",
            allowed=f"a whole number from {least} to 365 with this schedule",
            mend=f"set window_days: {least}, or more",
        )


def _retentions(backup: Backup) -> Iterator[tuple[str, int]]:
    """What is kept how long, by field; a copy without a retention of its own is kept like the backup."""
    yield "retention_days", backup.retention_days
    if backup.copy_retention_days is not None:
        yield "copy_retention_days", backup.copy_retention_days


def _worst_minutes(backup: Backup) -> int:
    return worst_rpo_minutes(
        backup.every_hours,
        backup.start_window_minutes,
        backup.completion_window_minutes,
        backup.tolerated_missed_runs,
    )


def _worst(backup: Backup) -> str:
    return shown_minutes(_worst_minutes(backup))


def _days_until_the_next(backup: Backup) -> int:
    return -(-_worst_minutes(backup) // MINUTES_PER_DAY)
