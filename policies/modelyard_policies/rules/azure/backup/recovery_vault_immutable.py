"""Nobody can delete the backups of a Recovery Services vault before their time.

Azure Policy wants immutability that is locked and soft delete that is always on, neither of which can be
undone. So it is asked of vaults that don't say that they are for something else than production (`stage`), or
that their data is public or internal (`data-classification`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

from modelyard_policies.azure.backups import Deletion, SoftDelete, deletions
from modelyard_policies.azure.types import RECOVERY_SERVICES_VAULT
from modelyard_policies.declared import holds_what_matters
from modelyard_policies.reading import Failure, GraphView, Resource
from modelyard_policies.rule import Rule, Severity


@dataclass(frozen=True, slots=True)
class RecoveryVaultDeletion(Deletion):
    """What keeps backups from being deleted."""

    rule: ClassVar[str] = "recovery-vault-immutable"


RULE = Rule(
    id="recovery-vault-immutable",
    code="BK7",
    title="Recovery Services vaults are immutable, and keep what is deleted",
    severity=Severity.HIGH,
    resources=(RECOVERY_SERVICES_VAULT,),
    options=RecoveryVaultDeletion,
    why="Whoever wants a ransom deletes the backups first, with the rights of an administrator.",
    mend=(
        "Once retention is as it should be, set properties.securitySettings: immutabilitySettings.state "
        "Locked and softDeleteSettings.softDeleteState AlwaysON; neither can be undone."
    ),
    maps_to={
        "azure_policy": ["d6f6f560-14b7-49a4-9fc8-d2c3a9807868", "31b8092a-36b8-434b-9af7-5ec844364148"],
        "mcsb": ["BR-2"],
    },
    snippet="""\
azure.recoveryservices.Vault(
    "recovery",
    resource_group_name=group.name,
    sku={"name": "RS0", "tier": "Standard"},
    properties={
        "public_network_access": "Disabled",
        "security_settings": {
            "immutability_settings": {"state": "Locked"},
            "soft_delete_settings": {
                "soft_delete_state": "AlwaysON",
                "soft_delete_retention_period_in_days": 14,
            },
        },
    },
)
""",
)

SOFT_DELETE: Final = SoftDelete("softDeleteState", "softDeleteRetentionPeriodInDays", "Enabled")


RULE.applies(holds_what_matters)


@RULE.check
def nothing_is_deleted_early(vault: Resource, graph: GraphView) -> Iterator[Failure]:
    """Immutability, soft delete, and for how long."""
    yield from deletions(vault, SOFT_DELETE, graph.options(RecoveryVaultDeletion))
