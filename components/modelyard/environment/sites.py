"""The regions that an environment is built in: the primary one, and the one to come back in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Self

    class SitedPool(Protocol):
        """A pool of any cloud."""

        @property
        def name(self) -> str:
            """Unique in the environment."""
            ...

        @property
        def min_nodes(self) -> int:
            """Nodes that stay up when nothing runs."""
            ...

        @property
        def max_nodes(self) -> int:
            """Most nodes at a time."""
            ...

        @property
        def max_nodes_per_job(self) -> int:
            """Most nodes of one job."""
            ...

        def at_zero(self) -> Self:
            """The pool as the recovery region inherits it."""
            ...

    class SitedNetwork(Protocol):
        """A network of any cloud."""

        @property
        def cidr(self) -> str:
            """IPv4 range."""
            ...

    class Regions(Protocol):
        """Where an environment lives."""

        @property
        def primary(self) -> str:
            """Region that it is built in."""
            ...

        @property
        def recovery(self) -> str | None:
            """What stands ready elsewhere."""
            ...

    class Sited(Protocol):
        """An environment of any cloud, as far as regions go."""

        @property
        def residency(self) -> str:
            """Jurisdiction that data may not leave."""
            ...

        @property
        def regions(self) -> Regions:
            """Where it lives."""
            ...

        @property
        def network(self) -> Any:
            """Its network, with its way out."""
            ...

        @property
        def compute(self) -> Sequence[Any]:
            """Its pools."""
            ...

        @property
        def recovery(self) -> Any:
            """What stands ready elsewhere."""
            ...


Pool = TypeVar("Pool", bound="SitedPool")
Network = TypeVar("Network", bound="SitedNetwork")


@dataclass(frozen=True, slots=True)
class Site(Generic[Pool, Network]):
    """What stands in one region of an environment, and where the environment says so."""

    region: str
    recovery: bool
    """Whether it is the region to come back in."""
    network: Network
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


def primary_site(environment: Sited) -> Site[Any, Any]:
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


def recovery_site(environment: Sited) -> Site[Any, Any] | None:
    """The recovery region; None if there is none, or if what stands there isn't said."""
    region, recovery = environment.regions.recovery, environment.recovery
    if region is None or recovery is None:
        return None
    inherited = recovery.compute is None
    pools = [pool.at_zero() for pool in environment.compute] if inherited else recovery.compute
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


def sites(environment: Sited) -> tuple[Site[Any, Any], ...]:
    """Every region of the environment, the primary first."""
    recovery = recovery_site(environment)
    return (primary_site(environment),) if recovery is None else (primary_site(environment), recovery)


def named_pools(environment: Sited) -> Iterator[tuple[str, Any]]:
    """Every pool that the environment names, with its field: what holds for a pool by itself is told once."""
    for site in sites(environment):
        if not site.pools_are_inherited:
            for place, pool in enumerate(site.pools):
                yield f"{site.pools_field}[{place}]", pool
