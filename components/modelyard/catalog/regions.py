"""Regions: where they are, which can stand in for another, what their power emits."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from modelyard.catalog.fact import Fact
from modelyard.catalog.tables import rows, sources
from modelyard.catalog.unknown import UnknownRegion

CARBON_UNIT = "gCO2e/kWh"


@dataclass(frozen=True, slots=True)
class Region:
    """What a cloud documents about one region."""

    name: str
    place: str
    jurisdiction: str
    """Whose law holds where the data lies: "eu" for a member of the European Union, otherwise the country."""
    zone_ids: tuple[str, ...]
    """Zone ids ("euc1-az1"), the same for every account."""
    recovery_candidates: tuple[str, ...]
    """The other regions of the same jurisdiction. AWS documents no pairs, so they are sorted by name."""
    carbon: tuple[Fact[float], ...]
    """Grid intensity in grams of CO2e a kWh, one fact for each source. Sources differ, up to threefold
    for one region: show the spread."""
    partition: str
    opt_in: bool
    """Whether an account has to enable the region before use."""
    source: str
    as_of: str


@cache
def region(name: str) -> Region:
    """The facts about a region. Raises UnknownRegion, with the nearest names, if there are none."""
    row = _by_name().get(name)
    if row is None:
        raise UnknownRegion(name, _by_name())
    source = sources("aws")[row["source"]]
    return Region(
        name=name,
        place=row["place"],
        jurisdiction=row["jurisdiction"],
        zone_ids=_zones()[name],
        recovery_candidates=tuple(
            other["region"]
            for other in _by_name().values()
            if other["jurisdiction"] == row["jurisdiction"] and other["region"] != name
        ),
        carbon=tuple(
            Fact(
                value=float(fact["grams_co2e_per_kwh"]),
                unit=CARBON_UNIT,
                source=sources("aws")[fact["source"]].source,
                as_of=sources("aws")[fact["source"]].as_of,
                note=fact["note"],
            )
            for fact in rows("aws/carbon")
            if fact["region"] == name
        ),
        partition=row["partition"],
        opt_in=row["opt_in"] == "yes",
        source=source.source,
        as_of=source.as_of,
    )


def region_names() -> tuple[str, ...]:
    """Every region that the catalog knows, sorted."""
    return tuple(_by_name())


def jurisdictions() -> tuple[str, ...]:
    """Every jurisdiction that has a region, sorted."""
    return tuple(sorted({row["jurisdiction"] for row in _by_name().values()}))


@cache
def _by_name() -> dict[str, dict[str, str]]:
    return {row["region"]: row for row in rows("aws/regions")}


@cache
def _zones() -> dict[str, tuple[str, ...]]:
    return {row["region"]: tuple(row["zone_ids"].split()) for row in rows("aws/zones")}
