"""What the accelerators of an environment draw, and the carbon of that: in both regions, and where else they
could stand.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from modelyard.catalog.energy import Power, accelerator_power, aws_pue
from modelyard.catalog.fact import Fact
from modelyard.catalog.instances import instance_type, offered_zone_ids
from modelyard.catalog.prices import HOURS_PER_MONTH
from modelyard.catalog.regions import Region, jurisdictions, region, region_names
from modelyard.environment.compute import Pool
from modelyard.environment.sites import Site, sites
from modelyard.environment.spec import AwsEnvironment
from modelyard_preview.cost.model import Amounts
from modelyard_preview.cost.nodes import nodes_at

Unknown = dict[str, bool]
UNKNOWN: Unknown = {"unknown": True}
WATTS_PER_KILOWATT = 1_000
GRAMS_PER_KILOGRAM = 1_000
COVERS = "accelerators, with the data center's share; not their hosts, networks and storage"


@dataclass(frozen=True, slots=True)
class Carbon:
    """Carbon intensity of a region, by source. Sources differ: the spread is the answer."""

    region: str
    place: str
    sources: tuple[Fact[float], ...]
    """Grams of CO2e a kWh."""

    @property
    def spread(self) -> tuple[float, float] | None:
        """Lowest and highest of the sources, in grams of CO2e a kWh; none without a source."""
        values = [fact.value for fact in self.sources]
        return (min(values), max(values)) if values else None

    def as_json(self) -> dict[str, Any]:
        """The region with the spread and its sources."""
        spread = self.spread
        return {
            "region": self.region,
            "place": self.place,
            "gramsCo2ePerKwh": {"lowest": spread[0], "highest": spread[1]} if spread else UNKNOWN,
            "carbonSources": [{"gramsCo2ePerKwh": fact.value, **_source(fact)} for fact in self.sources],
        }


@dataclass(frozen=True, slots=True)
class PoolEnergy:
    """What the accelerators of a pool draw."""

    pool: str
    accelerator: str | None
    """Their model; none for machines without."""
    accelerators_per_node: int
    power: Power | None
    """What one of them draws; none if the catalog has no source for it."""
    nodes: Amounts
    """Nodes that run on average."""
    pue: float

    @property
    def kwh(self) -> Amounts | None:
        """KWh a month: what kept nodes draw without a job, at full load as used as expected, and all of them
        at full load. None if nobody knows what the accelerators draw.
        """
        if self.accelerator is None:
            return Amounts.always(0.0)
        if self.power is None:
            return None
        hours = self.accelerators_per_node * HOURS_PER_MONTH * self.pue / WATTS_PER_KILOWATT
        board = self.power.board.value
        idle = self.power.idle.value if self.power.idle else board
        return Amounts(
            self.nodes.idle * idle * hours,
            self.nodes.expected * board * hours,
            self.nodes.maximum * board * hours,
        )

    def as_json(self) -> dict[str, Any]:
        """The pool in `energy.pools`."""
        kwh = self.kwh
        power = self.power
        return {
            "pool": self.pool,
            "accelerator": self.accelerator,
            "acceleratorsPerNode": self.accelerators_per_node,
            "boardWatts": {"watts": power.board.value, **_source(power.board)} if power else _no_power(self),
            "idleWatts": power.idle.value if power and power.idle else _no_power(self),
            "kwhPerMonth": UNKNOWN if kwh is None else kwh.as_json(1),
        }


@dataclass(frozen=True, slots=True)
class SiteEnergy:
    """The energy of one region of an environment."""

    carbon: Carbon
    pools: tuple[PoolEnergy, ...]
    recovery: bool = False

    @property
    def kwh(self) -> Amounts:
        """KWh a month of the pools whose power is known."""
        total = Amounts.always(0.0)
        for pool in self.pools:
            total = total.plus(pool.kwh or Amounts.always(0.0))
        return total

    @property
    def unknown_pools(self) -> tuple[str, ...]:
        """The pools of which nobody knows what they draw."""
        return tuple(pool.pool for pool in self.pools if pool.kwh is None)

    @property
    def kilograms(self) -> tuple[Amounts, Amounts] | None:
        """Kilograms of CO2e a month, by the lowest and by the highest source; none without a source."""
        spread = self.carbon.spread
        if spread is None:
            return None
        lowest, highest = (self.kwh.times(grams / GRAMS_PER_KILOGRAM) for grams in spread)
        return lowest, highest

    def as_json(self) -> dict[str, Any]:
        """A region in `energy`."""
        kilograms = self.kilograms
        complete = not self.unknown_pools
        carbon: dict[str, Any] = {**UNKNOWN}
        if kilograms is not None:
            carbon = {"lowest": kilograms[0].as_json(1), "highest": kilograms[1].as_json(1)}
        return {
            **self.carbon.as_json(),
            "recovery": self.recovery,
            "power": {"covers": COVERS, "complete": complete, "kwhPerMonth": self.kwh.as_json(1)},
            "kgCo2ePerMonth": carbon,
            "pools": [pool.as_json() for pool in self.pools],
        }


@dataclass(frozen=True, slots=True)
class Energy:
    """The regions of an environment, and those that it could be in."""

    sites: tuple[SiteEnergy, ...]
    """The primary one first."""
    pue: Fact[float]
    """Energy that the data center draws in all, for each unit that the machines draw."""
    alternatives: tuple[Carbon, ...]
    """The regions of the residency that offer the types of all pools, the primary one among them, those with
    the least carbon first; those without a source last."""

    @property
    def primary(self) -> SiteEnergy:
        """The primary region."""
        return self.sites[0]

    def as_json(self) -> dict[str, Any]:
        """The `energy` of schema modelyard.preview/1: the primary region, the recovery region, the choice."""
        return {
            **self.primary.as_json(),
            "pue": {"value": self.pue.value, **_source(self.pue)},
            "recoveryRegion": next((site.as_json() for site in self.sites[1:]), None),
            "regionsByCarbon": [carbon.as_json() for carbon in self.alternatives],
        }


def describe_energy(environment: AwsEnvironment) -> Energy:
    """What the catalog knows of the power that an environment draws, and of the power in its regions."""
    pue = aws_pue()
    return Energy(
        sites=tuple(_site(environment, site, pue.value) for site in sites(environment)),
        pue=pue,
        alternatives=_alternatives(environment),
    )


def _site(environment: AwsEnvironment, site: Site, pue: float) -> SiteEnergy:
    pools = tuple(_pool(environment, pool, site, pue) for pool in site.pools)
    return SiteEnergy(_carbon(region(site.region)), pools, site.recovery)


def _pool(environment: AwsEnvironment, pool: Pool, site: Site, pue: float) -> PoolEnergy:
    instance = instance_type(pool.instance_type)
    return PoolEnergy(
        pool=pool.name,
        accelerator=instance.accelerator,
        accelerators_per_node=instance.accelerator_count,
        power=accelerator_power(instance),
        nodes=nodes_at(environment, site, pool),
        pue=pue,
    )


def _alternatives(environment: AwsEnvironment) -> tuple[Carbon, ...]:
    types = {pool.instance_type for pool in environment.compute}
    residency = environment.residency
    anywhere = residency not in jurisdictions()
    found = [
        _carbon(region(name))
        for name in region_names()
        if (anywhere or region(name).jurisdiction == residency)
        and all(offered_zone_ids(type_, name) for type_ in types)
    ]
    return tuple(sorted(found, key=_by_carbon))


def _by_carbon(carbon: Carbon) -> tuple[bool, float, str]:
    """The middle of the spread: where sources overlap neither end is the better guess."""
    spread = carbon.spread
    return spread is None, sum(spread) / 2 if spread else 0.0, carbon.region


def _carbon(found: Region) -> Carbon:
    return Carbon(found.name, found.place, found.carbon)


def _no_power(pool: PoolEnergy) -> Unknown | None:
    """Machines without accelerators have none to know of."""
    return UNKNOWN if pool.accelerator is not None else None


def _source(fact: Fact[float]) -> dict[str, str]:
    return {"source": fact.source, "asOf": fact.as_of, "note": fact.note}


def unknown_pools(energies: Iterable[SiteEnergy]) -> tuple[str, ...]:
    """The pools of any region of which nobody knows what they draw, each once."""
    return tuple(dict.fromkeys(pool for site in energies for pool in site.unknown_pools))
