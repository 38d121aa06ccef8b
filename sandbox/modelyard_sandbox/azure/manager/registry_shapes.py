"""The form of a container registry's document (REST reference, 2023-01-01-preview; as of 2026-11)."""

from __future__ import annotations

from modelyard_sandbox.azure.manager.shapes import flag, many, mapping, number, record, text

STATUS = text("enabled", "disabled")
POLICIES = record(
    "Policies",
    {
        "azureADAuthenticationAsArmPolicy": record("AzureADAuthenticationAsArmPolicy", {"status": STATUS}),
        "exportPolicy": record("ExportPolicy", {"status": STATUS}),
        "quarantinePolicy": record("QuarantinePolicy", {"status": STATUS}),
        "retentionPolicy": record(
            "RetentionPolicy", {"days": number(0, 365), "status": STATUS}, read_only=("lastUpdatedTime",)
        ),
        "softDeletePolicy": record(
            "SoftDeletePolicy",
            {"retentionDays": number(1, 90), "status": STATUS},
            read_only=("lastUpdatedTime",),
        ),
        "trustPolicy": record("TrustPolicy", {"status": STATUS, "type": text("Notary")}),
    },
)
ENCRYPTION = record(
    "EncryptionProperty",
    {
        "keyVaultProperties": record(
            "KeyVaultProperties",
            {"identity": text(), "keyIdentifier": text()},
            read_only=("keyRotationEnabled", "lastKeyRotationTimestamp", "versionedKeyIdentifier"),
        ),
        "status": STATUS,
    },
)
PROPERTIES = record(
    "RegistryProperties",
    {
        "adminUserEnabled": flag(),
        "anonymousPullEnabled": flag(),
        "dataEndpointEnabled": flag(),
        "encryption": ENCRYPTION,
        "networkRuleBypassOptions": text("AzureServices", "None"),
        "networkRuleSet": record(
            "NetworkRuleSet",
            {
                "defaultAction": text("Allow", "Deny"),
                "ipRules": many(record("IPRule", {"action": text("Allow"), "value": text()}, ("value",))),
            },
            required=("defaultAction",),
        ),
        "policies": POLICIES,
        "publicNetworkAccess": text("Enabled", "Disabled"),
        "zoneRedundancy": text("Enabled", "Disabled"),
    },
    read_only=(
        "creationDate",
        "dataEndpointHostNames",
        "loginServer",
        "privateEndpointConnections",
        "provisioningState",
        "status",
    ),
)
SKU = record("Sku", {"name": text("Basic", "Standard", "Premium")}, required=("name",), read_only=("tier",))
IDENTITY = record(
    "IdentityProperties",
    {
        "type": text("None", "SystemAssigned", "UserAssigned", "SystemAssigned, UserAssigned"),
        "userAssignedIdentities": mapping(
            record("UserIdentityProperties", {}, read_only=("clientId", "principalId"))
        ),
    },
    required=("type",),
    read_only=("principalId", "tenantId"),
)
"""Here both are also taken, and left aside, that the SDK lets a program write: the ids of an identity."""
IMPORT = record(
    "ImportImageParameters",
    {
        "mode": text("NoForce", "Force"),
        "source": record(
            "ImportSource",
            {
                "credentials": record("ImportSourceCredentials", {"password": text(), "username": text()}),
                "registryUri": text(),
                "resourceId": text(),
                "sourceImage": text(),
            },
            required=("sourceImage",),
        ),
        "targetTags": many(text()),
        "untaggedTargetRepositories": many(text()),
    },
    required=("source",),
)
