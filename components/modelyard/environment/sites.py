"""The regions that an environment is built in: the primary one, and the one to come back in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from modelyard.environment.capacity import CapacityBlock, OpenReservation, Reservation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelyard.environment.compute import Pool
    from modelyard.environment.network import Network
    from modelyard.environment.recovery import RecoveryNetwork
    from modelyard.environment.spec import AwsEnvironment


@dataclass(frozen=True, slots=True)
class Site:
    """What stands in one region of an environment, and where the environment says so."""

    region: str
    recovery: bool
    """Whether it is the region to come back in."""
    network: Network | RecoveryNetwork
    egress: str
    pools: tuple[Pool, ...]
    region_field: str
    network_field: str
    pools_field: str
    pools_are_inherited: bool = False
    """Whether the pools are the primary region's, because the recovery region names none of its own."""

    def pool_field(self, place: int, name: str) -> str:
        """The field that a problem with a pool is told at."""
        return f"{self.pools_field}[{place}].{name}"

    def whose(self, pool: Pool) -> str:
        """How a message calls a pool where it isn't obvious which region it speaks of."""
        return f'pool "{pool.name}" in {self.region}' if self.recovery else f'pool "{pool.name}"'


def primary_site(environment: AwsEnvironment) -> Site:
    """The primary region."""
    return Site(
        region=environment.regions.primary,
        recovery=False,
        network=environment.network,
        egress=environment.network.egress,
        pools=tuple(environment.compute),
        region_field="regions.primary",
        network_field="network",
        pools_field="compute",
    )


def recovery_site(environment: AwsEnvironment) -> Site | None:
    """The recovery region; None if there is none, or if what stands there isn't said."""
    region, recovery = environment.regions.recovery, environment.recovery
    if region is None or recovery is None:
        return None
    inherited = recovery.compute is None
    pools = [_at_zero(pool) for pool in environment.compute] if recovery.compute is None else recovery.compute
    return Site(
        region=region,
        recovery=True,
        network=recovery.network,
        egress=environment.network.egress,
        pools=tuple(pools),
        region_field="regions.recovery",
        network_field="recovery.network",
        pools_field="compute" if inherited else "recovery.compute",
        pools_are_inherited=inherited,
    )


def sites(environment: AwsEnvironment) -> tuple[Site, ...]:
    """Every region of the environment, the primary first."""
    recovery = recovery_site(environment)
    return (primary_site(environment),) if recovery is None else (primary_site(environment), recovery)


def reserved(pool: Pool) -> bool:
    """Whether a pool's machines are reserved: in one region, and in one zone of it."""
    return isinstance(pool.capacity, OpenReservation | Reservation | CapacityBlock)


def named_pools(environment: AwsEnvironment) -> Iterator[tuple[str, Pool]]:
    """Every pool that the environment names, with its field: what holds for a pool by itself is told once."""
    for site in sites(environment):
        if not site.pools_are_inherited:
            for place, pool in enumerate(site.pools):
                yield f"{site.pools_field}[{place}]", pool


def _at_zero(pool: Pool) -> Pool:
    # Zones belong to a region, and nothing is kept up in the recovery region.
    return pool.model_copy(update={"min_nodes": 0, "zone_id": None, "idle_shutdown_minutes": None})
