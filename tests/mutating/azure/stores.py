"""Keys and data, and backups of them."""

from __future__ import annotations

from modelyard_policies.azure.types import (
    BACKUP_INSTANCE,
    BACKUP_VAULT,
    BACKUP_VAULT_GUARD_PROXY,
    BLOB_CONTAINER,
    BLOB_CONTAINER_IMMUTABILITY_POLICY,
    BLOB_SERVICE_PROPERTIES,
    KEY_VAULT,
    KEY_VAULT_KEY,
    MANAGEMENT_LOCK_BY_SCOPE,
    PRIVATE_ENDPOINT,
    PROTECTED_ITEM,
    RECOVERY_SERVICES_GUARD_PROXY,
    RECOVERY_SERVICES_VAULT,
    STORAGE_ACCOUNT,
)
from modelyard_policies.graph import UNKNOWN
from mutating import Added, add
from mutating.azure.common import ACCOUNT_ID, BACKUPS_ID, MACHINE_ID, NETWORK_ID, RECOVERY_ID, id_of, made

KEYS = (
    made(
        KEY_VAULT,
        "keys",
        {
            "vaultName": "ml-keys",
            "properties": {
                "sku": {"family": "A", "name": "premium"},
                "enableSoftDelete": True,
                "enablePurgeProtection": True,
                "enableRbacAuthorization": True,
                "publicNetworkAccess": "Disabled",
            },
        },
    ),
    add(
        KEY_VAULT_KEY,
        "data",
        {
            "resourceGroupName": "ml",
            "vaultName": "ml-keys",
            "keyName": "data",
            "properties": {
                "attributes": {"expires": 1_830_000_000},
                "rotationPolicy": {
                    "attributes": {"expiryTime": "P2Y"},
                    "lifetimeActions": [
                        {"action": {"type": "Rotate"}, "trigger": {"timeAfterCreate": "P180D"}},
                        {"action": {"type": "Notify"}, "trigger": {"timeBeforeExpiry": "P30D"}},
                    ],
                },
            },
        },
    ),
)

STORES = (
    made(
        STORAGE_ACCOUNT,
        "data",
        {
            "accountName": "mldata",
            "kind": "StorageV2",
            "sku": {"name": "Standard_GZRS"},
            "allowBlobPublicAccess": False,
            "allowSharedKeyAccess": False,
            "publicNetworkAccess": "Disabled",
            "enableHttpsTrafficOnly": True,
            "minimumTlsVersion": "TLS1_2",
            "encryption": {
                "keySource": "Microsoft.Keyvault",
                "keyVaultProperties": {"keyName": "data", "keyVaultUri": UNKNOWN},
                "requireInfrastructureEncryption": True,
            },
        },
        ("encryption", "Vault keys"),
    ),
    add(
        BLOB_SERVICE_PROPERTIES,
        "data",
        {
            "resourceGroupName": "ml",
            "accountName": "mldata",
            "blobServicesName": "default",
            "isVersioningEnabled": True,
            "deleteRetentionPolicy": {"enabled": True, "days": 14},
            "containerDeleteRetentionPolicy": {"enabled": True, "days": 14},
        },
    ),
    add(
        BLOB_CONTAINER,
        "checkpoints",
        {
            "resourceGroupName": "ml",
            "accountName": "mldata",
            "containerName": "checkpoints",
            "publicAccess": "None",
            "immutableStorageWithVersioning": {"enabled": True},
        },
    ),
    add(
        BLOB_CONTAINER,
        "audit",
        {"resourceGroupName": "ml", "accountName": "mldata", "containerName": "audit"},
    ),
    add(
        BLOB_CONTAINER_IMMUTABILITY_POLICY,
        "audit",
        {
            "resourceGroupName": "ml",
            "accountName": "mldata",
            "containerName": "audit",
            "immutabilityPeriodSinceCreationInDays": 90,
        },
    ),
    made(
        PRIVATE_ENDPOINT,
        "data",
        {
            "privateEndpointName": "data",
            "subnet": {"id": f"{NETWORK_ID}/subnets/nodes"},
            "privateLinkServiceConnections": [
                {"name": "data", "privateLinkServiceId": ACCOUNT_ID, "groupIds": ["blob"]}
            ],
        },
    ),
)


def guarded(kind: str, vault: str, scope: str) -> tuple[Added, ...]:
    """What keeps a vault: a second person, and a lock."""
    guard = id_of("Microsoft.DataProtection/resourceGuards", "security")
    return (
        add(
            kind,
            vault,
            {
                "resourceGroupName": "ml",
                "vaultName": vault,
                "resourceGuardProxyName": "security",
                "properties": {"resourceGuardResourceId": guard},
            },
        ),
        add(MANAGEMENT_LOCK_BY_SCOPE, vault, {"scope": scope, "lockName": vault, "level": "CanNotDelete"}),
    )


BACKUPS = (
    made(
        RECOVERY_SERVICES_VAULT,
        "recovery",
        {
            "vaultName": "ml-recovery",
            "properties": {
                "publicNetworkAccess": "Disabled",
                "encryption": {
                    "keyVaultProperties": {"keyUri": UNKNOWN},
                    "infrastructureEncryption": "Enabled",
                },
                "redundancySettings": {
                    "standardTierStorageRedundancy": "GeoRedundant",
                    "crossRegionRestore": "Enabled",
                },
                "securitySettings": {
                    "immutabilitySettings": {"state": "Locked"},
                    "softDeleteSettings": {
                        "softDeleteState": "AlwaysON",
                        "softDeleteRetentionPeriodInDays": 30,
                    },
                },
            },
        },
    ),
    *guarded(RECOVERY_SERVICES_GUARD_PROXY, "ml-recovery", RECOVERY_ID),
    made(
        BACKUP_VAULT,
        "backups",
        {
            "vaultName": "ml-backups",
            "properties": {
                "storageSettings": [{"datastoreType": "VaultStore", "type": "GeoRedundant"}],
                "featureSettings": {"crossRegionRestoreSettings": {"state": "Enabled"}},
                "securitySettings": {
                    "encryptionSettings": {
                        "state": "Enabled",
                        "keyVaultProperties": {"keyUri": UNKNOWN},
                        "infrastructureEncryption": "Enabled",
                    },
                    "immutabilitySettings": {"state": "Locked"},
                    "softDeleteSettings": {"state": "AlwaysOn", "retentionDurationInDays": 30},
                },
            },
        },
    ),
    *guarded(BACKUP_VAULT_GUARD_PROXY, "ml-backups", BACKUPS_ID),
    made(
        BACKUP_INSTANCE,
        "data",
        {
            "vaultName": "ml-backups",
            "backupInstanceName": "data",
            "properties": {
                "objectType": "BackupInstance",
                "dataSourceInfo": {
                    "objectType": "Datasource",
                    "datasourceType": "Microsoft.Storage/storageAccounts/blobServices",
                    "resourceID": ACCOUNT_ID,
                },
            },
        },
    ),
    add(
        PROTECTED_ITEM,
        "login",
        {
            "resourceGroupName": "ml",
            "vaultName": "ml-recovery",
            "fabricName": "Azure",
            "containerName": "iaasvmcontainer;iaasvmcontainerv2;ml;login",
            "protectedItemName": "vm;iaasvmcontainerv2;ml;login",
            "properties": {
                "protectedItemType": "Microsoft.Compute/virtualMachines",
                "sourceResourceId": MACHINE_ID,
            },
        },
    ),
)
