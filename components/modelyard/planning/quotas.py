"""How much of EC2's quotas pools can take at once, in one region."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from modelyard.catalog.instances import instance_type
from modelyard.catalog.quotas import Market, Quota, vcpu_quota

MARKETS: dict[str, Market | None] = {
    "on_demand": "on_demand",
    "spot": "spot",
    "open_reservation": "on_demand",
    "reservation": "on_demand",
    "capacity_block": None,
}
"""The quota that each mode of capacity counts against. Capacity reservations count against the on-demand
quotas, used or not (Amazon EC2 User Guide, "Reserve compute capacity with EC2 On-Demand Capacity
Reservations", 2026-11); instances in a capacity block against none ("Capacity Blocks for ML", 2026-11)."""


@dataclass(frozen=True, slots=True)
class PoolMachines:
    """The machines that a pool may have at a time."""

    name: str
    instance_type: str
    nodes: int
    mode: str
    """How they are bought: a mode of the environment's capacity."""
    reservation: str | None = None
    """What they are reserved by, if pools can share it: its machines are there once, whoever uses them."""


@dataclass(frozen=True, slots=True)
class QuotaNeed:
    """What pools may take of one quota together."""

    quota: Quota
    vcpus: int
    pools: tuple[PoolMachines, ...]


def quota_needs(pools: Iterable[PoolMachines]) -> tuple[QuotaNeed, ...]:
    """The quotas that pools count against, with the vCPUs of all nodes that they may have at a time.

    Pools in a capacity block count against none, and neither do types without a quota in the catalog (see
    `without_quota`). Raises UnknownInstanceType.
    """
    of_quota: dict[Quota, list[PoolMachines]] = defaultdict(list)
    for pool in pools:
        quota = _quota_of(pool)
        if quota is not None:
            of_quota[quota].append(pool)
    return tuple(QuotaNeed(quota, _vcpus(members), tuple(members)) for quota, members in of_quota.items())


def without_quota(pools: Iterable[PoolMachines]) -> tuple[PoolMachines, ...]:
    """The pools whose quota the catalog doesn't know, so that nothing can be said about it."""
    return tuple(pool for pool in pools if MARKETS[pool.mode] is not None and _quota_of(pool) is None)


def _quota_of(pool: PoolMachines) -> Quota | None:
    market = MARKETS[pool.mode]
    return None if market is None else vcpu_quota(pool.instance_type, market)


def _vcpus(pools: list[PoolMachines]) -> int:
    shared: dict[str, int] = {}
    alone = 0
    for pool in pools:
        vcpus = pool.nodes * instance_type(pool.instance_type).vcpus
        if pool.reservation is None:
            alone += vcpus
        else:
            shared[pool.reservation] = max(vcpus, shared.get(pool.reservation, 0))
    return alone + sum(shared.values())
