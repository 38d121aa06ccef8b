"""The ways out of a network: public addresses, NAT gateways, route tables."""

from __future__ import annotations

from typing import Any

import pytest
from arming import LOCATION, NETWORK, Arm, subnet
from azure_networks import ADDRESS, GATEWAY, TABLE, address, connect, gateway, route, table

OTHER_ADDRESS, OTHER_GATEWAY = ADDRESS.replace("/out", "/other"), GATEWAY.replace("/out", "/other")


def test_each_public_address_is_another_and_stays_what_it_is(group: Arm) -> None:
    made = group.put(ADDRESS, address(zones=["1", "2", "3"]))
    assert made["sku"] == {"name": "Standard", "tier": "Regional"}
    properties = made["properties"]
    assert properties["ipAddress"] == "198.18.0.1"
    assert properties["publicIPAddressVersion"] == "IPv4"
    assert properties["idleTimeoutInMinutes"] == 4
    assert group.put(OTHER_ADDRESS, address())["properties"]["ipAddress"] == "198.18.0.2"
    changed = address(zones=["3", "2", "1"], properties={"idleTimeoutInMinutes": 10})
    assert group.put(ADDRESS, changed)["properties"]["ipAddress"] == "198.18.0.1"
    group.call("DELETE", ADDRESS)
    six = address(properties={"publicIPAddressVersion": "IPv6"})
    assert group.put(ADDRESS, six)["properties"]["ipAddress"] == "2001:db8:198::1"


@pytest.mark.parametrize("document", [address("Basic"), {"location": LOCATION}])
def test_no_new_basic_address_is_made(group: Arm, document: dict[str, Any]) -> None:
    assert group.refused("PUT", ADDRESS, document) == (
        400,
        "IPv4BasicSkuPublicIpCountLimitReached",
        "Cannot create more than 0 IPv4 Basic SKU public IP addresses for this subscription in this region.",
    )


@pytest.mark.parametrize("document", [address(method="Dynamic"), {**address(), "properties": {}}])
def test_a_standard_address_is_static(group: Arm, document: dict[str, Any]) -> None:
    assert group.refused("PUT", ADDRESS, document) == (
        400,
        "StandardSkuPublicIPAddressesMustBeStatic",
        f"Standard sku publicIp {ADDRESS} must have AllocationMethod set to Static.",
    )


@pytest.mark.parametrize(
    ("change", "code", "message"),
    [
        (
            {"zones": ["1"]},
            "ResourceAvailabilityZonesCannotBeModified",
            (
                f"Resource {ADDRESS} has an existing availability zone constraint 1, 2, 3 and the request has "
                "availability zone constraint 1, which do not match."
            ),
        ),
        (
            {"zones": []},
            "ResourceAvailabilityZonesCannotBeModified",
            "the request has availability zone constraint none, which do not match. Zones cannot be added",
        ),
        (
            {"sku": {"name": "Standard", "tier": "Global"}},
            "PropertyChangeNotAllowed",
            f"Property sku of public IP address {ADDRESS} cannot be changed once it is created.",
        ),
        (
            {"properties": {"publicIPAllocationMethod": "Static", "publicIPAddressVersion": "IPv6"}},
            "PropertyChangeNotAllowed",
            f"Property publicIPAddressVersion of public IP address {ADDRESS} cannot be changed once it is created.",
        ),
        ({"zones": ["4"]}, "InvalidRequestContent", "The value '4' is not allowed for property 'zones[0]'."),
    ],
)
def test_an_address_does_not_become_another(
    group: Arm, change: dict[str, Any], code: str, message: str
) -> None:
    group.put(ADDRESS, address(zones=["1", "2", "3"]))
    status, refused_as, said = group.refused("PUT", ADDRESS, {**address(zones=["1", "2", "3"]), **change})
    assert (status, refused_as) == (400, code)
    assert message in said


