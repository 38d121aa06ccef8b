"""The estimate: pools and stores by the environment, everything else by the graph."""

from __future__ import annotations

from collections.abc import Iterator

from modelyard.environment.spec import AwsEnvironment
from modelyard_policies.graph import Graph
from modelyard_preview.cost.charges import Charge, add_up
from modelyard_preview.cost.machines import used_charges
from modelyard_preview.cost.model import FIGURES, BudgetCheck, Cost, Figure, Unpriced
from modelyard_preview.cost.monitoring import metric_charges
from modelyard_preview.cost.pools import pool_charges
from modelyard_preview.cost.pricers import resource_charges
from modelyard_preview.cost.stores import bucket_charges, store_charges


def estimate_cost(graph: Graph, environment: AwsEnvironment) -> Cost:
    """US dollars a month of an environment at list prices, with all that has no price listed by name."""
    items, unpriced = add_up(_charges(graph, environment), environment.regions.primary)
    cost = Cost(items, unpriced, None)
    if environment.budget is None:
        return cost
    limit = environment.budget.monthly_usd
    usd = cost.usd
    over: tuple[Figure, ...] = tuple(figure for figure in FIGURES if usd.of(figure) > limit)
    return Cost(items, unpriced, BudgetCheck(limit, over))


def estimate_account_cost(graph: Graph, region: str) -> Cost:
    """The same for what an account has once: no pools, no stores of a stated size, no budget."""
    found = (
        charge
        for node in graph.resources
        for charge in (*bucket_charges(node), *resource_charges(node, region))
    )
    items, unpriced = add_up(found, region)
    return Cost(items, unpriced, None)


def estimate_stack_cost(graph: Graph, region: str | None) -> Cost:
    """The same for any stack, whose use nobody states: what stands is priced, what is used is listed.

    `region` is where resources are that name none; None if it isn't known.
    """
    home = region or ""
    found = (
        charge
        for node in graph.resources
        for charge in (*bucket_charges(node), *used_charges(node), *resource_charges(node, home))
    )
    items, unpriced = add_up(found, home)
    return Cost(items, unpriced, None)


def _charges(graph: Graph, environment: AwsEnvironment) -> Iterator[Charge | Unpriced]:
    yield from pool_charges(environment, graph)
    yield from store_charges(environment, graph)
    yield from metric_charges(environment, graph)
    for node in graph.resources:
        yield from resource_charges(node, environment.regions.primary)
