"""What a kilowatt-hour emits in each region."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Intensity:
    """Grams of CO2e a kWh, by the source that gives least and the one that gives most."""

    least: float
    most: float


@cache
def intensities() -> Mapping[str, Intensity]:
    """Intensity by region, of both clouds.

    From cloud-carbon-footprint's table of regions (Apache-2.0) and Our World in Data's averages of countries
    for 2023 (CC-BY), as of 2026-11. The two differ up to threefold for one region, so both bounds are kept.
    """
    text = files("modelyard_policies").joinpath("carbon.txt").read_text(encoding="utf-8")
    rows = (line.split() for line in text.splitlines())
    return {region: Intensity(float(least), float(most)) for region, least, most in rows}
