"""What pools of machines cost. Their sizes and how they are used stand in the environment alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from modelyard.catalog.azure import why_unpriced
from modelyard.catalog.fact import HOURS_PER_MONTH
from modelyard.environment.azure.compute import Pool, Spot
from modelyard.environment.azure.sites import Site, sites
from modelyard.environment.azure.spec import AzureEnvironment
from modelyard.planning.azure.clusters import compute_name
from modelyard_policies.azure.types import ML_COMPUTE
from modelyard_policies.graph import Graph
from modelyard_preview.azure.cost.nodes import nodes_at
from modelyard_preview.cost.charges import ON_DEMAND, POOL, SPOT, Charge
from modelyard_preview.cost.model import Unpriced


def pool_charges(environment: AzureEnvironment, graph: Graph) -> Iterator[Charge | Unpriced]:
    """Hours of machines in each region. Azure Machine Learning adds nothing to them; their disks and load
    balancers are Azure's own and have no price in the catalog.
    """
    of_pools: set[str] = set()
    for site in sites(environment):
        for pool in site.pools:
            computes = _computes(graph, site, pool)
            of_pools.update(computes)
            yield from _machines(site, pool, computes)
    builders = tuple(node.urn for node in graph.of_type(ML_COMPUTE) if node.urn not in of_pools)
    if builders:
        yield Unpriced("machines that build images", builders, "how long they build isn't stated")


def _machines(site: Site, pool: Pool, urns: tuple[str, ...]) -> Iterator[Charge | Unpriced]:
    what = f"{POOL}{pool.name}: {pool.instance_type}, {pool.capacity.mode.replace('_', ' ')}"
    spot = isinstance(pool.capacity, Spot)
    why = why_unpriced(pool.instance_type, site.region, "spot" if spot else "on_demand")
    if why is not None:
        yield Unpriced(f"{what}, in {site.region}" if site.recovery else what, urns, why.value)
        return
    hours = nodes_at(site, pool).times(HOURS_PER_MONTH)
    yield Charge(what, f"{SPOT if spot else ON_DEMAND}{pool.instance_type}", site.region, hours, urns)
    reason = "no price known for the disks that Azure Machine Learning gives its nodes"
    yield Unpriced("disks of nodes", urns, reason)


def _computes(graph: Graph, site: Site, pool: Pool) -> tuple[str, ...]:
    name = compute_name(pool.name, pool.instance_type, low_priority=isinstance(pool.capacity, Spot))
    return tuple(
        node.urn
        for node in graph.of_type(ML_COMPUTE)
        if node.properties.get("computeName") == name and _location(node.properties) == site.region
    )


def _location(properties: dict[str, Any]) -> Any:
    return properties.get("location")
