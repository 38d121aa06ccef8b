"""The form of a workspace's document (REST reference of Workspaces, 2025-12-01; as of 2026-11)."""

from __future__ import annotations

from modelyard_sandbox.azure.manager.shapes import Shape, flag, number, record, text
from modelyard_sandbox.azure.manager.store import Body

YES_OR_NO = Shape(object)
"""True or false, which older api-versions wrote as text."""
SKU = record(
    "Sku",
    {
        "capacity": number(),
        "family": text(),
        "name": text(),
        "size": text(),
        "tier": text("Free", "Basic", "Standard", "Premium"),
    },
    required=("name",),
)
ENCRYPTION = record(
    "EncryptionProperty",
    {
        "cosmosDbResourceId": text(),
        "identity": record("IdentityForCmk", {"userAssignedIdentity": text()}),
        "keyVaultProperties": record(
            "KeyVaultProperties",
            {"identityClientId": text(), "keyIdentifier": text(), "keyVaultArmId": text()},
            required=("keyIdentifier", "keyVaultArmId"),
        ),
        "searchAccountResourceId": text(),
        "status": text("Enabled", "Disabled"),
        "storageAccountResourceId": text(),
    },
    required=("keyVaultProperties", "status"),
)
MANAGED_NETWORK = record(
    "ManagedNetworkSettings",
    {
        "enableNetworkMonitor": flag(),
        "firewallSku": text("Standard", "Basic"),
        "isolationMode": text("Disabled", "AllowInternetOutbound", "AllowOnlyApprovedOutbound"),
        "managedNetworkKind": text("V1", "V2"),
    },
    read_only=("changeableIsolationModes", "firewallPublicIpAddress", "networkId", "status"),
)
PROPERTIES = record(
    "WorkspaceProperties",
    {
        "allowPublicAccessWhenBehindVnet": flag(),
        "allowRecoverSoftDeletedWorkspace": YES_OR_NO,
        "applicationInsights": text(),
        "containerRegistry": text(),
        "description": text(),
        "enableDataIsolation": flag(),
        "enableServiceSideCMKEncryption": flag(),
        "encryption": ENCRYPTION,
        "friendlyName": text(),
        "hbiWorkspace": flag(),
        "imageBuildCompute": text(),
        "keyVault": text(),
        "managedNetwork": MANAGED_NETWORK,
        "primaryUserAssignedIdentity": text(),
        "provisionNetworkNow": flag(),
        "publicNetworkAccess": text("Enabled", "Disabled"),
        "serverlessComputeSettings": record(
            "ServerlessComputeSettings",
            {"serverlessComputeCustomSubnet": text(), "serverlessComputeNoPublicIP": flag()},
        ),
        "serviceManagedResourcesSettings": record(
            "ServiceManagedResourcesSettings",
            {"cosmosDb": record("CosmosDbSettings", {"collectionsThroughput": number(0)})},
        ),
        "storageAccount": text(),
        "systemDatastoresAuthMode": text("AccessKey", "Identity", "UserDelegationSAS"),
        "v1LegacyMode": flag(),
    },
    read_only=(
        "discoveryUrl",
        "mlFlowTrackingUri",
        "notebookInfo",
        "privateEndpointConnections",
        "privateLinkCount",
        "provisioningState",
        "serviceProvisionedResourceGroup",
        "storageHnsEnabled",
        "tenantId",
        "workspaceId",
    ),
)
DEFAULTS: Body = {
    "enableDataIsolation": False,
    "hbiWorkspace": False,
    "publicNetworkAccess": "Enabled",
    "systemDatastoresAuthMode": "AccessKey",
    "v1LegacyMode": False,
}
