from __future__ import annotations

from collections.abc import Callable

import pytest

from modelyard.catalog.azure import (
    offered_regions,
    on_demand_usd_per_hour,
    price_items,
    region_names,
    service_price,
    size_names,
    spot_usd_per_hour,
    why_unpriced,
)

Table = Callable[[str], list[dict[str, str]]]

ND_H100 = "Standard_ND96isr_H100_v5"
ND_H200 = "Standard_ND96isr_H200_v5"
ND_A100 = "Standard_ND96asr_v4"


@pytest.mark.parametrize(
    ("name", "where", "usd"),
    [
        (ND_H100, "westeurope", 127.816),
        (ND_H100, "eastus", 98.32),
        (ND_A100, "eastus", 27.197),
        (ND_H200, "eastus2", 84.8),
        ("Standard_NC24ads_A100_v4", "eastus", 3.673),
        ("Standard_NC4as_T4_v3", "eastus", 0.526),
        ("Standard_HB176rs_v4", "eastus", 7.2),
    ],
)
def test_on_demand_prices_are_the_listed_ones(name: str, where: str, usd: float):
    price = on_demand_usd_per_hour(name, where)
    assert price is not None
    assert (price.value, price.unit, price.as_of) == (usd, "USD/hour", "2026-06-18")
    assert "Azure Retail Prices API" in price.source


@pytest.mark.parametrize(
    ("name", "where"),
    [
        (ND_H100, "northeurope"),
        ("Standard_ND128isr_GB300_v6", "eastus"),
        (ND_H100, "mars"),
        (ND_H100, "source"),
        (ND_H100, "size"),
        ("p5.48xlarge", "eastus"),
    ],
)
def test_what_has_no_source_is_unpriced(name: str, where: str):
    assert on_demand_usd_per_hour(name, where) is None
    assert spot_usd_per_hour(name, where) is None


@pytest.mark.parametrize("name", size_names())
def test_a_size_is_priced_exactly_where_it_is_offered(name: str):
    priced = tuple(where for where in region_names() if on_demand_usd_per_hour(name, where))
    assert priced == (offered_regions(name) or ())


def test_a_spot_price_is_its_own_fact_with_the_doubt_about_it():
    spot = spot_usd_per_hour(ND_H100, "eastus")
    assert spot is not None
    assert (spot.value, spot.unit, spot.as_of) == (18.169536, "USD/hour", "2026-09-06")
    assert spot.note.startswith("18.48% of on demand")


def test_the_newest_dated_source_stands_for_a_spot_price_that_several_have():
    spot = spot_usd_per_hour(ND_A100, "eastus")
    assert spot is not None
    assert (spot.value, spot.as_of) == (5.904469, "2026-09-06")


def test_a_spot_price_of_11_percent_is_a_placeholder_and_so_none():
    assert spot_usd_per_hour(ND_A100, "westus2") is None
    why = why_unpriced(ND_A100, "westus2", "spot")
    assert why is not None
    assert why.value == (
        "the only figure known is 11% of on demand, as for many sizes of that list: a placeholder, not a price"
    )
    assert "skypilot-catalog" in why.source


def test_no_spot_price_is_a_placeholder():
    for name in size_names():
        for where in region_names():
            on_demand, spot = on_demand_usd_per_hour(name, where), spot_usd_per_hour(name, where)
            if spot is None:
                continue
            assert on_demand is not None, (name, where)
            share = spot.value / on_demand.value
            assert 0.111 < share < 1, (name, where, share)


@pytest.mark.parametrize("where", ["eastus2", "swedencentral"])
def test_a_spot_price_that_equals_on_demand_in_every_region_is_none_in_any(where: str):
    assert spot_usd_per_hour(ND_H200, where) is None
    why = why_unpriced(ND_H200, where, "spot")
    assert why is not None
    assert why.value.startswith("the spot meter equals the on-demand meter in every region")
    assert why.as_of == "2026-10-10"


def test_a_size_that_the_list_lacks_says_so():
    why = why_unpriced("Standard_ND128isr_GB300_v6", "eastus", "on_demand")
    assert why is not None
    assert why.value == "the price list names no price for it in any region"


@pytest.mark.parametrize(
    ("name", "where", "market"),
    [
        (ND_H100, "eastus", "on_demand"),
        (ND_H100, "eastus", "spot"),
        (ND_H200, "eastus2", "on_demand"),
        (ND_H100, "northeurope", "on_demand"),
        (ND_H200, "mars", "spot"),
    ],
)
def test_there_is_nothing_to_explain_of_a_price_or_of_what_no_list_names(name: str, where: str, market: str):
    assert market in ("on_demand", "spot")
    assert why_unpriced(name, where, "spot" if market == "spot" else "on_demand") is None


