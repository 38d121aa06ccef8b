"""Backups, and what they promise."""

from typing import Annotated, Literal

from pydantic import Field

from modelyard.environment.azure.base import GUID
from modelyard.environment.base import Spec


class VaultLock(Spec):
    """Immutability of the vault: no backup goes before its time."""

    mode: Literal["governance", "compliance"]
    """`governance`: who may write to the vault can take the immutability away (Azure's Unlocked).
    `compliance`: nobody can, and soft delete can't be turned off either (Locked and AlwaysOn)."""


class MultiUser(Spec):
    """Authorisation by a second person: what would weaken the vault needs rights on a resource guard, which
    belongs to somebody else.
    """

    guard_id: (
        Annotated[
            str,
            Field(
                pattern=rf"^/subscriptions/{GUID}/resourceGroups/[\w().-]{{1,90}}/providers"
                r"/Microsoft\.DataProtection/resourceGuards/[\w-]{1,90}$",
                json_schema_extra={
                    "allowed": "the resource id of a resource guard, as /subscriptions/GUID/resourceGroups/"
                    "GROUP/providers/Microsoft.DataProtection/resourceGuards/NAME",
                    "mend": "copy the id that `az dataprotection resource-guard show --query id` prints",
                },
            ),
        ]
        | None
    ) = None
    """Resource id of a guard that exists already. Unset, one is made in a resource group of its own, whose
    owner should be somebody else than who runs `up`."""


class Backup(Spec):
    """Vaulted backups on a schedule of every store that says `backed_up`. Azure commits to no time for a
    backup, a copy or a restore: what isn't assumed here is unknown.
    """

    rpo_hours: int = Field(ge=1, le=8_760)
    """Most hours of changes that may be lost (recovery point objective)."""

    rto_hours: int | None = Field(default=None, ge=1, le=8_760)
    """Most hours until what was lost is back (recovery time objective). Unset, there is no target."""

    every_hours: Literal[24, 168]
    """Hours between backups. Azure Backup takes vaulted backups of blobs daily or weekly."""

    tolerated_missed_runs: int = Field(default=0, ge=0, le=30)
    """Backups in a row that may fail before anybody has to act: each adds an interval to the worst loss."""

    retention_days: int = Field(default=35, ge=1, le=3_650)
    """Days that a backup is kept (Azure takes ten years at most)."""

    soft_delete_days: int = Field(default=14, ge=0, le=180)
    """Days that a deleted backup can be brought back: 14 to 180, or 0 for not at all, which is the weaker
    choice. Until they are over the vault can't be destroyed."""

    geo_redundant: bool = False
    """Whether backups are copied to the region that Azure pairs with the primary one, and can be restored
    there. It is chosen when the vault is made and can't be taken back."""

    assumed_backup_hours: int | None = Field(default=None, ge=1, le=8_760)
    """Hours that a backup is assumed to take: Azure publishes no commitment. Unset, what may be lost is
    unknown."""

    assumed_copy_hours: int | None = Field(default=None, ge=1, le=8_760)
    """Hours that the copy to the paired region is assumed to take: Azure publishes no commitment. Unset, what
    may be lost with the primary region is unknown."""

    assumed_restore_hours: int | None = Field(default=None, ge=1, le=8_760)
    """Hours that a restore is assumed to take: Azure publishes no commitment. Unset, the time until what was
    lost is back is unknown."""

    lock: VaultLock | None = None
    """Immutability of the vault. Unset, who may delete backups can."""

    customer_key: bool = True
    """Whether backups are encrypted under a key of the environment's. `false` is the weaker choice: a key of
    Azure's. It is chosen when the vault is made and can't be changed. Microsoft doesn't support a key in a
    vault that is closed to the network, as the environment's is, for an identity that stands before the
    backup vault does (2024-11-11): where `up` is refused for it, this has to be `false`."""

    multi_user: MultiUser | None = None
    """Authorisation by a second person. Unset, one is enough."""

    delete_lock: bool = False
    """Whether the vault has a lock against deletion, which `destroy` has to take away first."""
