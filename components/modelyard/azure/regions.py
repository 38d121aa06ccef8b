"""What depends on the name of a region, which may become known later."""

from collections.abc import Callable
from typing import Any

import pulumi

from modelyard.catalog.azure.regions import Region, region, region_names


def known_region(location: Any) -> Region | None:
    """What the catalog knows of a region, by either of its names; None for one that is known to be there
    later, or that it doesn't know.
    """
    if not isinstance(location, str) or _name(location) not in region_names():
        return None
    return region(_name(location))


def in_region(location: pulumi.Input[str], make: Callable[[str], Any]) -> pulumi.Input[Any]:
    """What `make` makes of the region's name, now where it is known. "Sweden Central" is swedencentral."""
    if isinstance(location, str):
        return make(_name(location))
    return pulumi.Output.from_input(location).apply(lambda known: make(_name(known)))


def _name(location: str) -> str:
    return location.replace(" ", "").lower()
