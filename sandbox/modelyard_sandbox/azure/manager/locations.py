"""Azure's public regions by name, and how a name of one is written: those of modelyard's catalog."""

from __future__ import annotations

from modelyard.catalog.azure import region, region_names

REGIONS = region_names()


def pair_of(location: str) -> str | None:
    """Where a region's geo-redundant copies go; None for one without a pair."""
    return region(location).pair


def normal(location: str) -> str:
    """A location as answers write it: `West Europe` is `westeurope`."""
    return location.replace(" ", "").lower()
