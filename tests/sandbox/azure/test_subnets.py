"""Subnets: what they name, what is in them, and what that forbids."""

from __future__ import annotations

from typing import Any

import pytest
from arming import GROUP, LOCATION, NETWORK, SECURITY_GROUP, Arm, network, subnet
from azure_networks import (
    ADDRESS,
    ENDPOINT,
    GATEWAY,
    SUBNET,
    TABLE,
    address,
    connect,
    endpoint,
    gateway,
    named,
    table,
)

NODES = f"{NETWORK}/subnets/nodes"
OTHER_NETWORK = NETWORK.replace("/net", "/second")


@pytest.fixture
def arm(group: Arm) -> Arm:
    """A network, and all that a subnet can name."""
    connect(group)
    group.put(SECURITY_GROUP, {"location": LOCATION})
    group.put(ADDRESS, address())
    group.put(GATEWAY, gateway(ADDRESS))
    group.put(TABLE, table())
    return group


def test_a_subnet_shows_what_it_was_asked_for_and_is_shown_by_what_it_names(arm: Arm) -> None:
    asked = {
        "addressPrefix": "10.0.1.0/24",
        "defaultOutboundAccess": False,
        "natGateway": {"id": GATEWAY},
        "networkSecurityGroup": {"id": SECURITY_GROUP},
        "privateEndpointNetworkPolicies": "NetworkSecurityGroupEnabled",
        "routeTable": {"id": TABLE},
    }
    made = arm.put(NODES, {"properties": {**asked, "serviceEndpoints": [{"service": "Microsoft.Storage"}]}})
    properties = made["properties"]
    assert {name: properties[name] for name in asked} == asked
    assert properties["serviceEndpoints"] == [
        {"service": "Microsoft.Storage", "locations": [LOCATION], "provisioningState": "Succeeded"}
    ]
    for place in (GATEWAY, SECURITY_GROUP, TABLE):
        assert arm.get(place)["properties"]["subnets"] == [{"id": NODES}]
    arm.put(NODES, subnet("10.0.1.0/24"))
    assert arm.get(NODES)["properties"].keys().isdisjoint({"natGateway", "defaultOutboundAccess"})
    assert "subnets" not in arm.get(GATEWAY)["properties"]


@pytest.mark.parametrize("name", ["natGateway", "networkSecurityGroup", "routeTable"])
def test_what_a_subnet_names_is_there_in_its_region_and_of_the_right_type(arm: Arm, name: str) -> None:
    types = {"natGateway": GATEWAY, "networkSecurityGroup": SECURITY_GROUP, "routeTable": TABLE}
    kind = types[name].split("/")[-2]
    missing = types[name].rpartition("/")[0] + "/none"
    far = types[name].rpartition("/")[0] + "/far"
    arm.put(far, {"location": "northeurope"})
    for place in (missing, far):
        assert arm.refused("PUT", NODES, subnet("10.0.1.0/24", **{name: {"id": place}})) == (
            400,
            "InvalidResourceReference",
            (
                f"Resource {place} referenced by resource {NODES} was not found. Please make sure that the "
                "referenced resource exists, and that both resources are in the same region."
            ),
        )
    _, wrong = arm.call("PUT", NODES, subnet("10.0.1.0/24", **{name: {"id": ADDRESS}}))
    assert wrong["error"]["details"] == [
        {
            "code": "InvalidJsonReferenceWrongType",
            "message": f"Reference Id {ADDRESS} is referencing resource of a wrong type. The Id is expected to "
            f"reference resources of type {kind}. Path properties.{name}.",
        }
    ]
    inline = network(subnets=[named("nodes", subnet("10.0.1.0/24", **{name: {"id": missing}}))])
    assert arm.refused("PUT", OTHER_NETWORK, inline)[1] == "InvalidResourceReference"


def test_a_nat_gateway_serves_one_network(arm: Arm) -> None:
    arm.put(NODES, subnet("10.0.1.0/24", natGateway={"id": GATEWAY}))
    arm.put(f"{NETWORK}/subnets/more", subnet("10.0.2.0/24", natGateway={"id": GATEWAY}))
    arm.put(OTHER_NETWORK, network(addressSpace={"addressPrefixes": ["10.1.0.0/16"]}))
    place = f"{OTHER_NETWORK}/subnets/nodes"
    assert arm.refused("PUT", place, subnet("10.1.1.0/24", natGateway={"id": GATEWAY})) == (
        400,
        "NatGatewayCannotSpanVirtualNetworks",
        (
            f"NAT Gateway {GATEWAY} of subnet {place} is in use in virtual network {NETWORK}. A NAT gateway serves "
            "the subnets of one virtual network."
        ),
    )


