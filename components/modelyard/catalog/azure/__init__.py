"""Facts about Azure, each with its source and date: sizes, regions, prices, quotas, limits.

Pure lookups in tables that lie in the catalog's package. A table is opened when it is first asked for, never
on import. `../data/README.md` names the source and licence of each table.
"""

from __future__ import annotations

from modelyard.catalog.azure.energy import azure_pue
from modelyard.catalog.azure.limits import Limit, cluster_node_limit, limit, limit_names
from modelyard.catalog.azure.prices import (
    on_demand_usd_per_hour,
    price_items,
    service_price,
    spot_usd_per_hour,
    why_unpriced,
)
from modelyard.catalog.azure.quotas import Quota, vcpu_quota, vcpu_quotas
from modelyard.catalog.azure.regions import Region, jurisdictions, region, region_names
from modelyard.catalog.azure.sizes import Size, feature, offered_regions, size, size_names
from modelyard.catalog.azure.unknown import UnknownSize
from modelyard.catalog.unknown import UnknownRegion

__all__ = [
    "Limit",
    "Quota",
    "Region",
    "Size",
    "UnknownRegion",
    "UnknownSize",
    "azure_pue",
    "cluster_node_limit",
    "feature",
    "jurisdictions",
    "limit",
    "limit_names",
    "offered_regions",
    "on_demand_usd_per_hour",
    "price_items",
    "region",
    "region_names",
    "service_price",
    "size",
    "size_names",
    "spot_usd_per_hour",
    "vcpu_quota",
    "vcpu_quotas",
    "why_unpriced",
]
