"""Names of the estate, and how its resources are written."""

from __future__ import annotations

from typing import Any

from mutating import Added, add

SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000000"
GROUP = f"{SUBSCRIPTION}/resourceGroups/ml"
TAGS = {"environment": "prod", "owner": "ml", "cost-center": "cc-1", "data-classification": "restricted"}
ROLES = f"{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions"
OWNER = f"{ROLES}/8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
READER = f"{ROLES}/acdd72a7-3385-48ef-bd42-f606fba81ae7"


def id_of(kind: str, name: str) -> str:
    """Id of a resource of the group."""
    return f"{GROUP}/providers/{kind}/{name}"


def made(type_: str, name: str, properties: dict[str, Any], *links: tuple[str, str]) -> Added:
    """A resource of the group, with tags and a place."""
    given = {"resourceGroupName": "ml", "location": "swedencentral", "tags": TAGS}
    return add(type_, name, {**given, **properties}, {key: [resource] for key, resource in links})


VAULT_ID = id_of("Microsoft.KeyVault/vaults", "ml-keys")
ACCOUNT_ID = id_of("Microsoft.Storage/storageAccounts", "mldata")
NETWORK_ID = id_of("Microsoft.Network/virtualNetworks", "ml")
MACHINE_ID = id_of("Microsoft.Compute/virtualMachines", "login")
DISKS_ID = id_of("Microsoft.Compute/diskEncryptionSets", "ml-disks")
LOGS_ID = id_of("Microsoft.OperationalInsights/workspaces", "ml-logs")
WORKSPACE_ID = id_of("Microsoft.MachineLearningServices/workspaces", "training")
CLUSTER_ID = id_of("Microsoft.ContainerService/managedClusters", "serving")
RECOVERY_ID = id_of("Microsoft.RecoveryServices/vaults", "ml-recovery")
BACKUPS_ID = id_of("Microsoft.DataProtection/backupVaults", "ml-backups")
