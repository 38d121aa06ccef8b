"""The addresses of private endpoints: asked for, taken for each part of a target, and following it."""

from __future__ import annotations

from typing import Any

import pytest
from arming import GROUP, HOME, LOCATION, NETWORK, VAULT, Arm, subnet, vault
from azure_networks import ENDPOINT, ZONES, connect, connection, endpoint, zone_group

from modelyard_sandbox.azure.manager.ids import resource_id

OTHER = ENDPOINT.replace("/data", "/other")
REGISTRY = f"{GROUP}/providers/Microsoft.ContainerRegistry/registries/Images"
WORKSPACE = f"{GROUP}/providers/Microsoft.MachineLearningServices/workspaces/mlw-development"
SCOPE = f"{GROUP}/providers/microsoft.insights/privateLinkScopes/logs"
LOGS = f"{GROUP}/providers/Microsoft.OperationalInsights/workspaces/logs"


@pytest.fixture
def arm(group: Arm) -> Arm:
    """A network, an account and a zone."""
    return connect(group)


def address_of(arm: Arm, place: str = ENDPOINT) -> list[str]:
    interface = arm.get(arm.get(place)["properties"]["networkInterfaces"][0]["id"])
    return [item["properties"]["privateIPAddress"] for item in interface["properties"]["ipConfigurations"]]


def stand(arm: Arm, place: str, properties: dict[str, Any], **parts: Any) -> None:
    """Put a target there as it stands, whatever makes it."""
    arm.store.write(resource_id(place), {"location": LOCATION, "properties": properties, **parts})


def records(arm: Arm, zone: str) -> dict[str, list[str]]:
    return {
        item["name"]: [each["ipv4Address"] for each in item["properties"]["aRecords"]]
        for item in arm.get(f"{ZONES}/{zone}/A")["value"]
    }


def test_addresses_can_be_asked_for(arm: Arm) -> None:
    wanted = {"groupId": "blob", "memberName": "blob", "privateIPAddress": "10.0.0.20"}
    fixed = [{"name": "mine", "properties": wanted}]
    arm.put(ENDPOINT, endpoint(ipConfigurations=fixed))
    assert address_of(arm) == ["10.0.0.20"]
    _, code, message = arm.refused("PUT", OTHER, endpoint(ipConfigurations=fixed))
    assert code == "PrivateIPAddressIsAllocated"
    assert "is using the private IP address 10.0.0.20 which is already allocated to resource" in message


@pytest.mark.parametrize(
    ("change", "code", "message"),
    [
        (
            {"privateIPAddress": "10.0.1.4"},
            "PrivateIPAddressNotInSubnet",
            "Private static IP address 10.0.1.4 does not belong to the range of subnet prefix 10.0.0.0/27.",
        ),
        (
            {"privateIPAddress": "10.0.0.3"},
            "PrivateIPAddressInReservedRange",
            "Private static IP address 10.0.0.3 falls within reserved range of subnet prefix 10.0.0.0/27.",
        ),
        (
            {"privateIPAddress": "10.0.0.31"},
            "PrivateIPAddressInReservedRange",
            "Private static IP address 10.0.0.31 falls within reserved range of subnet prefix 10.0.0.0/27.",
        ),
        ({"privateIPAddress": "ten"}, "InvalidIPAddress", "IP address ten of "),
        (
            {"memberName": "file"},
            "InvalidPrivateEndpointIPConfiguration",
            "is for member file of group blob. Group blob has: blob.",
        ),
    ],
)
def test_an_address_that_can_not_be_had_is_refused(
    arm: Arm, change: dict[str, str], code: str, message: str
) -> None:
    wanted = {"groupId": "blob", "memberName": "blob", "privateIPAddress": "10.0.0.20", **change}
    fixed = [{"name": "mine", "properties": wanted}]
    status, refused_as, said = arm.refused("PUT", ENDPOINT, endpoint(ipConfigurations=fixed))
    assert (status, refused_as) == (400, code)
    assert message in said


def test_a_subnet_without_room_is_refused(arm: Arm) -> None:
    arm.put(f"{NETWORK}/subnets/small", subnet("10.0.2.0/29"))
    small = {"subnet": {"id": f"{NETWORK}/subnets/small"}}
    for at in range(3):
        arm.put(f"{ENDPOINT}{at}", endpoint(**small))
    assert arm.refused("PUT", ENDPOINT, endpoint(**small)) == (
        400,
        "SubnetIsFull",
        ("Subnet small with address prefix 10.0.2.0/29 does not have enough capacity for 1 IP addresses."),
    )


def test_a_vault_has_one_name(arm: Arm) -> None:
    arm.put(VAULT, vault())
    made = arm.put(ENDPOINT, endpoint(connection(VAULT, "vault")))
    assert made["properties"]["customDnsConfigs"] == [
        {"fqdn": "vault1.vault.azure.net", "ipAddresses": ["10.0.0.4"]}
    ]
    arm.put(f"{ZONES}/privatelink.vaultcore.azure.net", {"location": "global"})
    arm.put(
        f"{ENDPOINT}/privateDnsZoneGroups/default", zone_group(f"{ZONES}/privatelink.vaultcore.azure.net")
    )
    assert records(arm, "privatelink.vaultcore.azure.net") == {"vault1": ["10.0.0.4"]}


