"""Regions: where they are, which is paired with which, what their power emits."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal, cast

from modelyard.catalog.fact import Fact
from modelyard.catalog.tables import rows, sources
from modelyard.catalog.unknown import UnknownRegion

CARBON_UNIT = "gCO2e/kWh"

Area = Literal["americas", "emea", "apac"]


@dataclass(frozen=True, slots=True)
class Region:
    """What Microsoft documents about one region."""

    name: str
    """As westeurope."""
    display_name: str
    """As "West Europe"."""
    place: str
    jurisdiction: str
    """Whose law holds where the data lies: "eu" for a member of the European Union, otherwise the country."""
    geography: str
    """Microsoft's own boundary of residency, as "Europe". It can span jurisdictions: "Asia Pacific" is Hong
    Kong and Singapore."""
    area: Area
    """The part of the world for which Microsoft states its efficiency."""
    pair: str | None
    """The region that Microsoft documents as its pair, to which geo-redundant storage replicates; None for
    regions without. A pair need be neither mutual nor of the same jurisdiction (brazilsouth)."""
    availability_zones: bool
    restricted: bool
    """Whether a subscription has to ask for access, as for those meant for recovery within a country."""
    recovery_candidates: tuple[str, ...]
    """The other regions of the same jurisdiction: the pair first, then by name, restricted ones last."""
    carbon: tuple[Fact[float], ...]
    """Grid intensity in grams of CO2e a kWh, one fact for each source. Sources differ, up to sevenfold for
    one region: show the spread. Empty if no source covers the region."""
    source: str
    as_of: str
    note: str


@cache
def region(name: str) -> Region:
    """The facts about a region. Raises UnknownRegion, with the nearest names, if there are none."""
    row = _by_name().get(name)
    if row is None:
        raise UnknownRegion(name, _by_name())
    source = sources("azure")[row["source"]]
    return Region(
        name=name,
        display_name=row["display_name"],
        place=row["place"],
        jurisdiction=row["jurisdiction"],
        geography=row["geography"],
        area=cast("Area", row["area"]),
        pair=row["pair"] or None,
        availability_zones=row["availability_zones"] == "yes",
        restricted=row["restricted"] == "yes",
        recovery_candidates=_candidates(row),
        carbon=tuple(_carbon(fact) for fact in rows("azure/carbon") if fact["region"] == name),
        source=source.source,
        as_of=source.as_of,
        note=row["note"],
    )


def region_names() -> tuple[str, ...]:
    """Every region that the catalog knows, sorted."""
    return tuple(_by_name())


def jurisdictions() -> tuple[str, ...]:
    """Every jurisdiction that has a region, sorted."""
    return tuple(sorted({row["jurisdiction"] for row in _by_name().values()}))


def _candidates(here: dict[str, str]) -> tuple[str, ...]:
    others = [
        row
        for row in _by_name().values()
        if row["jurisdiction"] == here["jurisdiction"] and row["region"] != here["region"]
    ]
    others.sort(key=lambda row: (row["region"] != here["pair"], row["restricted"] == "yes", row["region"]))
    return tuple(row["region"] for row in others)


def _carbon(row: dict[str, str]) -> Fact[float]:
    source = sources("azure")[row["source"]]
    return Fact(float(row["grams_co2e_per_kwh"]), CARBON_UNIT, source.source, source.as_of, row["note"])


@cache
def _by_name() -> dict[str, dict[str, str]]:
    return {row["region"]: row for row in rows("azure/regions")}
