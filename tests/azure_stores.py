"""Args of the components that keep data on Azure, and what they make, for tests."""

from __future__ import annotations

from typing import Any

from previewing import TAGS

from modelyard.planning.azure.network import ZONES
from modelyard_policies.graph import Graph, Node

SUBSCRIPTION = "11111111-1111-1111-1111-111111111111"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/training"
NETWORK = f"{GROUP}/providers/Microsoft.Network"
CLASSIFIED = {**TAGS, "data-classification": "confidential", "stage": "production"}
IDENTITY = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/datasets"
ACCOUNT: dict[str, Any] = {
    "account_name": "trainingdata01",
    "containers": ["datasets"],
    "key_vault_uri": "https://kv-training-01.vault.azure.net/",
    "key_name": "datasets",
    "identity_id": IDENTITY,
}
PLACE: dict[str, Any] = {"resource_group_name": "training", "location": "westeurope"}


def zone_ids(*groups: str) -> dict[str, str]:
    """Ids of the private DNS zones of kinds of endpoints."""
    return {zone: f"{NETWORK}/privateDnsZones/{zone}" for group in groups for zone in ZONES[group]}


ENDPOINTS: dict[str, Any] = {
    "endpoint_subnet_id": f"{NETWORK}/virtualNetworks/training/subnets/endpoints",
    "dns_zone_ids": zone_ids("blob"),
}


def storage_args(*, common: dict[str, Any] | None = None, **change: Any) -> dict[str, Any]:
    """Args of Storage with one account, changed."""
    return {**PLACE, "tags": TAGS, "accounts": {"datasets": {**ACCOUNT, **change}}, **(common or {})}


def azure(graph: Graph, kind: str, name: str | None = None) -> Node:
    """The only resource of a type (`storage:StorageAccount`), or the one of that name."""
    (found,) = [node for node in all_of(graph, kind) if name is None or node.name == name]
    return found


def all_of(graph: Graph, kind: str) -> list[Node]:
    """All resources of a type."""
    return [node for node in graph.resources if node.type == f"azure-native:{kind}"]
