"""Storage accounts, and the blob service and containers of each."""

from __future__ import annotations

from modelyard_sandbox.azure.handler import GROUP_PATH, ArmHandler
from modelyard_sandbox.azure.identity import IDENTITY_FORM
from modelyard_sandbox.azure.translate import Form

ACCOUNT_PATH = f"{GROUP_PATH}/providers/Microsoft.Storage/storageAccounts/{{accountName}}"
CONTAINER_PATH = f"{ACCOUNT_PATH}/blobServices/default/containers/{{containerName}}"
API_VERSION = "2024-01-01"

SERVICE = Form(read_only=frozenset({"lastEnabledTime"}))
ENCRYPTION = Form(
    renames={"keyVaultProperties": "keyvaultproperties", "encryptionIdentity": "identity"},
    inner={
        "services": Form(inner=dict.fromkeys(("blob", "file", "queue", "table"), SERVICE)),
        "keyVaultProperties": Form(
            renames={"keyName": "keyname", "keyVaultUri": "keyvaulturi", "keyVersion": "keyversion"},
            read_only=frozenset(
                {
                    "currentVersionedKeyExpirationTimestamp",
                    "currentVersionedKeyIdentifier",
                    "lastKeyRotationTimestamp",
                }
            ),
        ),
        "encryptionIdentity": Form(
            renames={
                "encryptionUserAssignedIdentity": "userAssignedIdentity",
                "encryptionFederatedIdentityClientId": "federatedIdentityClientId",
            }
        ),
    },
)
NETWORK_RULES = Form(
    inner={
        "ipRules": Form(renames={"iPAddressOrRange": "value"}),
        "virtualNetworkRules": Form(
            renames={"virtualNetworkResourceId": "id"}, read_only=frozenset({"state"})
        ),
    }
)


class StorageAccount(ArmHandler):
    """A storage account.

    A customer's key is checked when the account is written, and not again when the key or the right to it
    goes. That shared keys are off, the network rules and the SAS policy hold nobody off from the blobs.
    """

    type = "azure-native:storage:StorageAccount"
    path = ACCOUNT_PATH
    api_version = API_VERSION
    form = Form(
        frozenset({"id", "name", "type", "location", "tags", "sku", "kind", "identity"}),
        renames={
            "enableHttpsTrafficOnly": "supportsHttpsTrafficOnly",
            "enableNfsV3": "isNfsV3Enabled",
            "networkRuleSet": "networkAcls",
        },
        inner={
            "encryption": ENCRYPTION,
            "identity": IDENTITY_FORM,
            "networkRuleSet": NETWORK_RULES,
            "sku": Form(read_only=frozenset({"tier"})),
        },
    )
    body = frozenset(
        {
            "accessTier",
            "allowBlobPublicAccess",
            "allowCrossTenantReplication",
            "allowSharedKeyAccess",
            "allowedCopyScope",
            "customDomain",
            "defaultToOAuthAuthentication",
            "dnsEndpointType",
            "enableHttpsTrafficOnly",
            "enableNfsV3",
            "encryption",
            "identity",
            "immutableStorageWithVersioning",
            "isHnsEnabled",
            "isLocalUserEnabled",
            "isSftpEnabled",
            "keyPolicy",
            "kind",
            "largeFileSharesState",
            "location",
            "minimumTlsVersion",
            "networkRuleSet",
            "publicNetworkAccess",
            "routingPreference",
            "sasPolicy",
            "sku",
            "tags",
        }
    )
    needed = frozenset({"kind", "sku"})
    fixed = frozenset({"isHnsEnabled", "location"})
    name_input = "accountName"
    identity = ("accountName",)
    listed_at = "providers/Microsoft.Storage/storageAccounts"
    chosen = frozenset(
        {
            "accessTier",
            "enableHttpsTrafficOnly",
            "encryption",
            "encryption.keySource",
            "encryption.services",
            "location",
            "minimumTlsVersion",
            "networkRuleSet",
            "networkRuleSet.bypass",
        }
    )
    enriched = frozenset({"encryption", "identity", "networkRuleSet", "sku"})
    changing_outputs = frozenset(
        {"privateEndpointConnections", "secondaryEndpoints", "secondaryLocation", "statusOfSecondary"}
    )


class BlobServiceProperties(ArmHandler):
    """The settings of an account's blobs; they are there with the account, and go back to the defaults."""

    type = "azure-native:storage:BlobServiceProperties"
    path = f"{ACCOUNT_PATH}/blobServices/{{blobServicesName}}"
    api_version = API_VERSION
    form = Form(
        frozenset({"id", "name", "type", "sku"}),
        inner={"restorePolicy": Form(read_only=frozenset({"lastEnabledTime", "minRestoreTime"}))},
    )
    body = frozenset(
        {
            "automaticSnapshotPolicyEnabled",
            "changeFeed",
            "containerDeleteRetentionPolicy",
            "cors",
            "defaultServiceVersion",
            "deleteRetentionPolicy",
            "isVersioningEnabled",
            "lastAccessTimeTrackingPolicy",
            "restorePolicy",
        }
    )
    name_input = "blobServicesName"
    comes_with_parent = True
    enriched = frozenset({"restorePolicy"})


class BlobContainer(ArmHandler):
    """A container of blobs.

    It can't be deleted while it is replicated, or while it holds blobs that a policy keeps. That a blob is
    kept, versioned or copied is not played.
    """

    type = "azure-native:storage:BlobContainer"
    path = CONTAINER_PATH
    api_version = API_VERSION
    form = Form(
        frozenset({"id", "name", "type", "etag"}),
        inner={"immutableStorageWithVersioning": Form(read_only=frozenset({"migrationState", "timeStamp"}))},
    )
    body = frozenset(
        {
            "defaultEncryptionScope",
            "denyEncryptionScopeOverride",
            "enableNfsV3AllSquash",
            "enableNfsV3RootSquash",
            "immutableStorageWithVersioning",
            "metadata",
            "publicAccess",
        }
    )
    name_input = "containerName"
    chosen = frozenset({"defaultEncryptionScope", "immutableStorageWithVersioning", "publicAccess"})
    enriched = frozenset({"immutableStorageWithVersioning"})
    changing_outputs = frozenset({"etag", "hasImmutabilityPolicy", "immutabilityPolicy", "lastModifiedTime"})
