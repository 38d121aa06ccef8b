"""Costs on Azure, worked out by hand against round prices, and of the shipped environments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from modelyard.catalog.azure import price_items
from modelyard.catalog.fact import Fact
from modelyard.environment.azure.spec import AzureEnvironment
from modelyard.planning.azure.clusters import CUSTOMER_KEY_COST, CUSTOMER_KEY_RESOURCES
from modelyard_policies.graph import UNKNOWN, Graph, Node
from modelyard_preview.azure.cost import estimate
from modelyard_preview.azure.cost.estimate import estimate_cost
from modelyard_preview.azure.cost.free import FREE_TYPES, PRICED_ELSEWHERE
from modelyard_preview.azure.cost.pricers import PRICERS, resource_charges
from modelyard_preview.cost.charges import Charge
from modelyard_preview.cost.model import Amounts, Cost, Unpriced
from modelyard_preview.environment import Preview

With = Callable[..., AzureEnvironment]
HOURS = 730


@pytest.fixture
def round_prices(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dollar an hour on demand, ten cents on spot, and one for everything else, everywhere."""

    def fact(value: float) -> Fact[float]:
        return Fact(value, "USD/hour", "a test", "2026-11-01")

    monkeypatch.setattr(estimate, "service_price", lambda *_: fact(1.0))
    monkeypatch.setattr(estimate, "on_demand_usd_per_hour", lambda *_: fact(1.0))
    monkeypatch.setattr(estimate, "spot_usd_per_hour", lambda *_: fact(0.1))


def resource(kind: str, **properties: Any) -> Node:
    token = f"azure-native:{kind}"
    return Node(
        urn=f"urn:pulumi:dev::shop::{token}::it",
        type=token,
        name="it",
        custom=True,
        properties=properties,
        region="westeurope",
    )


def line(cost: Cost, start: str) -> Amounts:
    """The dollars of the one line whose name starts so."""
    (found,) = [item for item in cost.items if item.what.startswith(start)]
    return found.usd


@pytest.mark.usefixtures("round_prices")
def test_a_pool_costs_its_machines_as_it_is_bought_and_used(dev: Preview, environment_with: With):
    def change(fields: dict[str, Any]) -> None:
        fields["compute"][0].update(min_nodes=1, max_nodes=4, expected_utilization_percent=50)
        fields["compute"][1].update(max_nodes=10, expected_utilization_percent=30)

    cost = estimate_cost(dev.graph, environment_with("azure-dev", change))
    assert line(cost, "pool cpu: Standard_D16ds_v5, on demand") == Amounts(HOURS, 2 * HOURS, 4 * HOURS)
    assert line(cost, "pool gpu: Standard_NC4as_T4_v3, spot").expected == pytest.approx(0.1 * 3 * HOURS)


@pytest.mark.usefixtures("round_prices")
def test_nodes_that_stay_up_are_the_least_expected(dev: Preview, environment_with: With):
    def change(fields: dict[str, Any]) -> None:
        fields["compute"][0].update(min_nodes=3, max_nodes=4, expected_utilization_percent=10)

    cost = estimate_cost(dev.graph, environment_with("azure-dev", change))
    assert line(cost, "pool cpu") == Amounts(3 * HOURS, 3 * HOURS, 4 * HOURS)


def test_what_has_no_price_in_the_recovery_region_alone_is_named_with_it(
    prod: Preview, monkeypatch: pytest.MonkeyPatch
):
    def why(_size: str, region: str, _market: str) -> Fact[str] | None:
        return Fact("a placeholder", "", "a test", "2026-11-01") if region == "eastus" else None

    monkeypatch.setattr("modelyard_preview.azure.cost.pools.why_unpriced", why)
    assert isinstance(prod.environment, AzureEnvironment)
    cost = estimate_cost(prod.graph, prod.environment)
    assert [entry.what for entry in cost.unpriced if entry.reason == "a placeholder"] == [
        "pool h100: Standard_ND96isr_H100_v5, on demand, in eastus",
        "pool cpu: Standard_D32ds_v5, on demand, in eastus",
    ]