def test_service_prices_in_west_europe_are_those_of_the_region_and_those_of_all():
    prices = {item: service_price(item, "westeurope") for item in price_items()}
    assert {item: price.value for item, price in prices.items() if price} == {
        "key_vault_operations_10k": 0.03,
        "log_analytics_ingest_gb": 2.99,
        "log_analytics_retention_gb_month": 0.13,
        "nat_gateway_hour": 0.045,
        "nat_gateway_gb": 0.045,
        "private_endpoint_hour": 0.01,
        "private_endpoint_gb": 0.01,
        "private_dns_zone_month": 0.5,
    }


def test_service_prices_in_the_east_of_the_united_states():
    prices = {item: service_price(item, "eastus") for item in price_items() if item.startswith("blob")}
    assert {item: price.value for item, price in prices.items() if price} == {
        "blob_hot_lrs_gb_month": 0.0208,
        "blob_hot_zrs_gb_month": 0.026,
        "blob_hot_grs_gb_month": 0.0458,
        "blob_hot_ragrs_gb_month": 0.0574,
    }


def test_a_service_price_states_its_unit_and_where_it_is_from():
    price = service_price("registry_premium_day", "eastus2")
    assert price is not None
    assert (price.value, price.unit, price.as_of) == (1.6666, "USD/day", "2026-10-01")
    assert "Azure Retail Prices API, eastus2" in price.source


def test_a_service_price_is_not_taken_from_another_region():
    assert service_price("firewall_standard_hour", "westeurope") is None
    assert service_price("nat_gateway_hour", "mars") is None
    assert service_price("nat_gateway_hour", "eu-central-1") is None


@pytest.mark.parametrize("where", region_names())
def test_a_backup_vault_is_priced_nowhere(where: str):
    assert service_price("backup_vault_blob_gb_month", where) is None
    assert service_price("backup_vault_blob_instance_month", where) is None


def test_an_item_that_does_not_exist_is_refused_with_those_that_do():
    with pytest.raises(
        ValueError, match=r"'nat' is no price item; there are blob_hot_lrs_gb_month, .*backup"
    ):
        service_price("nat", "westeurope")


def test_every_price_names_a_size_and_a_region_that_the_catalog_knows(azure_table: Table):
    on_demand, spot, unpriced = azure_table("on_demand"), azure_table("spot"), azure_table("unpriced")
    assert {row["size"] for row in (*on_demand, *spot, *unpriced)} <= set(size_names())
    assert set(on_demand[0]) - {"size", "source"} <= set(region_names())
    assert {row["region"] for row in spot} <= set(region_names())
    assert {row["region"] for row in unpriced} <= {*region_names(), "*"}
    assert {row["market"] for row in unpriced} == {"on_demand", "spot"}


def test_every_service_price_names_an_item_and_a_region_that_the_catalog_knows(azure_table: Table):
    rows = azure_table("service_prices")
    assert {row["item"] for row in rows} < set(price_items())
    assert {row["region"] for row in rows} <= {*region_names(), "global"}


def test_no_item_is_priced_both_for_a_region_and_for_all(azure_table: Table):
    rows = azure_table("service_prices")
    everywhere = {row["item"] for row in rows if row["region"] == "global"}
    assert {row["item"] for row in rows if row["region"] != "global"} & everywhere == set()


def test_no_price_is_zero_or_given_twice(azure_table: Table):
    spot, services, unpriced = azure_table("spot"), azure_table("service_prices"), azure_table("unpriced")
    assert all(float(row["usd_per_hour"]) > 0 for row in spot)
    assert all(float(row["usd"]) > 0 for row in services)
    assert all(
        float(usd) > 0
        for row in azure_table("on_demand")
        for column, usd in row.items()
        if usd and column not in ("size", "source")
    )
    assert len({(row["size"], row["region"]) for row in spot}) == len(spot)
    assert len({(row["item"], row["region"]) for row in services}) == len(services)
    assert len({(row["size"], row["region"], row["market"]) for row in unpriced}) == len(unpriced)


def test_what_is_called_unpriced_has_no_price(azure_table: Table):
    for row in azure_table("unpriced"):
        regions = region_names() if row["region"] == "*" else (row["region"],)
        price = on_demand_usd_per_hour if row["market"] == "on_demand" else spot_usd_per_hour
        assert [where for where in regions if price(row["size"], where)] == [], row
