"""EC2's offerings of instance types: what a zone offers may change, and what the catalog knows was true once.

MODELYARD_SANDBOX_WITHHELD names what is no longer offered, as `p5.48xlarge@euc1-az2`, several parted by
blanks: how to rehearse that a zone has stopped offering a type. Source: EC2 API reference,
DescribeInstanceTypeOfferings, 2026-11.
"""

from __future__ import annotations

import os
from typing import Any

from moto.ec2.models import EC2Backend

WITHHELD_VARIABLE = "MODELYARD_SANDBOX_WITHHELD"


def install() -> None:
    """Put it right behind moto's answer."""
    original = EC2Backend.describe_instance_type_offerings

    def describe_instance_type_offerings(
        self: Any, location_type: str | None = None, filters: Any = None
    ) -> list[Any]:
        offerings = original(self, location_type, filters)
        withheld = _withheld(self)
        return [item for item in offerings if (item["InstanceType"], item["Location"]) not in withheld]

    EC2Backend.describe_instance_type_offerings = describe_instance_type_offerings  # type: ignore[method-assign] (in the place of moto's)


def _withheld(backend: Any) -> set[tuple[str, str]]:
    """Types with the ids and the names of zones that don't offer them."""
    text = os.environ.get(WITHHELD_VARIABLE, "")
    if not text:
        return set()
    names = {zone.zone_id: zone.name for zone in backend.describe_availability_zones()}
    pairs = [pair.partition("@")[::2] for pair in text.split()]
    return {
        (type_, place)
        for type_, zone_id in pairs
        for place in (zone_id, names.get(zone_id))
        if place is not None
    }
