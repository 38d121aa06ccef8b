"""What the accelerators of an environment draw, and the carbon of that: in both regions, and where else they
could stand.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from modelyard.catalog.energy import Power
from modelyard.catalog.fact import HOURS_PER_MONTH, Fact
from modelyard_preview.cost.model import Amounts

Unknown = dict[str, bool]
UNKNOWN: Unknown = {"unknown": True}
WATTS_PER_KILOWATT = 1_000
GRAMS_PER_KILOGRAM = 1_000
COVERS = "accelerators, with the data center's share; not their hosts, networks and storage"


class Region(Protocol):
    """A region as either cloud's catalog has it."""

    @property
    def name(self) -> str:
        """Its name."""
        ...

    @property
    def place(self) -> str:
        """Where it is, for people."""
        ...

    @property
    def carbon(self) -> tuple[Fact[float], ...]:
        """Grams of CO2e a kWh, by source."""
        ...

    @property
    def jurisdiction(self) -> str:
        """Whose law holds there."""
        ...


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

    @classmethod
    def of(cls, region: Region) -> Carbon:
        """The carbon of a region of either cloud's catalog."""
        return cls(region.name, region.place, region.carbon)

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


def alternatives(
    regions: Iterable[Region],
    residency: str,
    jurisdictions: Collection[str],
    offers_all: Callable[[str], bool],
) -> tuple[Carbon, ...]:
    """Where an environment could stand, those with the least carbon first.

    Args:
        regions: the cloud's.
        residency: where data may be; anything but a jurisdiction is anywhere.
        jurisdictions: those that the catalog knows.
        offers_all: whether a region, by its name, offers the types of all pools.
    """
    anywhere = residency not in jurisdictions
    found = [
        Carbon.of(region)
        for region in regions
        if (anywhere or region.jurisdiction == residency) and offers_all(region.name)
    ]
    return tuple(sorted(found, key=by_carbon))


def by_carbon(carbon: Carbon) -> tuple[bool, float, str]:
    """A key that sorts regions, those with the least carbon first: by the middle of the spread, since where
    sources overlap neither end is the better guess.
    """
    spread = carbon.spread
    return spread is None, sum(spread) / 2 if spread else 0.0, carbon.region


def _no_power(pool: PoolEnergy) -> Unknown | None:
    """Machines without accelerators have none to know of."""
    return UNKNOWN if pool.accelerator is not None else None


def _source(fact: Fact[float]) -> dict[str, str]:
    return {"source": fact.source, "asOf": fact.as_of, "note": fact.note}


def unknown_pools(energies: Iterable[SiteEnergy]) -> tuple[str, ...]:
    """The pools of any region of which nobody knows what they draw, each once."""
    return tuple(dict.fromkeys(pool for site in energies for pool in site.unknown_pools))
