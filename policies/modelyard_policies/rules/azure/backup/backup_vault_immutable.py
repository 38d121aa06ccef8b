"""Nobody can delete the backups of a Backup vault before their time.

As for Recovery Services vaults: tags may say that a vault isn't for production, or that its data is public or
internal, which spares it what can't be undone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

from modelyard_policies.azure.backups import Deletion, SoftDelete, deletions
from modelyard_policies.azure.types import BACKUP_VAULT
from modelyard_policies.declared import holds_what_matters
from modelyard_policies.reading import Failure, GraphView, Resource
from modelyard_policies.rule import Rule, Severity


@dataclass(frozen=True, slots=True)
class BackupVaultDeletion(Deletion):
    """What keeps backups from being deleted."""

    rule: ClassVar[str] = "backup-vault-immutable"


RULE = Rule(
    id="backup-vault-immutable",
    code="BK9",
    title="Backup vaults are immutable, and keep what is deleted",
    severity=Severity.HIGH,
    resources=(BACKUP_VAULT,),
    options=BackupVaultDeletion,
    why="Whoever wants a ransom deletes the backups first, with the rights of an administrator.",
    mend=(
        "Once retention is as it should be, set properties.securitySettings: immutabilitySettings.state "
        "Locked and softDeleteSettings.state AlwaysOn; neither can be undone."
    ),
    maps_to={
        "azure_policy": ["2514263b-bc0d-4b06-ac3e-f262c0979018", "9798d31d-6028-4dee-8643-46102185c016"],
        "mcsb": ["BR-2"],
    },
    snippet="""\
azure.dataprotection.BackupVault(
    "blobs",
    resource_group_name=group.name,
    properties={
        "storage_settings": [{"datastore_type": "VaultStore", "type": "GeoRedundant"}],
        "security_settings": {
            "immutability_settings": {"state": "Locked"},
            "soft_delete_settings": {"state": "AlwaysOn", "retention_duration_in_days": 14},
        },
    },
)
""",
)

SOFT_DELETE: Final = SoftDelete("state", "retentionDurationInDays", "On")


RULE.applies(holds_what_matters)


@RULE.check
def nothing_is_deleted_early(vault: Resource, graph: GraphView) -> Iterator[Failure]:
    """Immutability, soft delete, and for how long."""
    yield from deletions(vault, SOFT_DELETE, graph.options(BackupVaultDeletion))