@pytest.mark.usefixtures("round_prices")
def test_the_recovery_regions_pools_cost_only_if_it_is_used(prod: Preview):
    assert isinstance(prod.environment, AzureEnvironment)
    cost = estimate_cost(prod.graph, prod.environment)
    elsewhere = f", in {prod.environment.regions.recovery}"
    (found,) = [
        item for item in cost.items if item.what.startswith("pool h100") and item.what.endswith(elsewhere)
    ]
    assert found.usd == Amounts(0, 0, 16 * HOURS)
    (compute,) = found.urns
    assert compute.endswith("recovery-cluster-h100")


def test_a_pool_without_a_price_is_listed_with_what_the_catalog_says(dev: Preview, environment_with: With):
    def change(fields: dict[str, Any]) -> None:
        fields["compute"][0].update(instance_type="Standard_HB176rs_v4")
        fields["quotas"] = [{"family": "standardHBv4Family", "vcpus": 1_000}]

    cost = estimate_cost(dev.graph, environment_with("azure-dev", change))
    found = [entry for entry in cost.unpriced if entry.what.startswith("pool cpu: Standard_HB176rs_v4")]
    priced = [item for item in cost.items if item.what.startswith("pool cpu")]
    assert len(found) + len(priced) == 1
    assert all(entry.reason for entry in found)


@pytest.mark.usefixtures("round_prices")
@pytest.mark.parametrize("redundancy", ["lrs", "zrs", "grs", "gzrs"])
def test_a_store_costs_its_size_by_how_azure_copies_it(dev: Preview, environment_with: With, redundancy: str):
    accounts = [node for node in dev.graph.resources if node.type == "azure-native:storage:StorageAccount"]
    (account,) = [node for node in accounts if node.name == "azure-dev-storage-datasets"]
    other = Node(
        urn=account.urn,
        type=account.type,
        name=account.name,
        properties={**account.properties, "sku": {"name": f"Standard_{redundancy.upper()}"}},
        region=account.region,
    )
    graph = Graph([other], environment="azure-dev", cloud="azure")
    cost = estimate_cost(
        graph, environment_with("azure-dev", lambda f: f["storage"]["datasets"].update(expected_size_gib=7))
    )
    what = f"store datasets: hot blobs, {redundancy.upper()}"
    if f"blob_hot_{redundancy}_gb_month" in price_items():
        assert line(cost, what) == Amounts.always(7)
    else:
        (entry,) = [each for each in cost.unpriced if each.what == what]
        assert entry.reason == "the catalog has no price for this redundancy"


def test_the_recovery_regions_copy_is_paid_for_and_an_empty_account_isnt(prod: Preview):
    kept = [
        each.what
        for each in (*prod.cost.items, *prod.cost.unpriced)
        if each.what.startswith("store ") and any("recovery" in urn for urn in each.urns)
    ]
    assert [what.partition(":")[0] for what in kept] == ["store checkpoints"]


def test_a_type_is_either_free_or_paid_for():
    assert not FREE_TYPES & PRICED_ELSEWHERE
    assert not (FREE_TYPES | PRICED_ELSEWHERE) & set(PRICERS)


def test_every_type_is_free_or_priced_or_listed_with_its_reason(preview: Preview):
    said = {urn for each in (*preview.cost.items, *preview.cost.unpriced) for urn in each.urns}
    for node in preview.graph.resources:
        if node.custom and node.type.startswith("azure-native:"):
            assert node.type in FREE_TYPES | PRICED_ELSEWHERE | set(PRICERS), node.type
    for kind in (
        "machinelearningservices:Compute",
        "storage:StorageAccount",
        "dataprotection:BackupInstance",
    ):
        of_kind = [node.urn for node in preview.graph.resources if node.type == f"azure-native:{kind}"]
        empty = "recovery-storage-datasets"  # (filled from backups once the region is needed)
        assert of_kind
        assert {urn for urn in of_kind if not urn.endswith(empty)} <= said, kind
    assert all(entry.reason and entry.urns for entry in preview.cost.unpriced)


def test_machines_that_build_images_are_listed(preview: Preview):
    (entry,) = [each for each in preview.cost.unpriced if each.what == "machines that build images"]
    assert entry.reason == "how long they build isn't stated"
    assert all(urn.endswith("image-build") for urn in entry.urns)


def test_a_type_that_nobody_knows_is_listed_by_its_token():
    (entry,) = resource_charges(resource("sql:Server"), "westeurope")
    assert isinstance(entry, Unpriced)
    assert entry.what == "azure-native:sql:Server"
    assert entry.reason == "the catalog neither prices this type nor knows it to be free"


