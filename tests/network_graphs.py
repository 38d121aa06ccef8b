"""Networks of Azure that tests make, and what they find in them."""

from __future__ import annotations

from typing import Any

from previewing import TAGS, preview

from modelyard.azure.network import Network
from modelyard_policies.graph import Graph, Node

NAT = {
    "environment": "dev",
    "resource_group_name": "training",
    "location": "swedencentral",
    "cidr": "10.8.0.0/20",
    "egress": "nat",
    "node_count": 100,
    "endpoint_count": 10,
    "tags": TAGS,
}
FIREWALL = {**NAT, "egress": "firewall"}
LOGS = "/subscriptions/s/resourceGroups/g/providers/Microsoft.OperationalInsights/workspaces/logs"
DOMAINS = ["PyPI.org", "*.pythonhosted.org"]


def made(args: dict[str, Any], **change: Any) -> Graph:
    """The graph of a network alone, called `net`."""
    return preview(lambda: Network("net", {**args, **change}) and None)


def every(graph: Graph, kind: str) -> list[Node]:
    """All resources of a type, as `network:Subnet`."""
    return [node for node in graph.resources if node.type == f"azure-native:{kind}"]


def one(graph: Graph, kind: str, name: str | None = None) -> Node:
    """The only resource of a type, or the one of that name."""
    (found,) = [node for node in every(graph, kind) if name is None or node.name == name]
    return found


def spelled(value: Any) -> Any:
    """Data of the planning as Pulumi's SDK spells it."""
    if isinstance(value, list):
        return [spelled(item) for item in value]
    if isinstance(value, dict):
        return {_camel(key): spelled(item) for key, item in value.items()}
    return value


def _camel(key: str) -> str:
    first, *rest = key.split("_")
    return first + "".join(part.title() for part in rest)


def waits_for(graph: Graph, node: Node) -> set[str]:
    """The URNs of all that has to be there before a resource, and of what is inside a component among it."""
    by_urn = {each.urn: each for each in graph.resources}
    found, ahead = set(), [node.urn]
    while ahead:
        for urn in by_urn[ahead.pop()].dependencies:
            inside = [each.urn for each in graph.resources if each.parent == urn]
            ahead += [each for each in (urn, *inside) if each not in found]
            found |= {urn, *inside}
    return found
