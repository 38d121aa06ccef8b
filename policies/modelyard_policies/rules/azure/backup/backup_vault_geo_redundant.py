"""What Backup vaults hold outlives its region, and can be restored in the other while theirs is down.

As for Recovery Services vaults, but for what is unset: a Backup vault says itself how it is kept, and can't
change that once it holds something (Azure Backup, "Create and manage Backup vaults", 2025). A vault that says
by its tags that it isn't production (`stage`), or that its data is public or internal
(`data-classification`), is spared. Where Azure pairs a region with no other, or the pair isn't wanted, that
is for a suppression.
"""

from __future__ import annotations

from collections.abc import Iterator

from modelyard_policies.azure.paired_regions import geo_redundancy
from modelyard_policies.azure.types import BACKUP_VAULT
from modelyard_policies.declared import holds_what_matters
from modelyard_policies.reading import Failure, GraphView, Resource, each
from modelyard_policies.rule import Rule, Severity

RULE = Rule(
    id="backup-vault-geo-redundant",
    code="BK13",
    title="Backup vaults keep a copy in another region, and restore there",
    severity=Severity.MEDIUM,
    resources=(BACKUP_VAULT,),
    why="When the region is lost its backups are lost with it, or can't be restored until it is back.",
    mend=(
        "Make the vault with type GeoRedundant in properties.storageSettings, and set "
        "properties.featureSettings.crossRegionRestoreSettings.state to Enabled."
    ),
    maps_to={},
    snippet="""\
azure.dataprotection.BackupVault(
    "blobs",
    resource_group_name=group.name,
    properties={
        "storage_settings": [{"datastore_type": "VaultStore", "type": "GeoRedundant"}],
        "feature_settings": {"cross_region_restore_settings": {"state": "Enabled"}},
    },
)
""",
)


RULE.applies(holds_what_matters)


@RULE.check
def backups_are_elsewhere(vault: Resource, graph: GraphView) -> Iterator[Failure]:
    """A copy, and a way to use it."""
    yield from each((_copy, _restore), lambda check: check(vault))


def _copy(vault: Resource) -> Iterator[Failure]:
    if geo_redundancy(vault) is None:
        yield vault.block("properties").failure("storageSettings", "keep no copy in another region")


def _restore(vault: Resource) -> Iterator[Failure]:
    settings = vault.block("properties").block("featureSettings").block("crossRegionRestoreSettings")
    if settings.text("state").strip().lower() != "enabled":
        yield settings.failure("state", f"is {settings.shown('state')}, not Enabled")
