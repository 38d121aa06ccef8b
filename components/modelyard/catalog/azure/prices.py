"""List prices in US dollars, before tax, discounts and free tiers.

None means that the catalog has no source for a price. It is never zero and never taken from another
region or size: whoever adds prices up lists what is unpriced.
"""

from __future__ import annotations

from functools import cache
from typing import Literal

from modelyard.catalog.fact import Fact
from modelyard.catalog.tables import rows, sources

Market = Literal["on_demand", "spot"]

PRICE_UNITS = {
    "blob_hot_lrs_gb_month": "USD/GB-month",
    "blob_hot_zrs_gb_month": "USD/GB-month",
    "blob_hot_grs_gb_month": "USD/GB-month",
    "blob_hot_ragrs_gb_month": "USD/GB-month",
    "key_vault_operations_10k": "USD/10,000 operations",
    "nat_gateway_hour": "USD/hour",
    "nat_gateway_gb": "USD/GB",
    "public_ipv4_hour": "USD/hour",
    "private_endpoint_hour": "USD/hour",
    "private_endpoint_gb": "USD/GB",
    "private_dns_zone_month": "USD/month",
    "log_analytics_ingest_gb": "USD/GB",
    "log_analytics_retention_gb_month": "USD/GB-month",
    "firewall_standard_hour": "USD/hour",
    "firewall_premium_hour": "USD/hour",
    "firewall_gb": "USD/GB",
    "registry_premium_day": "USD/day",
    "backup_vault_blob_gb_month": "USD/GB-month",
    "backup_vault_blob_instance_month": "USD/month",
}
"""What is priced, and its unit. Of tiered prices the first one that is charged. Blobs are block blobs of
accounts without hierarchical namespace; the keys of a vault are software-protected."""

_EVERYWHERE = "global"
_ANY_REGION = "*"


def on_demand_usd_per_hour(size: str, region: str) -> Fact[float] | None:
    """What an hour of a dedicated machine costs with Linux; None if unpriced.

    Azure Machine Learning adds nothing to it.
    """
    row = _on_demand().get(size)
    usd = row.get(region) if row and region not in ("size", "source") else None
    return _fact(row["source"], usd, "USD/hour") if row and usd else None


def spot_usd_per_hour(size: str, region: str) -> Fact[float] | None:
    """What the list said an hour of a spot machine costs, indicative only; None if unpriced."""
    row = _spot().get((size, region))
    return _fact(row["source"], row["usd_per_hour"], "USD/hour", row["note"]) if row else None


def why_unpriced(size: str, region: str, market: Market) -> Fact[str] | None:
    """Why a price that a list does name is none of the catalog's; None where there is nothing to explain.

    Spot prices that are the same share of every other price are placeholders of a list.
    """
    if (on_demand_usd_per_hour if market == "on_demand" else spot_usd_per_hour)(size, region):
        return None
    row = _unpriced().get((size, region, market))
    if row is None and region in _regions():
        row = _unpriced().get((size, _ANY_REGION, market))
    if row is None:
        return None
    source = sources("azure")[row["source"]]
    return Fact(row["reason"], "", source.source, source.as_of)


def service_price(item: str, region: str) -> Fact[float] | None:
    """What a service costs in a region; None if unpriced.

    What Microsoft lists for all regions together (NAT gateways, private endpoints, DNS zones) costs the same
    in each that the catalog knows. Raises ValueError if `item` is none of price_items().
    """
    if item not in PRICE_UNITS:
        raise ValueError(f"{item!r} is no price item; there are {', '.join(PRICE_UNITS)}")
    row = _service_prices().get((item, region))
    if row is None and region in _regions():
        row = _service_prices().get((item, _EVERYWHERE))
    return _fact(row["source"], row["usd"], PRICE_UNITS[item], row["note"]) if row else None


def price_items() -> tuple[str, ...]:
    """What service_price can be asked for."""
    return tuple(PRICE_UNITS)


def _fact(source_id: str, usd: str, unit: str, note: str = "") -> Fact[float]:
    source = sources("azure")[source_id]
    return Fact(float(usd), unit, source.source, source.as_of, note)


@cache
def _on_demand() -> dict[str, dict[str, str]]:
    return {row["size"]: row for row in rows("azure/on_demand")}


@cache
def _spot() -> dict[tuple[str, str], dict[str, str]]:
    return {(row["size"], row["region"]): row for row in rows("azure/spot")}


@cache
def _unpriced() -> dict[tuple[str, str, str], dict[str, str]]:
    return {(row["size"], row["region"], row["market"]): row for row in rows("azure/unpriced")}


@cache
def _service_prices() -> dict[tuple[str, str], dict[str, str]]:
    return {(row["item"], row["region"]): row for row in rows("azure/service_prices")}


@cache
def _regions() -> frozenset[str]:
    return frozenset(row["region"] for row in rows("azure/regions"))