def test_an_address_that_is_in_use_is_neither_deleted_nor_given_twice(group: Arm) -> None:
    group.put(ADDRESS, address())
    group.put(GATEWAY, gateway(ADDRESS))
    assert group.get(ADDRESS)["properties"]["natGateway"] == {"id": GATEWAY}
    assert group.refused("DELETE", ADDRESS) == (
        400,
        "PublicIPAddressCannotBeDeleted",
        (
            f"Public IP address {ADDRESS} can not be deleted since it is still allocated to resource {GATEWAY}. In "
            "order to delete the public IP, disassociate/detach the Public IP address from the resource. To learn "
            "how to do this, see aka.ms/deletepublicip."
        ),
    )
    assert group.refused("PUT", OTHER_GATEWAY, gateway(ADDRESS)) == (
        400,
        "PublicIPAddressInUse",
        (
            f"Resource {OTHER_GATEWAY} is referencing public IP address {ADDRESS} that is already allocated to "
            f"resource {GATEWAY}."
        ),
    )
    group.put(GATEWAY, gateway(ADDRESS, zones=[]))
    group.put(GATEWAY, gateway())
    group.put(OTHER_GATEWAY, gateway(ADDRESS))
    group.call("DELETE", OTHER_GATEWAY)
    assert group.call("DELETE", ADDRESS)[0] == 200


def test_a_gateway_shows_its_addresses_and_defaults(group: Arm) -> None:
    group.put(ADDRESS, address())
    made = group.put(GATEWAY, gateway(ADDRESS, zones=["1"]))
    assert made["zones"] == ["1"]
    assert made["sku"] == {"name": "Standard"}
    properties = made["properties"]
    assert properties["publicIpAddresses"] == [{"id": ADDRESS}]
    assert properties["idleTimeoutInMinutes"] == 4
    assert "subnets" not in properties


@pytest.mark.parametrize(
    ("document", "code", "message"),
    [
        (
            gateway(zones=["1", "2"]),
            "NatGatewayZonesNotSupported",
            f"NAT Gateway {GATEWAY} has zones 1, 2. It can be in one zone, or in none.",
        ),
        (
            gateway(OTHER_ADDRESS, zones=["1"]),
            "NatGatewayAndPublicIpAddressZoneMismatch",
            (
                f"NAT Gateway {GATEWAY} is in zone 1 and its public IP address {OTHER_ADDRESS} in zone 2. It must be "
                "in the same zone, or in all."
            ),
        ),
        (
            gateway(f"{ADDRESS}-six"),
            "NatGatewayPublicIpAddressVersionNotSupported",
            f"Public IP address {ADDRESS}-six of NAT Gateway {GATEWAY} is IPv6. It must be IPv4.",
        ),
        (
            gateway(f"{ADDRESS}-far"),
            "InvalidResourceReference",
            f"Resource {ADDRESS}-far referenced by resource {GATEWAY} was not found. Please make sure",
        ),
        (
            gateway(f"{ADDRESS}-none"),
            "InvalidResourceReference",
            f"Resource {ADDRESS}-none referenced by resource {GATEWAY} was not found. Please make sure",
        ),
        (
            gateway(ADDRESS, ADDRESS),
            "PublicIPAddressInUse",
            f"Resource {GATEWAY}/publicIpAddresses/1 is referencing public IP address {ADDRESS} that is already",
        ),
        (gateway(NETWORK), "InvalidRequestFormat", "Cannot parse the request."),
        (
            gateway(*[ADDRESS] * 17),
            "NatGatewayPublicIpAddressLimitReached",
            f"NAT Gateway {GATEWAY} has 17 public IP addresses. It can have up to 16.",
        ),
        (
            {**gateway(), "properties": {"idleTimeoutInMinutes": 121}},
            "InvalidRequestFormat",
            "Cannot parse the request.",
        ),
    ],
)
def test_a_gateway_that_can_not_be_is_refused(
    group: Arm, document: dict[str, Any], code: str, message: str
) -> None:
    group.put(ADDRESS, address())
    group.put(OTHER_ADDRESS, address(zones=["2"]))
    group.put(f"{ADDRESS}-six", address(properties={"publicIPAddressVersion": "IPv6"}))
    group.put(f"{ADDRESS}-far", {**address(), "location": "northeurope"})
    status, refused_as, said = group.refused("PUT", GATEWAY, document)
    assert (status, refused_as) == (400, code)
    assert said.startswith(message)


def test_a_gateway_in_a_zone_takes_an_address_of_that_zone_or_of_all(group: Arm) -> None:
    for zones in (["1"], ["1", "2", "3"], []):
        group.put(ADDRESS, address(zones=zones))
        group.put(GATEWAY, gateway(ADDRESS, zones=["1"]))
        group.call("DELETE", GATEWAY)
        group.call("DELETE", ADDRESS)


