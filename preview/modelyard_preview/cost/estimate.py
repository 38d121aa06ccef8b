"""The estimate: pools and stores by the environment, everything else by the graph."""

from __future__ import annotations

from collections.abc import Iterator

from modelyard.catalog.fact import Fact
from modelyard.catalog.prices import on_demand_usd_per_hour, service_price, spot_usd_per_hour
from modelyard.environment.aws.spec import AwsEnvironment
from modelyard_policies.graph import Graph
from modelyard_preview.cost.charges import ON_DEMAND, SPOT, Charge, add_up
from modelyard_preview.cost.model import Cost, Unpriced
from modelyard_preview.cost.monitoring import metric_charges
from modelyard_preview.cost.pools import pool_charges
from modelyard_preview.cost.pricers import resource_charges
from modelyard_preview.cost.stores import bucket_charges, store_charges


def estimate_cost(graph: Graph, environment: AwsEnvironment) -> Cost:
    """US dollars a month of an environment at list prices, with all that has no price listed by name."""
    items, unpriced = add_up(_charges(graph, environment), environment.regions.primary, price)
    return Cost(items, unpriced, None).within(environment.budget and environment.budget.monthly_usd)


def estimate_account_cost(graph: Graph, region: str) -> Cost:
    """The same for what an account has once: no pools, no stores of a stated size, no budget."""
    found = (
        charge
        for node in graph.resources
        for charge in (*bucket_charges(node), *resource_charges(node, region))
    )
    items, unpriced = add_up(found, region, price)
    return Cost(items, unpriced, None)


def _charges(graph: Graph, environment: AwsEnvironment) -> Iterator[Charge | Unpriced]:
    yield from pool_charges(environment, graph)
    yield from store_charges(environment, graph)
    yield from metric_charges(environment, graph)
    for node in graph.resources:
        yield from resource_charges(node, environment.regions.primary)


def price(item: str, region: str) -> Fact[float] | None:
    """What the catalog knows of a price; None without a source."""
    if item.startswith(ON_DEMAND):
        return on_demand_usd_per_hour(item.removeprefix(ON_DEMAND), region)
    if item.startswith(SPOT):
        return spot_usd_per_hour(item.removeprefix(SPOT), region)
    return service_price(item, region)
