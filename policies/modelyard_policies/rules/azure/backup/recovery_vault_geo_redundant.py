"""Backups outlive their region, and can be restored in the other while theirs is down.

A Recovery Services vault is geo-redundant unless it says otherwise (Azure Backup, "Create and configure a
Recovery Services vault", 2026); that its copy can be read in the paired region has to be said. A vault that
says by its tags that it isn't production (`stage`), or that its data is public or internal
(`data-classification`), is spared.
"""

from __future__ import annotations

from collections.abc import Iterator

from modelyard_policies.azure.types import RECOVERY_SERVICES_VAULT
from modelyard_policies.declared import holds_what_matters
from modelyard_policies.reading import Failure, GraphView, Resource, each
from modelyard_policies.rule import Rule, Severity

RULE = Rule(
    id="recovery-vault-geo-redundant",
    code="BK8",
    title="Recovery Services vaults keep a copy in another region, and restore there",
    severity=Severity.MEDIUM,
    resources=(RECOVERY_SERVICES_VAULT,),
    why="When the region is lost its backups are lost with it, or can't be restored until it is back.",
    mend=(
        "Set properties.redundancySettings: standardTierStorageRedundancy GeoRedundant, before the first "
        "backup, and crossRegionRestore Enabled."
    ),
    maps_to={},
    snippet="""\
azure.recoveryservices.Vault(
    "recovery",
    resource_group_name=group.name,
    sku={"name": "RS0", "tier": "Standard"},
    properties={
        "public_network_access": "Disabled",
        "redundancy_settings": {
            "standard_tier_storage_redundancy": "GeoRedundant",
            "cross_region_restore": "Enabled",
        },
    },
)
""",
)


RULE.applies(holds_what_matters)


@RULE.check
def backups_are_elsewhere(vault: Resource, graph: GraphView) -> Iterator[Failure]:
    """A copy, and a way to use it."""
    redundancy = vault.block("properties").block("redundancySettings")
    cases = (
        ("standardTierStorageRedundancy", "GeoRedundant", "GeoRedundant"),
        ("crossRegionRestore", "Disabled", "Enabled"),
    )

    def judge(case: tuple[str, str, str]) -> Iterator[Failure]:
        key, unset, wanted = case
        if redundancy.text(key, unset).strip().lower() != wanted.lower():
            yield redundancy.failure(key, f"is {redundancy.shown(key)}, not {wanted}")

    yield from each(cases, judge)
