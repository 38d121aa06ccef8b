"""Private endpoints on Azure, as a program without components makes them, against the sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from arming import SUBSCRIPTION, standing
from rehearsing import Rehearsal, rehearse_toy

from modelyard_sandbox.azure.client import AzureCloud

if TYPE_CHECKING:
    from conftest import Engine

GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/training"
PROVIDER = f"{GROUP}/providers/Microsoft.Network"
RECORDS = f"{PROVIDER}/privateDnsZones/privatelink.blob.core.windows.net/A"
PROGRAM = """
import pulumi
from pulumi_azure_native import network, privatedns, resources, storage

group = resources.ResourceGroup("group", resource_group_name="training", location="westeurope")
common = {{"resource_group_name": group.name}}
net = network.VirtualNetwork(
    "net", virtual_network_name="net", address_space={{"address_prefixes": ["10.0.0.0/16"]}}, **common
)
subnets, before = {{}}, None
for at, name in enumerate(["first", "second"]):
    before = subnets[name] = network.Subnet(
        name,
        subnet_name=name,
        virtual_network_name=net.name,
        address_prefix=f"10.0.{{at}}.0/24",
        opts=pulumi.ResourceOptions(depends_on=[before] if before else []),
        **common,
    )
data = storage.StorageAccount(
    "data", account_name="trainingdata01", kind="StorageV2", sku={{"name": "Standard_LRS"}}, **common
)
zone = privatedns.PrivateZone(
    "zone", private_zone_name="privatelink.blob.core.windows.net", location="{location}", **common
)
privatedns.VirtualNetworkLink(
    "link",
    virtual_network_link_name="net",
    private_zone_name=zone.name,
    location="Global",
    registration_enabled=False,
    virtual_network={{"id": net.id}},
    **common,
)
endpoint = network.PrivateEndpoint(
    "endpoint",
    private_endpoint_name="data",
    subnet={{"id": subnets["{subnet}"].id}},
    private_link_service_connections=[
        {{"name": "data", "private_link_service_id": data.id, "group_ids": ["{part}"]}}
    ],
    opts=pulumi.ResourceOptions(delete_before_replace=True),
    **common,
)
network.PrivateDnsZoneGroup(
    "names",
    private_dns_zone_group_name="default",
    private_endpoint_name=endpoint.name,
    private_dns_zone_configs=[{{"name": "blob", "private_dns_zone_id": zone.id}}],
    **common,
)
"""


@pytest.fixture
def toy(engine: Engine, tmp_path: Path) -> Iterator[Rehearsal]:
    with rehearse_toy(engine, tmp_path, "") as rehearsal:
        rehearsal.variables["ARM_SUBSCRIPTION_ID"] = SUBSCRIPTION
        yield rehearsal


def write(toy: Rehearsal, subnet: str = "first", part: str = "blob", location: str = "Global") -> None:
    text = PROGRAM.format(subnet=subnet, part=part, location=location)
    (toy.project / "__main__.py").write_text(text)


def cloud(toy: Rehearsal) -> AzureCloud:
    return AzureCloud(toy.sandbox.must_run().azure_endpoint, SUBSCRIPTION)


def addresses(toy: Rehearsal) -> dict[str, list[dict[str, str]]]:
    found = cloud(toy).get(RECORDS, "2024-06-01")["value"]
    return {item["name"]: item["properties"]["aRecords"] for item in found}


def test_an_endpoint_moves_to_another_subnet_with_its_record_and_leads_to_nothing_else(
    toy: Rehearsal,
) -> None:
    write(toy)
    toy.up()
    assert addresses(toy) == {"trainingdata01": [{"ipv4Address": "10.0.0.4"}]}
    toy.up("--expect-no-changes")
    toy.must("refresh", "--yes", "--skip-preview", "--expect-no-changes")
    toy.up("--expect-no-changes")

    write(toy, subnet="second")
    assert "replaced" in toy.up()
    assert addresses(toy) == {"trainingdata01": [{"ipv4Address": "10.0.1.4"}]}

    # The provider would change it in place, and Azure doesn't.
    write(toy, subnet="second", part="file")
    said = toy.fails("up", "--yes", "--skip-preview")
    assert "PrivateEndpointCannotBeUpdated: Property groupIds of private endpoint" in said

    # Somebody takes the endpoint's other end away: it can only be made anew.
    write(toy, subnet="second")
    place = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/trainingdata01/privateEndpointConnections"
    (connection,) = cloud(toy).get(place, "2024-01-01")["value"]
    cloud(toy).delete(connection["id"], "2024-01-01")
    endpoint = cloud(toy).get(f"{PROVIDER}/privateEndpoints/data", "2024-05-01")
    (shown,) = endpoint["properties"]["privateLinkServiceConnections"]
    assert shown["properties"]["privateLinkServiceConnectionState"]["status"] == "Disconnected"

    toy.must("destroy", "--yes", "--skip-preview")
    assert standing(cloud(toy)) == []


def test_a_zone_in_a_region_is_refused_and_the_next_update_goes_on(toy: Rehearsal) -> None:
    write(toy, location="westeurope")
    said = toy.fails("up", "--yes", "--skip-preview")
    assert (
        "The provided location 'westeurope' is not available for resource type 'Microsoft.Network/privateDnsZones'"
        in said
    )
    write(toy)
    toy.up()
    assert addresses(toy) == {"trainingdata01": [{"ipv4Address": "10.0.0.4"}]}
