"""Backups: something to back up, times that fit each other, and where the copies lie."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from modelyard.catalog.azure import region
from modelyard.environment.azure.needs import is_within, pair_within
from modelyard.environment.azure.recovery_chains import backed_up
from modelyard.errors import Problem
from modelyard.planning.schedule import HOURS_PER_DAY
from modelyard.validation.values import given_text

if TYPE_CHECKING:
    from modelyard.environment.azure.spec import AzureEnvironment

LEAST_SOFT_DELETE_DAYS = 14


def something_is_backed_up(environment: AzureEnvironment) -> Iterator[Problem]:
    """Backups are of something, and what asks for backups gets them."""
    selected = backed_up(environment)
    if environment.backup is not None and not selected:
        yield Problem(
            field="backup",
            given="backups of nothing",
            message="no store says backed_up; a container that exists already is somebody else's to back up",
            allowed="backups of the environment's own datasets",
            mend="set backed_up: true of storage.datasets, or remove backup",
        )
    if environment.backup is None and selected:
        yield Problem(
            field="storage.datasets.backed_up",
            given="true",
            message="nothing says how the datasets are backed up",
            allowed="false, while there is no backup",
            mend="add backup with rpo_hours and every_hours, or set backed_up: false",
        )


def what_is_backed_up_reaches_the_recovery_region(environment: AzureEnvironment) -> Iterator[Problem]:
    """What is backed up can't be replicated as well, so it comes to the recovery region by the vault, which
    Azure copies to the paired region alone.
    """
    recovery, backup, primary = environment.regions.recovery, environment.backup, environment.regions.primary
    if recovery is None or backup is None or not backed_up(environment):
        return
    if recovery == primary or not all(is_within(name, environment.residency) for name in (primary, recovery)):
        return
    pair = region(primary).pair if pair_within(primary, environment.residency) else None
    if pair is None:
        yield Problem(
            field="storage.datasets.backed_up",
            given="true",
            message="Azure can't both back up a container and replicate it, and copies no backups of "
            f"{primary} to another region of the residency: nothing of the datasets would come to {recovery}",
            allowed="false, with which they are replicated",
            mend="set backed_up: false and remove backup, or leave out regions.recovery",
        )
    elif recovery != pair:
        yield Problem(
            field="regions.recovery",
            given=given_text(recovery),
            message="Azure can't both back up a container and replicate it, and copies backups of "
            f"{primary} to {pair} alone: nothing of the datasets would come to {recovery}",
            allowed=f"{pair}; or storage.datasets without backed_up, which are replicated anywhere",
            mend=f"set recovery: {pair} and geo_redundant: true, or backed_up: false and remove backup",
        )
    elif not backup.geo_redundant:
        yield Problem(
            field="backup.geo_redundant",
            given="false",
            message="Azure can't both back up a container and replicate it, so the datasets come to "
            f"{recovery} with the vault, and only if it is copied",
            allowed="true, or storage.datasets without backed_up, which are replicated",
            mend="set geo_redundant: true, or backed_up: false and remove backup",
        )


def retention_outlives_the_interval(environment: AzureEnvironment) -> Iterator[Problem]:
    """A backup is kept until the next one is sure to be there, as far as that is known."""
    backup = environment.backup
    if backup is None:
        return
    hours = backup.every_hours * (1 + backup.tolerated_missed_runs) + (backup.assumed_backup_hours or 0)
    least = -(-hours // HOURS_PER_DAY)
    if backup.retention_days < least:
        yield Problem(
            field="backup.retention_days",
            given=str(backup.retention_days),
            message=f"a backup would be gone before the next, which may take {hours} hours",
            allowed=f"{least} or more with this schedule",
            mend=f"set retention_days: {least}, or more",
        )


def soft_delete_is_long_enough(environment: AzureEnvironment) -> Iterator[Problem]:
    """Soft delete lasts as long as Azure takes, and a vault that is locked for good has it."""
    backup = environment.backup
    if backup is None:
        return
    days, locked = backup.soft_delete_days, backup.lock is not None and backup.lock.mode == "compliance"
    if 0 < days < LEAST_SOFT_DELETE_DAYS:
        yield Problem(
            field="backup.soft_delete_days",
            given=str(days),
            message="Azure Backup keeps what is deleted for 14 days at least, or not at all",
            allowed="0, or a whole number from 14 to 180",
            mend=f"set soft_delete_days: {LEAST_SOFT_DELETE_DAYS}",
        )
    if days == 0 and locked:
        yield Problem(
            field="backup.soft_delete_days",
            given="0",
            message="with lock.mode: compliance soft delete is always on",
            allowed="a whole number from 14 to 180",
            mend="remove soft_delete_days",
        )


def copies_need_a_geo_redundant_vault(environment: AzureEnvironment) -> Iterator[Problem]:
    """Nothing is said of copies that aren't made."""
    backup = environment.backup
    if backup is not None and not backup.geo_redundant and backup.assumed_copy_hours is not None:
        yield Problem(
            field="backup.assumed_copy_hours",
            given=str(backup.assumed_copy_hours),
            message="no backup is copied to the paired region",
            allowed="nothing, while geo_redundant is false",
            mend="remove it, or set geo_redundant: true",
        )


def geo_redundancy_stays_within_the_residency(environment: AzureEnvironment) -> Iterator[Problem]:
    """The paired region, which Azure chooses, exists and doesn't take backups out of the residency."""
    backup, primary, residency = environment.backup, environment.regions.primary, environment.residency
    if backup is None or not backup.geo_redundant or not is_within(primary, residency):
        return
    pair = region(primary).pair
    if not pair_within(primary, residency):
        where = f"{pair} ({region(pair).place}), outside the residency" if pair else "nowhere: it has no pair"
        yield Problem(
            field="backup.geo_redundant",
            given="true",
            message=f"Azure would copy the backups of {primary} to {where}",
            allowed="false",
            mend="remove geo_redundant",
        )
