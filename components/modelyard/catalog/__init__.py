"""Facts about clouds, each with its source and date: instance types, regions, prices. What stands here is of
AWS and of no cloud; Azure's is in `catalog.azure`.

Pure lookups in tables that lie in this package. A table is opened when it is first asked for, never on
import, and names are imported when they are first used. `data/README.md` names the source and licence of
each table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelyard.lazy import imported_when_used

if TYPE_CHECKING:
    from modelyard.catalog.fact import HOURS_PER_MONTH, Fact
    from modelyard.catalog.instances import (
        InstanceType,
        NetworkCard,
        instance_type,
        instance_type_names,
        offered_zone_ids,
    )
    from modelyard.catalog.prices import (
        on_demand_usd_per_hour,
        price_items,
        service_price,
        spot_usd_per_hour,
    )
    from modelyard.catalog.quotas import Quota, vcpu_quota, vcpu_quotas
    from modelyard.catalog.regions import Region, jurisdictions, region, region_names
    from modelyard.catalog.unknown import UnknownInstanceType, UnknownRegion

__all__ = [
    "HOURS_PER_MONTH",
    "Fact",
    "InstanceType",
    "NetworkCard",
    "Quota",
    "Region",
    "UnknownInstanceType",
    "UnknownRegion",
    "instance_type",
    "instance_type_names",
    "jurisdictions",
    "offered_zone_ids",
    "on_demand_usd_per_hour",
    "price_items",
    "region",
    "region_names",
    "service_price",
    "spot_usd_per_hour",
    "vcpu_quota",
    "vcpu_quotas",
]

_NAMES = {
    "fact": ("HOURS_PER_MONTH", "Fact"),
    "instances": (
        "InstanceType",
        "NetworkCard",
        "instance_type",
        "instance_type_names",
        "offered_zone_ids",
    ),
    "prices": ("on_demand_usd_per_hour", "price_items", "service_price", "spot_usd_per_hour"),
    "quotas": ("Quota", "vcpu_quota", "vcpu_quotas"),
    "regions": ("Region", "jurisdictions", "region", "region_names"),
    "unknown": ("UnknownInstanceType", "UnknownRegion"),
}

__getattr__ = imported_when_used(
    __name__, {name: f"{__name__}.{home}" for home, names in _NAMES.items() for name in names}
)
