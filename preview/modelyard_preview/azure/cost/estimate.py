"""The estimate: pools and stores by the environment, everything else by the graph."""

from __future__ import annotations

from collections.abc import Iterator

from modelyard.catalog.azure import on_demand_usd_per_hour, service_price, spot_usd_per_hour
from modelyard.catalog.fact import Fact
from modelyard.environment.azure.spec import AzureEnvironment
from modelyard_policies.graph import Graph
from modelyard_preview.azure.cost.pools import pool_charges
from modelyard_preview.azure.cost.pricers import resource_charges
from modelyard_preview.azure.cost.stores import store_charges
from modelyard_preview.cost.charges import ON_DEMAND, SPOT, Charge, add_up
from modelyard_preview.cost.model import Cost, Unpriced


def estimate_cost(graph: Graph, environment: AzureEnvironment) -> Cost:
    """US dollars a month of an environment at list prices, with all that has no price listed by name."""
    items, unpriced = add_up(_charges(graph, environment), environment.regions.primary, price)
    budget = environment.budget
    return Cost(items, unpriced, None).within(budget.monthly_usd if budget is not None else None)


def price(item: str, region: str) -> Fact[float] | None:
    """What the catalog knows of a price; None without a source."""
    if item.startswith(ON_DEMAND):
        return on_demand_usd_per_hour(item.removeprefix(ON_DEMAND), region)
    if item.startswith(SPOT):
        return spot_usd_per_hour(item.removeprefix(SPOT), region)
    return service_price(item, region)


def _charges(graph: Graph, environment: AzureEnvironment) -> Iterator[Charge | Unpriced]:
    yield from pool_charges(environment, graph)
    yield from store_charges(environment, graph)
    for node in graph.resources:
        yield from resource_charges(node, environment.regions.primary)
