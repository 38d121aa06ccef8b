"""How many nodes of a pool run on average over a month."""

from __future__ import annotations

from modelyard.environment.azure.compute import Pool
from modelyard.environment.azure.sites import Site
from modelyard_preview.cost.model import Amounts


def nodes_at(site: Site, pool: Pool) -> Amounts:
    """Nodes of a pool that run on average in a region: in the one to come back in only if that is used.

    Idle: those that `min_nodes` keeps up. Expected: as used as was stated. Maximum: all of them, all the
    time.
    """
    if site.recovery:
        return Amounts(0.0, 0.0, float(pool.max_nodes))
    expected = max(float(pool.min_nodes), pool.max_nodes * pool.expected_utilization_percent / 100)
    return Amounts(float(pool.min_nodes), expected, float(pool.max_nodes))
