"""Ids of Azure's resource manager, by which resources name each other where no dependency says so.

An id is `/subscriptions/S/resourceGroups/G/providers/NAMESPACE/TYPE/NAME`, with a type and a name more for
each step down; letters of either case mean the same (Azure Resource Manager, "Resource naming", 2026-11).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from modelyard_policies.graph.types import canonical

_PROVIDERS: Final = "/providers/"
_STARTS: Final = ("/subscriptions/", "subscriptions/")
_LONGEST_START: Final = len(_STARTS[0])

_PATTERNS: Final = {
    "authorization:RoleDefinition": "microsoft.authorization/roledefinitions/{roleDefinitionId}",
    "compute:Disk": "microsoft.compute/disks/{diskName}",
    "compute:DiskEncryptionSet": "microsoft.compute/diskencryptionsets/{diskEncryptionSetName}",
    "compute:Snapshot": "microsoft.compute/snapshots/{snapshotName}",
    "compute:VirtualMachine": "microsoft.compute/virtualmachines/{vmName}",
    "compute:VirtualMachineScaleSet": "microsoft.compute/virtualmachinescalesets/{vmScaleSetName}",
    "containerregistry:Registry": "microsoft.containerregistry/registries/{registryName}",
    "containerservice:AgentPool": (
        "microsoft.containerservice/managedclusters/{resourceName}/agentpools/{agentPoolName}"
    ),
    "containerservice:ManagedCluster": "microsoft.containerservice/managedclusters/{resourceName}",
    "dataprotection:BackupVault": "microsoft.dataprotection/backupvaults/{vaultName}",
    "dataprotection:ResourceGuard": "microsoft.dataprotection/resourceguards/{resourceGuardsName}",
    "keyvault:ManagedHsm": "microsoft.keyvault/managedhsms/{name}",
    "keyvault:Key": "microsoft.keyvault/vaults/{vaultName}/keys/{keyName}",
    "keyvault:Vault": "microsoft.keyvault/vaults/{vaultName}",
    "machinelearningservices:Compute": (
        "microsoft.machinelearningservices/workspaces/{workspaceName}/computes/{computeName}"
    ),
    "machinelearningservices:Workspace": "microsoft.machinelearningservices/workspaces/{workspaceName}",
    "managedidentity:UserAssignedIdentity": "microsoft.managedidentity/userassignedidentities/{resourceName}",
    "network:FirewallPolicy": "microsoft.network/firewallpolicies/{firewallPolicyName}",
    "network:NetworkInterface": "microsoft.network/networkinterfaces/{networkInterfaceName}",
    "network:NetworkSecurityGroup": "microsoft.network/networksecuritygroups/{networkSecurityGroupName}",
    "network:PrivateEndpoint": "microsoft.network/privateendpoints/{privateEndpointName}",
    "network:PublicIPAddress": "microsoft.network/publicipaddresses/{publicIpAddressName}",
    "network:RouteTable": "microsoft.network/routetables/{routeTableName}",
    "network:Subnet": "microsoft.network/virtualnetworks/{virtualNetworkName}/subnets/{subnetName}",
    "network:VirtualNetwork": "microsoft.network/virtualnetworks/{virtualNetworkName}",
    "operationalinsights:Workspace": "microsoft.operationalinsights/workspaces/{workspaceName}",
    "recoveryservices:Vault": "microsoft.recoveryservices/vaults/{vaultName}",
    "resources:ResourceGroup": "microsoft.resources/resourcegroups/{resourceGroupName}",
    "storage:BlobContainer": (
        "microsoft.storage/storageaccounts/{accountName}/blobservices/default/containers/{containerName}"
    ),
    "storage:StorageAccount": "microsoft.storage/storageaccounts/{accountName}",
}
"""For each type, what its id has after `/providers/`, with the inputs that hold the names."""

_OWN_NAMES: Final = {
    f"azure-native:{kind}": pattern.rpartition("{")[2].removesuffix("}")
    for kind, pattern in _PATTERNS.items()
}


def own_name(token: str) -> str | None:
    """The input that holds the name of a resource of the type; None for what isn't referred to by name."""
    return _OWN_NAMES.get(canonical(token))


def key_of(resource_id: str) -> str | None:
    """What ids of one resource have in common, however they are written; None for what isn't an id.

    An id that stands in a path of the API, such as a diagnostic setting's, has no slash at its beginning.
    """
    start = resource_id[:_LONGEST_START].lower()
    return _key_of(resource_id) if start.startswith(_STARTS) else None


@lru_cache(maxsize=8_192)
def _key_of(resource_id: str) -> str | None:
    text = resource_id.strip("/").lower()
    if _PROVIDERS in text:
        return text.rpartition(_PROVIDERS)[2]
    parts = text.split("/")  # subscriptions, S, resourcegroups, G
    return f"microsoft.resources/resourcegroups/{parts[3]}" if len(parts) == 4 else None


def key_of_resource(token: str, properties: Mapping[str, Any]) -> str | None:
    """The key of a resource's id, from the names that its inputs give; None where one isn't known."""
    pattern = _PATTERNS.get(canonical(token).removeprefix("azure-native:"))
    if pattern is None:
        return None
    parts = pattern.split("/")
    for position, part in enumerate(parts):
        if part.startswith("{"):
            name = properties.get(part[1:-1])
            if not isinstance(name, str) or not name:
                return None
            parts[position] = name.lower()
    return "/".join(parts)
