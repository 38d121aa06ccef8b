"""Which availability zones an environment and its pools use.

Zones are named by id (euc1-az2): the names (eu-central-1a) stand for different places in different accounts.
"""

from __future__ import annotations

from collections.abc import Sequence


def network_zone_ids(
    region_zone_ids: Sequence[str], zone_count: int, pinned: Sequence[str] | None
) -> tuple[str, ...]:
    """The zones that get subnets: the pinned ones, else the region's first `zone_count`."""
    return tuple(pinned) if pinned is not None else tuple(region_zone_ids)[:zone_count]


def pool_zone_ids(
    offered: Sequence[str], network_zone_ids: Sequence[str], pinned: str | None, multi_node: bool
) -> tuple[str, ...]:
    """The zones in which a pool's nodes may run; empty when the type is offered in none of them.

    A pool for multi-node jobs keeps to one zone: a gang across zones would pay for and wait on its traffic,
    and a cluster placement group can't span zones.
    """
    wanted = network_zone_ids if pinned is None else [zone for zone in network_zone_ids if zone == pinned]
    usable = tuple(zone for zone in wanted if zone in offered)
    return usable[:1] if multi_node else usable
