"""Backups, and what they promise."""

from typing import Literal

from pydantic import Field

from modelyard.environment.base import Spec


class VaultLock(Spec):
    """A lock on the vault: nothing in it goes before its time."""

    mode: Literal["governance", "compliance"]
    """`governance`: who holds a special permission may remove the lock. `compliance`: after the grace time
    nobody, not even AWS, before every backup in it has expired."""

    min_retention_days: int = Field(ge=1, le=36_500)
    """Fewest days that a backup in the vault is kept."""

    max_retention_days: int = Field(ge=1, le=36_500)
    """Most days that a backup in the vault is kept."""

    grace_days: int = Field(default=3, ge=3, le=36_500)
    """Days after which a compliance lock can't be taken away again. AWS Backup takes 3 or more."""


class RestoreTesting(Spec):
    """Restores on a schedule, of the newest backup of all that is backed up; what they make is deleted."""

    every: Literal["day", "week", "month"] = "week"
    """How often."""

    window_days: int = Field(default=30, ge=1, le=365)
    """Days back among which the newest backup is looked for."""

    keep_hours: int = Field(default=24, ge=1, le=168)
    """Hours that what was restored is kept for somebody to look at it."""


class Backup(Spec):
    """Backups on a schedule of everything that says `backed_up`, copied to the recovery region where there is
    one. The worst loss is the interval, the start window, the completion window and the copy's lag.
    """

    rpo_hours: int = Field(ge=1, le=8_760)
    """Most hours of changes that may be lost (recovery point objective)."""

    rto_hours: int | None = Field(default=None, ge=1, le=8_760)
    """Most hours until what was lost is back (recovery time objective). Unset, there is no target."""

    every_hours: int = Field(ge=1, le=168)
    """Hours between backups. AWS Backup starts at most one an hour."""

    start_window_minutes: int = Field(default=60, ge=60, le=10_080)
    """Minutes within which a backup starts. AWS Backup takes 60 or more."""

    completion_window_minutes: int = Field(default=180, ge=120, le=43_200)
    """Minutes within which a backup ends, counted from its start: at least 60 more than the start window."""

    tolerated_missed_runs: int = Field(default=0, ge=0, le=30)
    """Backups in a row that may fail before anybody has to act: each adds an interval to the worst loss."""

    retention_days: int = Field(default=35, ge=1, le=36_500)
    """Days that a backup is kept."""

    copy_retention_days: int | None = Field(default=None, ge=1, le=36_500)
    """Days that a copy in the recovery region is kept. Unset: as long as the backup."""

    assumed_copy_hours: int | None = Field(default=None, ge=1, le=8_760)
    """Hours that a copy to the recovery region is assumed to take: AWS publishes no commitment. Unset, what
    may be lost with the primary region is unknown."""

    assumed_restore_hours: int | None = Field(default=None, ge=1, le=8_760)
    """Hours that a restore is assumed to take: AWS publishes no commitment. Unset, the time until what was
    lost is back is unknown."""

    lock: VaultLock | None = None
    """Lock of the vaults, in both regions. Unset, who may delete backups can."""

    restore_testing: RestoreTesting | None = None
    """Proof that backups can be restored. Unset, nobody tries."""
