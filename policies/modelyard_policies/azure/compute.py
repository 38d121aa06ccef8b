"""What starts machines on Azure: scale sets and single machines, Kubernetes, Azure Machine Learning."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from modelyard_policies.azure.types import (
    AGENT_POOL,
    AUTOSCALE_SETTING,
    MANAGED_CLUSTER,
    ML_COMPUTE,
    VIRTUAL_MACHINE,
    VIRTUAL_MACHINE_SCALE_SET,
)
from modelyard_policies.graph import canonical
from modelyard_policies.reading import Block, GraphView, Resource

COMPUTE: Final = (VIRTUAL_MACHINE, VIRTUAL_MACHINE_SCALE_SET, AGENT_POOL, MANAGED_CLUSTER, ML_COMPUTE)
"""What starts machines."""


@dataclass(frozen=True, slots=True)
class Pool:
    """Machines that a resource starts, alike but for their size where several are allowed."""

    block: Block
    """What describes it: the resource, or one of a cluster's pools."""
    sizes: tuple[tuple[Block, str], ...]
    """Where the sizes stand that its machines may have."""
    counts: Block
    """Where the numbers of machines stand."""
    most: str = ""
    """Name of the largest number; empty if there is always one machine."""
    least: str = ""
    """Name of the least number, likewise."""
    unset: float = 0.0
    """What Azure takes for a number that isn't given."""

    def number(self, key: str) -> float:
        """The number at `key`, which is `most` or `least`. What isn't one makes none."""
        if not key:
            return 1.0
        if not self.counts.has(key):
            return self.unset
        found = self.counts.number(key)
        return found if found is not None and 0 <= found < float("inf") else 0.0


def pools(resource: Resource) -> Iterator[Pool]:
    """The pools of machines that a resource of COMPUTE starts."""
    return _READERS[canonical(resource.type)](resource)


def autoscaled(scale_set: Resource, graph: GraphView) -> list[Block]:
    """The bounds that enabled autoscale settings keep a scale set to: `minimum` and `maximum` of each
    profile.
    """
    settings = graph.linked(scale_set, AUTOSCALE_SETTING, "targetResourceUri")
    return [
        profile.block("capacity")
        for setting in settings
        if setting.is_true("enabled")
        for profile in setting.list("profiles")
    ]


def _machine(machine: Resource) -> Iterator[Pool]:
    profile = machine.block("hardwareProfile")
    yield Pool(machine, ((profile, "vmSize"),), machine)


def _scale_set(scale_set: Resource) -> Iterator[Pool]:
    sku = scale_set.block("sku")
    mixed = tuple((size, "name") for size in scale_set.block("skuProfile").list("vmSizes"))
    yield Pool(scale_set, mixed or ((sku, "name"),), sku, "capacity", "capacity")


def _agents(pool: Block) -> Iterator[Pool]:
    fixed = list(pool.block("virtualMachinesProfile").block("scale").list("manual"))
    for item in fixed:
        yield Pool(pool, ((item, "size"),), item, "count", "count", 1.0)
    if fixed:
        return
    if pool.is_true("enableAutoScaling"):
        yield Pool(pool, ((pool, "vmSize"),), pool, "maxCount", "minCount")
    else:
        # "The default value is 1" (Azure REST API, Agent Pools, count).
        yield Pool(pool, ((pool, "vmSize"),), pool, "count", "count", 1.0)


def _cluster(cluster: Resource) -> Iterator[Pool]:
    for profile in cluster.list("agentPoolProfiles"):
        yield from _agents(profile)


def _learning(compute: Resource) -> Iterator[Pool]:
    outer = compute.block("properties")
    kind, inner = outer.text("computeType").lower(), outer.block("properties")
    if kind == "amlcompute":
        scale = inner.block("scaleSettings")
        yield Pool(outer, ((inner, "vmSize"),), scale, "maxNodeCount", "minNodeCount")
    elif kind == "computeinstance":
        yield Pool(outer, ((inner, "vmSize"),), inner)
    elif kind == "aks" and inner.has("agentCount"):
        yield Pool(outer, ((inner, "agentVmSize"),), inner, "agentCount", "agentCount")


_READERS: Final[Mapping[str, Callable[[Resource], Iterator[Pool]]]] = {
    VIRTUAL_MACHINE: _machine,
    VIRTUAL_MACHINE_SCALE_SET: _scale_set,
    AGENT_POOL: _agents,
    MANAGED_CLUSTER: _cluster,
    ML_COMPUTE: _learning,
}