@pytest.mark.parametrize("name", ["AzureFirewallSubnet", "azurefirewallmanagementsubnet"])
def test_a_firewalls_subnet_takes_no_security_group(arm: Arm, name: str) -> None:
    guarded = subnet("10.0.3.0/26", networkSecurityGroup={"id": SECURITY_GROUP})
    assert arm.refused("PUT", f"{NETWORK}/subnets/{name}", guarded) == (
        400,
        "NetworkSecurityGroupNotAllowedOnSubnet",
        (
            f"Network security group {SECURITY_GROUP} cannot be associated with subnet {name}: Azure Firewall takes "
            "no network security group on its subnet."
        ),
    )


def test_a_service_endpoint_is_of_a_service_that_has_them(arm: Arm) -> None:
    wrong = subnet("10.0.1.0/24", serviceEndpoints=[{"service": "Microsoft.Blob"}])
    _, code, message = arm.refused("PUT", NODES, wrong)
    assert code == "InvalidServiceEndpoint"
    assert message.startswith(
        f"Service endpoint Microsoft.Blob of subnet {NODES} is not known. The services are: "
        "Microsoft.AzureActiveDirectory, "
    )
    arm.put(NODES, subnet("10.0.1.0/24", serviceEndpoints=[{"service": "Microsoft.KeyVault"}]))


def test_a_subnet_shows_the_endpoints_in_it(arm: Arm) -> None:
    arm.put(ENDPOINT, endpoint(customNetworkInterfaceName="data-nic"))
    properties = arm.get(SUBNET)["properties"]
    assert properties["privateEndpoints"] == [{"id": ENDPOINT}]
    assert properties["ipConfigurations"] == [{"id": HOLDER}]
    inside = arm.get(NETWORK)["properties"]["subnets"]
    assert [item["name"] for item in inside if "privateEndpoints" in item["properties"]] == ["endpoints"]


HOLDER = f"{GROUP}/providers/Microsoft.Network/networkInterfaces/data-nic/ipConfigurations/privateEndpointIpConfig.0"
DELETED = (
    400,
    "InUseSubnetCannotBeDeleted",
    (
        f"Subnet endpoints is in use by {HOLDER} and cannot be deleted. In order to delete the subnet, delete all the "
        "resources within the subnet. See aka.ms/deletesubnet."
    ),
)
UPDATED = (
    400,
    "InUseSubnetCannotBeUpdated",
    f"Subnet endpoints is in use by {HOLDER} and cannot be updated.",
)
REQUESTS: dict[str, tuple[str, str, Any, tuple[int, str, str]]] = {
    "its deletion": ("DELETE", SUBNET, None, DELETED),
    "its network's deletion": ("DELETE", NETWORK, None, DELETED),
    "a network without it": ("PUT", NETWORK, network(subnets=[]), DELETED),
    "another prefix": ("PUT", SUBNET, subnet("10.0.0.0/26"), UPDATED),
    "another prefix in its network": (
        "PUT",
        NETWORK,
        network(subnets=[named("endpoints", subnet("10.0.0.0/26"))]),
        UPDATED,
    ),
}


@pytest.mark.parametrize("case", REQUESTS)
def test_a_subnet_with_an_endpoint_in_it_stays_as_it_is(arm: Arm, case: str) -> None:
    method, place, document, expected = REQUESTS[case]
    arm.put(ENDPOINT, endpoint(customNetworkInterfaceName="data-nic"))
    before = arm.get(SUBNET)
    assert arm.refused(method, place, document) == expected
    assert arm.get(SUBNET) == before
    arm.put(SUBNET, subnet("10.0.0.0/27", defaultOutboundAccess=False))
    arm.call("DELETE", ENDPOINT)
    assert arm.call(method, place, document)[0] == 200


def test_a_network_that_is_written_without_subnets_keeps_those_with_endpoints(arm: Arm) -> None:
    arm.put(ENDPOINT, endpoint())
    assert arm.call("PUT", NETWORK, {**network(), "tags": {"owner": "me"}})[0] == 200
    assert len(arm.get(NETWORK)["properties"]["subnets"]) == 2
    patched = arm.call("PATCH", NETWORK, {"tags": {"owner": "you"}})
    assert patched[0] == 200
