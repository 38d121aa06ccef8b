"""Route tables (REST reference, 2024-05-01; "Virtual network traffic routing"; as of 2026-11).

`InUseRouteTableCannotBeDeleted` is Azure's word; the codes for what is wrong with a route aren't documented.
"""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address, ip_network

from typing_extensions import override

from modelyard_sandbox.azure.manager.errors import bad_request
from modelyard_sandbox.azure.manager.kinds import ANSWERED, Write, envelope, filled
from modelyard_sandbox.azure.manager.network import NetworkKind, check_network_name
from modelyard_sandbox.azure.manager.network_references import ROUTE_TABLE, guid, tagged
from modelyard_sandbox.azure.manager.service_tags import is_service_tag
from modelyard_sandbox.azure.manager.shapes import flag, many, record, text
from modelyard_sandbox.azure.manager.store import Body, Resource, Store
from modelyard_sandbox.azure.manager.subnets import users

APPLIANCE = "VirtualAppliance"

ROUTE = record(
    "Route",
    {
        "name": text(),
        "properties": record(
            "RoutePropertiesFormat",
            {
                "addressPrefix": text(),
                "nextHopIpAddress": text(),
                "nextHopType": text("VirtualNetworkGateway", "VnetLocal", "Internet", APPLIANCE, "None"),
            },
            required=("addressPrefix", "nextHopType"),
            read_only=("hasBgpOverride", "provisioningState"),
        ),
    },
    required=("name", "properties"),
    read_only=ANSWERED,
)


class RouteTable(NetworkKind):
    """A route table with its routes."""

    type = ROUTE_TABLE
    shape = envelope(
        "RouteTable",
        record(
            "RouteTablePropertiesFormat",
            {"disableBgpRoutePropagation": flag(), "routes": many(ROUTE)},
            read_only=("provisioningState", "resourceGuid", "subnets"),
        ),
    )

    @override
    def settle(self, write: Write) -> Body:
        properties = filled(write.properties, {"disableBgpRoutePropagation": False, "routes": []})
        names: set[str] = set()
        prefixes: dict[str, str] = {}
        for at, route in enumerate(properties["routes"]):
            name, asked = route["name"], route["properties"]
            check_network_name(name)
            _check_route(name, asked, f"properties.routes[{at}].properties")
            other = prefixes.setdefault(asked["addressPrefix"].lower(), name)
            if name.lower() in names or other != name:
                raise bad_request(
                    "RouteConflict",
                    f"Route {name} conflicts with route {other}. Routes cannot have the same name or the "
                    "same AddressPrefix.",
                )
            names.add(name.lower())
        return {**write.asked, "properties": properties}

    @override
    def check_deletion(self, store: Store, resource: Resource) -> None:
        if users(store, resource.id):
            raise bad_request(
                "InUseRouteTableCannotBeDeleted",
                f"Route table {resource.id.name} is in use and cannot be deleted.",
            )

    @override
    def answer(self, store: Store, resource: Resource) -> Body:
        held = [{"id": subnet.id.text} for subnet in users(store, resource.id)]
        routes = [_shown(resource, route) for route in resource.properties["routes"]]
        properties = {
            **resource.properties,
            **({"subnets": held} if held else {}),
            "provisioningState": "Succeeded",
            "resourceGuid": guid(resource.id.text),
            "routes": routes,
        }
        return {**super().answer(store, resource), "etag": tagged(resource), "properties": properties}


def _check_route(name: str, route: Body, path: str) -> None:
    prefix, hop = route["addressPrefix"], route.get("nextHopIpAddress")
    if not is_service_tag(prefix) and not _is(ip_network, prefix):
        raise bad_request(
            "InvalidAddressPrefixFormat",
            f"Address prefix {prefix} of route {name} is not formatted correctly. It should follow CIDR "
            "notation, for example 10.0.0.0/24.",
            f"{path}.addressPrefix",
        )
    if route["nextHopType"] == APPLIANCE and not (hop and _is(ip_address, hop)):
        raise bad_request(
            "RouteNextHopIpAddressRequired",
            f"Route {name} has next hop type {APPLIANCE} and needs an IP address as nextHopIpAddress.",
            f"{path}.nextHopIpAddress",
        )
    if route["nextHopType"] != APPLIANCE and hop:
        raise bad_request(
            "RouteNextHopIpAddressNotAllowed",
            f"Route {name} has a nextHopIpAddress, which is for next hop type {APPLIANCE} only.",
            f"{path}.nextHopIpAddress",
        )


def _is(form: Callable[[str], object], written: str) -> bool:
    try:
        form(written)
    except ValueError:
        return False
    return True


def _shown(table: Resource, route: Body) -> Body:
    return {
        "id": f"{table.id.text}/routes/{route['name']}",
        "name": route["name"],
        "type": f"{ROUTE_TABLE}/routes",
        "etag": tagged(table),
        "properties": {"hasBgpOverride": False, "provisioningState": "Succeeded", **route["properties"]},
    }
