"""What pools of machines cost. Their sizes and how they are used stand in the environment alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from modelyard.catalog.fact import HOURS_PER_MONTH
from modelyard.environment.aws.compute import Pool
from modelyard.environment.aws.sites import sites
from modelyard.environment.aws.spec import AwsEnvironment
from modelyard_policies.graph import Graph
from modelyard_preview.cost.charges import ON_DEMAND, SPOT, Charge
from modelyard_preview.cost.model import Amounts, Unpriced
from modelyard_preview.cost.nodes import nodes_at


def pool_charges(environment: AwsEnvironment, graph: Graph) -> Iterator[Charge | Unpriced]:
    """Hours of machines, and their root volumes while they run, in each region."""
    primary = environment.regions.primary
    for site in sites(environment):
        for pool in site.pools:
            urns = _compute_environments(graph, pool.name, site.region, primary)
            nodes = nodes_at(environment, site, pool)
            machines = f"pool {pool.name}: {pool.instance_type}, {pool.capacity.mode.replace('_', ' ')}"
            yield from _machines(pool, site.region, machines, nodes, urns)
            yield Charge(
                f"pool {pool.name}: root volumes, gp3",
                "ebs_gp3_gb_month",
                site.region,
                nodes.times(pool.root_volume_gib),
                urns,
            )


def _machines(
    pool: Pool, region: str, what: str, nodes: Amounts, urns: tuple[str, ...]
) -> Iterator[Charge | Unpriced]:
    mode = pool.capacity.mode
    if mode == "capacity_block":
        yield Unpriced(what, urns, "paid as a whole when the block is bought, for its fixed window")
        return
    if mode == "reservation":
        # A capacity reservation is billed at the on-demand rate whether machines run in it or not
        # (Amazon EC2 User Guide, "Capacity Reservation pricing and billing", 2026-11).
        what, nodes = f"{what} of {pool.max_nodes} nodes, used or not", Amounts.always(pool.max_nodes)
    item = f"{SPOT if mode == 'spot' else ON_DEMAND}{pool.instance_type}"
    yield Charge(what, item, region, nodes.times(HOURS_PER_MONTH), urns)


def _compute_environments(graph: Graph, pool: str, region: str, primary: str) -> tuple[str, ...]:
    return tuple(
        node.urn
        for node in graph.of_type("aws:batch/computeEnvironment:ComputeEnvironment")
        if (node.region or primary) == region
        and _part(_part(node.properties.get("computeResources"), "tags"), "pool") == pool
    )


def _part(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, dict) else None