def test_a_gateway_stays_in_its_zone(group: Arm) -> None:
    group.put(GATEWAY, gateway(zones=["1"]))
    _, code, message = group.refused("PUT", GATEWAY, gateway())
    assert code == "ResourceAvailabilityZonesCannotBeModified"
    assert (
        "existing availability zone constraint 1 and the request has availability zone constraint none"
        in message
    )


def test_what_a_subnet_names_is_not_deleted(group: Arm) -> None:
    connect(group)
    group.put(GATEWAY, gateway())
    group.put(TABLE, table())
    named = {"natGateway": {"id": GATEWAY}, "routeTable": {"id": TABLE}}
    group.put(f"{NETWORK}/subnets/nodes", subnet("10.0.1.0/24", **named))
    assert group.refused("DELETE", GATEWAY) == (
        400,
        "CannotDeleteNatGatewayAssociatedToSubnet",
        (
            f"NAT Gateway {GATEWAY} is still configured on 1 subnets. Remove NAT Gateway from all referenced subnets "
            "and then delete NAT Gateway."
        ),
    )
    assert group.refused("DELETE", TABLE) == (
        400,
        "InUseRouteTableCannotBeDeleted",
        "Route table out is in use and cannot be deleted.",
    )
    group.call("DELETE", f"{NETWORK}/subnets/nodes")
    assert group.call("DELETE", GATEWAY)[0] == group.call("DELETE", TABLE)[0] == 200


def test_a_route_table_shows_its_routes(group: Arm) -> None:
    made = group.put(TABLE, table(route(hop="VirtualAppliance", nextHopIpAddress="10.0.4.4")))
    properties = made["properties"]
    assert properties["disableBgpRoutePropagation"] is False
    (shown,) = properties["routes"]
    assert shown["id"] == f"{TABLE}/routes/all"
    assert shown["properties"] == {
        "addressPrefix": "0.0.0.0/0",
        "hasBgpOverride": False,
        "nextHopIpAddress": "10.0.4.4",
        "nextHopType": "VirtualAppliance",
        "provisioningState": "Succeeded",
    }
    tags = [route("storage", "Storage.WestEurope", "Internet"), route("vault", "AzureKeyVault", "Internet")]
    assert len(group.put(TABLE, table(*tags))["properties"]["routes"]) == 2


@pytest.mark.parametrize(
    ("routes", "code", "message"),
    [
        (
            [route(prefix="10.0.0.0/99")],
            "InvalidAddressPrefixFormat",
            (
                "Address prefix 10.0.0.0/99 of route all is not formatted correctly. It should follow CIDR notation, "
                "for example 10.0.0.0/24."
            ),
        ),
        (
            [route(prefix="Internet")],
            "InvalidAddressPrefixFormat",
            "Address prefix Internet of route all is not formatted correctly.",
        ),
        (
            [route(hop="VirtualAppliance")],
            "RouteNextHopIpAddressRequired",
            "Route all has next hop type VirtualAppliance and needs an IP address as nextHopIpAddress.",
        ),
        (
            [route(hop="VirtualAppliance", nextHopIpAddress="firewall")],
            "RouteNextHopIpAddressRequired",
            "Route all has next hop type VirtualAppliance and needs an IP address as nextHopIpAddress.",
        ),
        (
            [route(hop="Internet", nextHopIpAddress="10.0.4.4")],
            "RouteNextHopIpAddressNotAllowed",
            "Route all has a nextHopIpAddress, which is for next hop type VirtualAppliance only.",
        ),
        (
            [route(), route("second")],
            "RouteConflict",
            (
                "Route second conflicts with route all. Routes cannot have the same name or the same AddressPrefix."
            ),
        ),
        (
            [route(), route("ALL", "10.0.0.0/8")],
            "RouteConflict",
            "Route ALL conflicts with route ALL. Routes cannot have the same name or the same AddressPrefix.",
        ),
        ([route(hop="Firewall")], "InvalidRequestFormat", "Cannot parse the request."),
        ([route("-")], "InvalidResourceName", "Resource name - is invalid."),
    ],
)
def test_a_route_that_leads_nowhere_is_refused(
    group: Arm, routes: list[dict[str, Any]], code: str, message: str
) -> None:
    status, refused_as, said = group.refused("PUT", TABLE, table(*routes))
    assert (status, refused_as) == (400, code)
    assert said.startswith(message)
