"""What any stack with resources of Azure costs, alone and beside those of AWS."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from modelyard_policies.graph import Graph, Node
from modelyard_preview.cost.stack import estimate_stack_cost
from modelyard_preview.subjects.file import from_file


def node(type_: str, name: str, region: str | None = None, **properties: object) -> Node:
    return Node(
        urn=f"urn:pulumi:try::shop::{type_}::{name}",
        type=type_,
        name=name,
        custom=True,
        properties=properties,
        region=region,
    )


NAT = node("azure-native:network:NatGateway", "way-out", "westeurope", location="westeurope")
ACCOUNT = node("azure-native:storage:StorageAccount", "data", "westeurope", sku={"name": "Standard_LRS"})
CLUSTER = node("azure-native:machinelearningservices:Compute", "gpu", "westeurope")
KEY = node("aws:kms/key:Key", "key", "eu-central-1")


def test_what_stands_is_priced_by_azures_list_and_what_is_used_is_listed() -> None:
    cost = estimate_stack_cost(Graph([NAT, ACCOUNT, CLUSTER]), "westeurope")
    assert [item.what for item in cost.items] == ["NAT gateways"]
    assert cost.usd.idle > 0
    unpriced = {entry.what: entry.reason for entry in cost.unpriced}
    assert unpriced["accounts' content"] == "its size isn't stated"
    assert unpriced["machines of clusters"] == "how much they run isn't stated"


def test_resources_of_both_clouds_are_each_priced_by_their_own() -> None:
    cost = estimate_stack_cost(Graph([NAT, KEY]), None)
    assert sorted(item.what.partition(",")[0] for item in cost.items) == ["KMS keys", "NAT gateways"]
    assert len({item.price.source for item in cost.items}) == 2


REGISTRY = node("azure-native:containerregistry:Registry", "images", sku={"name": "Premium"})
LONELY_NAT = node("azure-native:network:NatGateway", "elsewhere")


@pytest.mark.parametrize("home", [None, "eu-central-1"])
def test_what_is_nobody_knows_where_has_no_price_and_none_of_the_other_clouds(home: str | None) -> None:
    cost = estimate_stack_cost(Graph([REGISTRY, LONELY_NAT, KEY]), home)
    assert [item.what.partition(",")[0] for item in cost.items] == ["KMS keys"]
    unpriced = {entry.what: entry.reason for entry in cost.unpriced}
    assert unpriced["registries, premium"] == "the region that it is in isn't known"
    assert unpriced["NAT gateways"] == "the region that it is in isn't known"


def test_a_stack_on_azure_has_no_home_for_what_is_on_aws() -> None:
    gateway = node("aws:ec2/natGateway:NatGateway", "way-out")
    cost = estimate_stack_cost(Graph([NAT, gateway]), "westeurope")
    assert [item.urns for item in cost.items] == [(NAT.urn,)]


def test_a_file_of_mostly_zones_is_at_home_where_its_first_region_is(tmp_path: Path) -> None:
    zones = [node("azure-native:privatedns:PrivateZone", f"zone-{number}", "global") for number in range(3)]
    graph = Graph([*zones, NAT, LONELY_NAT])
    file = tmp_path / "seen.json"
    file.write_text(json.dumps({"schema": "modelyard.preview/1", "resources": graph.as_json()}))
    seen = from_file(str(file))
    assert seen.region == "westeurope"
    cost = estimate_stack_cost(seen.graph, seen.region)
    [gateways] = [item for item in cost.items if item.what == "NAT gateways"]
    assert len(gateways.urns) == 2
