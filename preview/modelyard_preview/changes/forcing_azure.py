"""Properties whose change makes another resource on Azure: what stands in the path of its id, and some more.

The provider replaces whatever has another path, what moves to another region, and what its table has of
single types (pulumi-azure-native's `provider/pkg/gen/replacement.go`, 2026-11). What else Azure refuses to
change is each component's own to replace, and isn't told here.
"""

from __future__ import annotations

PATH = frozenset(
    {
        *("accountName", "actionGroupName", "azureFirewallName", "backupInstanceName", "backupPolicyName"),
        *("blobServicesName", "budgetName", "computeName", "containerName", "deploymentName"),
        *("diskEncryptionSetName", "firewallPolicyName", "flowLogName", "immutabilityPolicyName", "keyName"),
        *("lockName", "managementPolicyName", "natGatewayName", "networkSecurityGroupName"),
        *("networkWatcherName", "objectReplicationPolicyId", "pricingName", "privateDnsZoneGroupName"),
        *("privateEndpointName", "privateZoneName", "publicIpAddressName", "registryName"),
        *("replicationName", "resourceGroupName", "resourceGuardProxyName", "resourceGuardsName"),
        *("resourceName", "resourceUri", "roleAssignmentName", "routeTableName"),
        *("ruleCollectionGroupName", "ruleName", "scope", "subnetName", "vaultName"),
        *("virtualNetworkLinkName", "virtualNetworkName", "workspaceName"),
    }
)
"""Names in paths, of the types that environments are made of: none of them is anything else in another."""

FORCING = PATH | {"location"}

_AZURE = "azure-native:"
OF_TYPES = {
    f"{_AZURE}authorization:RoleAssignment": frozenset({"principalId"}),
    f"{_AZURE}machinelearningservices:Datastore": frozenset({"name"}),
    f"{_AZURE}managedidentity:FederatedIdentityCredential": frozenset(
        {"federatedIdentityCredentialResourceName"}
    ),
    f"{_AZURE}monitor:DiagnosticSetting": frozenset({"name"}),
    f"{_AZURE}monitor:PrivateLinkScope": frozenset({"scopeName"}),
    f"{_AZURE}monitor:PrivateLinkScopedResource": frozenset({"name", "scopeName"}),
    f"{_AZURE}network:PrivateEndpoint": frozenset({"subnet"}),
    f"{_AZURE}network:PublicIPAddress": frozenset({"publicIPAddressVersion", "sku"}),
    f"{_AZURE}security:Pricing": frozenset({"scopeId"}),
    f"{_AZURE}storage:StorageAccount": frozenset({"isHnsEnabled"}),
}
"""What forces another resource of a type beside FORCING, by canonical tokens."""
