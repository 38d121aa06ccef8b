"""The form of a storage account's document (REST reference, 2024-01-01; as of 2026-11)."""

from __future__ import annotations

from modelyard_sandbox.azure.manager.shapes import flag, many, number, record, text

SKUS = (
    *("Standard_LRS", "Standard_GRS", "Standard_RAGRS", "Standard_ZRS", "Standard_GZRS", "Standard_RAGZRS"),
    *("Premium_LRS", "Premium_ZRS"),
    *("StandardV2_LRS", "StandardV2_GRS", "StandardV2_ZRS", "StandardV2_GZRS"),
    *("PremiumV2_LRS", "PremiumV2_ZRS"),
)
SERVICE = record(
    "EncryptionService",
    {"enabled": flag(), "keyType": text("Service", "Account")},
    read_only=("lastEnabledTime",),
)
PROPERTIES = record(
    "StorageAccountProperties",
    {
        "accessTier": text("Hot", "Cool", "Cold", "Premium"),
        "allowBlobPublicAccess": flag(),
        "allowCrossTenantReplication": flag(),
        "allowSharedKeyAccess": flag(),
        "allowedCopyScope": text("PrivateLink", "AAD"),
        "customDomain": record("CustomDomain", {"name": text(), "useSubDomainName": flag()}, ("name",)),
        "defaultToOAuthAuthentication": flag(),
        "dnsEndpointType": text("Standard", "AzureDnsZone"),
        "encryption": record(
            "Encryption",
            {
                "identity": record(
                    "EncryptionIdentity",
                    {"userAssignedIdentity": text(), "federatedIdentityClientId": text()},
                ),
                "keySource": text("Microsoft.Storage", "Microsoft.Keyvault"),
                "keyvaultproperties": record(
                    "KeyVaultProperties",
                    {"keyname": text(), "keyvaulturi": text(), "keyversion": text()},
                    read_only=(
                        "currentVersionedKeyIdentifier",
                        "lastKeyRotationTimestamp",
                        "currentVersionedKeyExpirationTimestamp",
                    ),
                ),
                "requireInfrastructureEncryption": flag(),
                "services": record(
                    "EncryptionServices", dict.fromkeys(("blob", "file", "queue", "table"), SERVICE)
                ),
            },
        ),
        "immutableStorageWithVersioning": record(
            "ImmutableStorageAccount",
            {
                "enabled": flag(),
                "immutabilityPolicy": record(
                    "AccountImmutabilityPolicyProperties",
                    {
                        "allowProtectedAppendWrites": flag(),
                        "immutabilityPeriodSinceCreationInDays": number(1, 146_000),
                        "state": text("Unlocked", "Locked", "Disabled"),
                    },
                ),
            },
        ),
        "isHnsEnabled": flag(),
        "isLocalUserEnabled": flag(),
        "isNfsV3Enabled": flag(),
        "isSftpEnabled": flag(),
        "keyPolicy": record(
            "KeyPolicy", {"keyExpirationPeriodInDays": number(0)}, ("keyExpirationPeriodInDays",)
        ),
        "largeFileSharesState": text("Disabled", "Enabled"),
        "minimumTlsVersion": text("TLS1_0", "TLS1_1", "TLS1_2", "TLS1_3"),
        "networkAcls": record(
            "NetworkRuleSet",
            {
                "bypass": text(),
                "defaultAction": text("Allow", "Deny"),
                "ipRules": many(record("IPRule", {"value": text(), "action": text("Allow")}, ("value",))),
                "resourceAccessRules": many(
                    record("ResourceAccessRule", {"resourceId": text(), "tenantId": text()})
                ),
                "virtualNetworkRules": many(
                    record("VirtualNetworkRule", {"id": text(), "action": text("Allow")}, ("id",), ("state",))
                ),
            },
            required=("defaultAction",),
            read_only=("ipv6Rules",),
        ),
        "publicNetworkAccess": text("Enabled", "Disabled", "SecuredByPerimeter"),
        "routingPreference": record(
            "RoutingPreference",
            {
                "publishInternetEndpoints": flag(),
                "publishMicrosoftEndpoints": flag(),
                "routingChoice": text("MicrosoftRouting", "InternetRouting"),
            },
        ),
        "sasPolicy": record(
            "SasPolicy",
            {"expirationAction": text("Log", "Block"), "sasExpirationPeriod": text()},
            required=("expirationAction", "sasExpirationPeriod"),
        ),
        "supportsHttpsTrafficOnly": flag(),
    },
    read_only=(
        "creationTime",
        "keyCreationTime",
        "primaryEndpoints",
        "primaryLocation",
        "privateEndpointConnections",
        "provisioningState",
        "secondaryEndpoints",
        "secondaryLocation",
        "statusOfPrimary",
        "statusOfSecondary",
    ),
)
SKU = record("Sku", {"name": text(*SKUS)}, required=("name",), read_only=("tier",))