@pytest.mark.parametrize(
    ("node", "said"),
    [
        (
            resource("network:AzureFirewall", sku={"tier": UNKNOWN}),
            ("firewalls", "its tier isn't known, or has no price in the catalog"),
        ),
        (
            resource("network:AzureFirewall", sku={"tier": "Basic"}),
            ("firewalls", "its tier isn't known, or has no price in the catalog"),
        ),
        (
            resource("containerregistry:Registry", sku={"name": "Basic"}),
            ("registries", "the catalog has no price for its tier"),
        ),
        (
            resource("keyvault:Key", properties={"kty": "RSA-HSM"}),
            ("keys in hardware security modules", "no price known"),
        ),
        (
            resource("security:Pricing", pricingTier="Standard"),
            ("plans of Microsoft Defender", "it is paid for by what it watches in the whole subscription"),
        ),
    ],
)
def test_what_has_no_price_says_why(node: Node, said: tuple[str, str]):
    (entry,) = resource_charges(node, "westeurope")
    assert isinstance(entry, Unpriced)
    assert (entry.what, entry.reason) == said


@pytest.mark.parametrize(
    ("node", "item"),
    [
        (resource("network:AzureFirewall", sku={"tier": "Premium"}), "firewall_premium_hour"),
        (resource("network:NatGateway"), "nat_gateway_hour"),
        (resource("network:PublicIPAddress"), "public_ipv4_hour"),
        (resource("network:PrivateEndpoint"), "private_endpoint_hour"),
        (resource("containerregistry:Registry", sku={"name": "Premium"}), "registry_premium_day"),
        (resource("privatedns:PrivateZone"), "private_dns_zone_month"),
    ],
)
def test_what_stands_is_paid_for_where_it_is(node: Node, item: str):
    charges = [each for each in resource_charges(node, "northeurope") if isinstance(each, Charge)]
    assert [(charge.item, charge.region) for charge in charges] == [(item, "westeurope")]
    assert item in price_items()


def test_what_costs_nothing_says_nothing():
    free = (
        resource("keyvault:Key", properties={"kty": "RSA"}),
        resource("security:Pricing", pricingTier="Free"),
        resource("network:VirtualNetwork"),
    )
    assert [list(resource_charges(node, "westeurope")) for node in free] == [[], [], []]


def test_what_a_workspace_with_its_own_key_makes_is_named_with_what_is_told_of_its_cost():
    (entry,) = resource_charges(
        resource("machinelearningservices:Workspace", encryption={"status": "Enabled"}), "westeurope"
    )
    assert isinstance(entry, Unpriced)
    assert CUSTOMER_KEY_RESOURCES
    assert all(each.service in entry.what for each in CUSTOMER_KEY_RESOURCES)
    assert f"{CUSTOMER_KEY_COST.value:.0f} {CUSTOMER_KEY_COST.unit}" in entry.reason
    assert CUSTOMER_KEY_COST.source in entry.reason
    plain = resource("machinelearningservices:Workspace")
    assert list(resource_charges(plain, "westeurope")) == []


def test_totals_are_held_against_the_budget(dev: Preview, environment_with: With):
    def limited(monthly_usd: int) -> AzureEnvironment:
        return environment_with("azure-dev", lambda f: f["budget"].update(monthly_usd=monthly_usd))

    check = estimate_cost(dev.graph, limited(1)).budget
    assert check is not None
    assert (check.monthly_usd, check.over) == (1, ("idle", "expected", "maximum"))
    check = estimate_cost(dev.graph, limited(1_000_000_000)).budget
    assert check is not None
    assert check.over == ()
    assert estimate_cost(dev.graph, environment_with("azure-dev", lambda f: f.pop("budget"))).budget is None


def test_what_is_in_no_region_names_none(prod: Preview):
    assert [item.what for item in prod.cost.items if "DNS" in item.what] == ["private DNS zones"]
    assert not [each for each in (*prod.cost.items, *prod.cost.unpriced) if "global" in each.what]


def test_no_two_lines_are_called_the_same_and_each_price_has_a_source(preview: Preview):
    names = [item.what for item in preview.cost.items]
    assert len(set(names)) == len(names)
    assert all(item.price.source and item.price.as_of for item in preview.cost.items)
    usd = preview.cost.usd
    assert 0 < usd.idle <= usd.expected <= usd.maximum
