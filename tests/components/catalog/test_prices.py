from __future__ import annotations

from collections.abc import Callable

import pytest

from modelyard.catalog import (
    HOURS_PER_MONTH,
    instance_type_names,
    on_demand_usd_per_hour,
    price_items,
    region_names,
    service_price,
    spot_usd_per_hour,
)


@pytest.mark.parametrize(
    ("name", "where", "usd"),
    [
        ("g5.xlarge", "eu-central-1", 1.258),
        ("c6i.2xlarge", "eu-central-1", 0.388),
        ("c6i.4xlarge", "eu-central-1", 0.776),
        ("c7i.2xlarge", "eu-central-1", 0.4074),
        ("c7i.4xlarge", "eu-central-1", 0.8148),
        ("p5.48xlarge", "us-east-1", 55.04),
    ],
)
def test_on_demand_prices_are_the_listed_ones(name: str, where: str, usd: float):
    price = on_demand_usd_per_hour(name, where)
    assert price is not None
    assert (price.value, price.unit) == (usd, "USD/hour")
    assert price.source
    assert price.as_of


def test_the_newest_dated_source_stands_for_a_price_that_several_have():
    price = on_demand_usd_per_hour("g5.xlarge", "us-east-1")
    assert price is not None
    assert price.as_of == "2026-09-06"


def test_a_spot_price_is_its_own_fact():
    spot = spot_usd_per_hour("g5.xlarge", "eu-central-1")
    assert spot is not None
    assert spot.value == 0.6059
    assert "skypilot" in spot.source


@pytest.mark.parametrize(
    ("name", "where"),
    [("p5.48xlarge", "eu-central-1"), ("g5.xlarge", "mars-1"), ("g5.nano", "us-east-1")],
)
def test_what_has_no_source_is_unpriced(name: str, where: str):
    assert on_demand_usd_per_hour(name, where) is None
    assert spot_usd_per_hour(name, where) is None


def test_a_type_that_is_sold_in_blocks_has_a_spot_price_and_none_on_demand():
    assert spot_usd_per_hour("p5e.48xlarge", "us-west-2") is not None
    assert on_demand_usd_per_hour("p5e.48xlarge", "us-west-2") is None


def test_everything_an_idle_environment_costs_is_priced_in_frankfurt():
    prices = {item: service_price(item, "eu-central-1") for item in price_items()}
    assert {item: price.value for item, price in prices.items() if price} == {
        "nat_gateway_hour": 0.052,
        "nat_gateway_gb": 0.052,
        "interface_endpoint_hour": 0.012,
        "interface_endpoint_gb": 0.01,
        "kms_key_month": 1,
        "s3_standard_gb_month": 0.0245,
        "ebs_gp3_gb_month": 0.0952,
        "cloudwatch_logs_ingest_gb": 0.63,
        "cloudwatch_logs_storage_gb_month": 0.0324,
        "ecr_gb_month": 0.1,
        "public_ipv4_hour": 0.005,
        "backup_s3_gb_month": 0.06,
    }


def test_a_service_price_states_its_unit():
    units = {
        item: price.unit
        for item in price_items()
        if (price := service_price(item, "eu-central-1")) is not None
    }
    assert units["nat_gateway_hour"] == "USD/hour"
    assert units["nat_gateway_gb"] == "USD/GB"
    assert units["kms_key_month"] == "USD/month"
    assert units["s3_standard_gb_month"] == "USD/GB-month"


def test_a_service_price_is_not_taken_from_another_region():
    assert service_price("backup_s3_gb_month", "us-east-1") is None
    assert service_price("nat_gateway_hour", "mars-1") is None


def test_an_item_that_does_not_exist_is_refused_with_those_that_do():
    with pytest.raises(ValueError, match=r"'nat' is no price item; there are nat_gateway_hour, .*backup_s3"):
        service_price("nat", "eu-central-1")


def test_a_month_has_730_hours():
    assert HOURS_PER_MONTH == 730


def test_every_instance_price_names_a_type_and_a_region_that_the_catalog_knows(
    table: Callable[[str], list[dict[str, str]]],
):
    rows = table("instance_prices")
    assert {row["instance_type"] for row in rows} <= set(instance_type_names())
    assert {row["region"] for row in rows} <= set(region_names())
    assert {row["market"] for row in rows} == {"on_demand", "spot"}


def test_every_service_price_names_an_item_and_a_region_that_the_catalog_knows(
    table: Callable[[str], list[dict[str, str]]],
):
    rows = table("service_prices")
    assert {row["item"] for row in rows} == set(price_items())
    assert {row["region"] for row in rows} <= set(region_names())


def test_no_price_is_zero_or_given_twice(table: Callable[[str], list[dict[str, str]]]):
    instances = table("instance_prices")
    services = table("service_prices")
    assert all(float(row["usd_per_hour"]) > 0 for row in instances)
    assert all(float(row["usd"]) > 0 for row in services)
    assert len({(row["instance_type"], row["region"], row["market"]) for row in instances}) == len(instances)
    assert len({(row["item"], row["region"]) for row in services}) == len(services)


def test_spot_is_never_dearer_than_on_demand():
    for name in instance_type_names():
        for where in region_names():
            on_demand, spot = on_demand_usd_per_hour(name, where), spot_usd_per_hour(name, where)
            if on_demand and spot:
                assert spot.value <= on_demand.value, (name, where)
