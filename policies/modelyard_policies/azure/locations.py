"""Where a resource on Azure is made."""

from __future__ import annotations

from modelyard_policies.azure.types import AGENT_POOL, MANAGED_CLUSTER, ML_COMPUTE, RESOURCE_GROUP
from modelyard_policies.graph import canonical
from modelyard_policies.reading import Block, GraphView, Resource

READS = (RESOURCE_GROUP, MANAGED_CLUSTER)
"""What has to be looked at to know it."""


def location_of(resource: Resource, graph: GraphView) -> str:
    """The region, in its short form: its own, its provider's, or its resource group's, in that order (as
    azure-native fills it in). A pool of AKS is where its cluster is, a compute of Azure Machine Learning
    where it says.

    Raises Unread if it isn't known, or hangs on a resource that isn't in the graph.
    """
    kind = canonical(resource.type)
    if kind == AGENT_POOL:
        cluster = graph.target(resource, "resourceName", MANAGED_CLUSTER)
        return "" if cluster is None else location_of(cluster, graph)
    if kind == ML_COMPUTE and resource.block("properties").has("computeLocation"):
        return short(resource.block("properties"), "computeLocation")
    if resource.has("location"):
        return short(resource, "location")
    if resource.node.region is not None or kind == RESOURCE_GROUP:
        return resource.region
    group = graph.target(resource, "resourceGroupName", RESOURCE_GROUP)
    return "" if group is None else location_of(group, graph)


def short(block: Block, key: str) -> str:
    """A region that is named at `key`, in its short form: `West Europe` is `westeurope`."""
    return "".join(block.text(key).lower().split())
