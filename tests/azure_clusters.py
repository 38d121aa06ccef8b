"""A GpuCluster on Azure alone with one pool: the arguments that its tests change, and what comes of them."""

from __future__ import annotations

import pulumi
from previewing import TAGS, preview

from modelyard.azure.gpu_cluster import GpuCluster
from modelyard.planning.azure.network import ZONES
from modelyard.planning.azure.roles import ROLE_IDS

SUBSCRIPTION = "0a1b2c3d-1111-2222-3333-444455556666"
TENANT = "11111111-2222-3333-4444-555555555555"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/training/providers"
ACCOUNT = f"{GROUP}/Microsoft.Storage/storageAccounts/devwork01"
LOGS = f"{GROUP}/Microsoft.OperationalInsights/workspaces/dev-logs"
NETWORK = f"{GROUP}/Microsoft.Network/virtualNetworks/dev"
ZONE_IDS = {
    zone: f"{GROUP}/Microsoft.Network/privateDnsZones/{zone}"
    for group_id in ("registry", "vault", "amlworkspace")
    for zone in ZONES[group_id]
}
H100 = {"name": "h100", "size": "Standard_ND96isr_H100_v5", "max_nodes": 4, "max_nodes_per_job": 4}
CPU = {"name": "cpu", "size": "Standard_D16ds_v5", "max_nodes": 8}
PERSON = {"principal_id": "aaaaaaaa-0000-0000-0000-000000000001", "kind": "user"}
TEAM = {"principal_id": "aaaaaaaa-0000-0000-0000-000000000002", "kind": "group"}
KEY = {
    "key_vault_id": f"{GROUP}/Microsoft.KeyVault/vaults/kv-dev-01",
    "key_uri": f"https://kv-dev-01.vault.azure.net/keys/workspace/{'0a' * 16}",
    "identity_id": f"{GROUP}/Microsoft.ManagedIdentity/userAssignedIdentities/workspace-key",
    "identity_client_id": "aaaaaaaa-0000-0000-0000-000000000003",
    "cosmos_db_principal_id": "aaaaaaaa-0000-0000-0000-000000000004",
}
CLUSTER = {
    "environment": "dev",
    "subscription_id": SUBSCRIPTION,
    "tenant_id": TENANT,
    "resource_group_name": "training",
    "location": "westeurope",
    "workspace_name": "dev-a1",
    "registry_name": "devimages01",
    "vault_name": "ml-dev-01",
    "storage_account_id": ACCOUNT,
    "log_workspace_id": LOGS,
    "node_subnet_id": f"{NETWORK}/subnets/nodes",
    "endpoint_subnet_id": f"{NETWORK}/subnets/endpoints",
    "dns_zone_ids": ZONE_IDS,
    "registry_key_uri": "https://kv-dev-01.vault.azure.net/keys/registry",
    "registry_identity_id": f"{GROUP}/Microsoft.ManagedIdentity/userAssignedIdentities/registry-key",
    "registry_identity_client_id": "aaaaaaaa-0000-0000-0000-000000000005",
    "pools": [H100],
    "tags": TAGS,
}
ROLE_NAMES = {id_: role for role, id_ in ROLE_IDS.items()}


def cluster(**changes):
    """The graph of the cluster with other arguments."""
    return preview(lambda: GpuCluster("gpu", {**CLUSTER, **changes}) and None)


def every(graph, kind):
    """All resources of a type, as `keyvault:Vault`."""
    return [node for node in graph.resources if node.type == f"azure-native:{kind}"]


def one(graph, kind, name):
    """The only resource of a type that has the name."""
    (found,) = [node for node in every(graph, kind) if node.name == name]
    return found


def compute(graph, pool):
    """A pool's compute."""
    return one(graph, "machinelearningservices:Compute", f"gpu-{pool}")


def replaced_by(**changes):
    """What replaces each resource when it changes, and whether the old one goes first, by kind and name."""
    seen = {}

    def see(resource):
        seen[resource.type_.removeprefix("azure-native:"), resource.name] = (
            set(resource.opts.replace_on_changes or ()),
            resource.opts.delete_before_replace,
        )

    opts = pulumi.ResourceOptions(transforms=[see])
    preview(lambda: GpuCluster("gpu", {**CLUSTER, **changes}, opts) and None)
    return seen


def roles(graph):
    """Who is given which role at which resource, by the resources' own names where they are of the program."""
    names = {node.urn: node.name for node in graph.resources}
    given = set()
    for node in every(graph, "authorization:RoleAssignment"):
        scope, whom = (
            names[node.property_dependencies[key][0]]
            if node.property_dependencies.get(key)
            else node.properties[key]
            for key in ("scope", "principalId")
        )
        given.add((whom, ROLE_NAMES[node.properties["roleDefinitionId"].rpartition("/")[2]], scope))
    return given
