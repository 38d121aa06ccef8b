"""List prices in US dollars, before tax, discounts and free tiers.

None means that the catalog has no source for a price. It is never zero and never taken from another
region or size: whoever adds prices up lists what is unpriced.
"""

from __future__ import annotations

from functools import cache
from typing import Literal

from modelyard.catalog.fact import Fact
from modelyard.catalog.tables import rows, sources

PRICE_UNITS = {
    "nat_gateway_hour": "USD/hour",
    "nat_gateway_gb": "USD/GB",
    "interface_endpoint_hour": "USD/hour",
    "interface_endpoint_gb": "USD/GB",
    "kms_key_month": "USD/month",
    "s3_standard_gb_month": "USD/GB-month",
    "ebs_gp3_gb_month": "USD/GB-month",
    "cloudwatch_alarm_metric_month": "USD/month",
    "cloudwatch_dashboard_month": "USD/month",
    "cloudwatch_logs_ingest_gb": "USD/GB",
    "cloudwatch_logs_storage_gb_month": "USD/GB-month",
    "cloudwatch_metric_month": "USD/month",
    "ecr_gb_month": "USD/GB-month",
    "public_ipv4_hour": "USD/hour",
    "backup_s3_gb_month": "USD/GB-month",
}
"""What is priced, and its unit. Of tiered prices the first tier; an endpoint's hour is for one zone."""


def on_demand_usd_per_hour(instance_type: str, region: str) -> Fact[float] | None:
    """What an hour of an instance costs on demand with Linux; None if unpriced."""
    return _instance_price(instance_type, region, "on_demand")


def spot_usd_per_hour(instance_type: str, region: str) -> Fact[float] | None:
    """The lowest spot price seen in any of a region's zones, indicative only; None if unpriced."""
    return _instance_price(instance_type, region, "spot")


def service_price(item: str, region: str) -> Fact[float] | None:
    """What a service costs in a region; None if unpriced.

    Raises ValueError if `item` is none of price_items().
    """
    if item not in PRICE_UNITS:
        raise ValueError(f"{item!r} is no price item; there are {', '.join(PRICE_UNITS)}")
    row = _service_prices().get((item, region))
    return _fact(row, "usd", PRICE_UNITS[item]) if row else None


def price_items() -> tuple[str, ...]:
    """What service_price can be asked for."""
    return tuple(PRICE_UNITS)


def _instance_price(
    instance_type: str, region: str, market: Literal["on_demand", "spot"]
) -> Fact[float] | None:
    row = _instance_prices().get((instance_type, region, market))
    return _fact(row, "usd_per_hour", "USD/hour") if row else None


def _fact(row: dict[str, str], column: str, unit: str) -> Fact[float]:
    source = sources("aws")[row["source"]]
    return Fact(float(row[column]), unit, source.source, source.as_of, row["note"])


@cache
def _instance_prices() -> dict[tuple[str, str, str], dict[str, str]]:
    return {(row["instance_type"], row["region"], row["market"]): row for row in rows("aws/instance_prices")}


@cache
def _service_prices() -> dict[tuple[str, str], dict[str, str]]:
    return {(row["item"], row["region"]): row for row in rows("aws/service_prices")}