def test_a_registry_has_an_address_for_itself_and_for_its_data_in_each_region(arm: Arm) -> None:
    stand(arm, REGISTRY, {}, sku={"name": "Premium"})
    arm.put(f"{ZONES}/privatelink.azurecr.io", {"location": "global"})
    arm.put(ENDPOINT, endpoint(connection(REGISTRY, "registry")))
    arm.put(f"{ENDPOINT}/privateDnsZoneGroups/default", zone_group(f"{ZONES}/privatelink.azurecr.io"))
    first = {"images.westeurope.data": ["10.0.0.4"], "images": ["10.0.0.5"]}
    assert records(arm, "privatelink.azurecr.io") == first
    replica = f"{REGISTRY}/replications/northeurope"
    arm.store.write(resource_id(replica), {"location": "northeurope"})
    assert records(arm, "privatelink.azurecr.io") == {**first, "images.northeurope.data": ["10.0.0.6"]}
    assert sorted(address_of(arm)) == ["10.0.0.4", "10.0.0.5", "10.0.0.6"]
    arm.put(OTHER, endpoint())
    assert address_of(arm, OTHER) == ["10.0.0.7"]
    arm.store.drop(resource_id(replica))
    assert records(arm, "privatelink.azurecr.io") == first


def test_a_workspace_has_names_in_two_zones(arm: Arm) -> None:
    id_ = "fb7e20a0-8891-458b-b969-55ddb3382f51"
    stand(arm, WORKSPACE, {"workspaceId": id_})
    zones = ("privatelink.api.azureml.ms", "privatelink.notebooks.azure.net")
    for zone in zones:
        arm.put(f"{ZONES}/{zone}", {"location": "global"})
    arm.put(ENDPOINT, endpoint(connection(WORKSPACE, "amlworkspace")))
    group = zone_group(*(f"{ZONES}/{zone}" for zone in zones))
    arm.put(f"{ENDPOINT}/privateDnsZoneGroups/default", group)
    assert records(arm, zones[0]) == {
        f"{id_}.workspace.westeurope": ["10.0.0.4"],
        f"{id_}.workspace.westeurope.cert": ["10.0.0.4"],
        f"*.{id_}.inference.westeurope": ["10.0.0.6"],
    }
    # A label has 63 characters, so the workspace's name is cut.
    assert records(arm, zones[1]) == {f"ml-mlw-developm-westeurope-{id_}.westeurope": ["10.0.0.5"]}


def test_a_scope_of_azure_monitor_has_names_for_each_workspace_in_it(arm: Arm) -> None:
    zone = "privatelink.ods.opinsights.azure.com"
    arm.put(f"{ZONES}/{zone}", {"location": "global"})
    stand(arm, SCOPE, {})
    arm.put(ENDPOINT, endpoint(connection(SCOPE, "azuremonitor")))
    arm.put(f"{ENDPOINT}/privateDnsZoneGroups/default", zone_group(f"{ZONES}/{zone}"))
    assert records(arm, zone) == {}
    assert len(address_of(arm)) == 7
    stand(arm, LOGS, {"customerId": "11112222-3333-4444-5555-666677778888"})
    arm.store.write(resource_id(f"{SCOPE}/scopedResources/logs"), {"properties": {"linkedResourceId": LOGS}})
    assert records(arm, zone) == {"11112222-3333-4444-5555-666677778888": ["10.0.0.12"]}
    assert len(address_of(arm)) == 10


def test_a_subnet_that_is_full_gives_no_further_address(arm: Arm) -> None:
    arm.put(f"{NETWORK}/subnets/small", subnet("10.0.2.0/29"))
    stand(arm, REGISTRY, {}, sku={"name": "Premium"})
    small = {"subnet": {"id": f"{NETWORK}/subnets/small"}}
    arm.put(ENDPOINT, endpoint(connection(REGISTRY, "registry"), **small))
    for region in ("northeurope", "francecentral"):
        arm.store.write(resource_id(f"{REGISTRY}/replications/{region}"), {"location": region})
    assert len(address_of(arm)) == 3


def test_an_endpoint_may_lead_to_another_subscription_and_region(arm: Arm) -> None:
    far = f"{HOME.replace('1111', '2222')}/resourceGroups/far"
    arm.put(far, {"location": "eastus"})
    account = {"location": "eastus", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}}
    arm.put(f"{far}/providers/Microsoft.Storage/storageAccounts/faraway", account)
    target = f"{far}/providers/Microsoft.Storage/storageAccounts/faraway"
    arm.put(ENDPOINT, endpoint(connection(target, "Blob")))
    assert address_of(arm) == ["10.0.0.4"]
