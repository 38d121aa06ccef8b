"""Documents of Azure's network service that tests share."""

from __future__ import annotations

from typing import Any

from arming import ACCOUNT, GROUP, LOCATION, NETWORK, Arm, account, network, subnet

PROVIDER = f"{GROUP}/providers/Microsoft.Network"
SUBNET = f"{NETWORK}/subnets/endpoints"
ADDRESS = f"{PROVIDER}/publicIPAddresses/out"
GATEWAY = f"{PROVIDER}/natGateways/out"
TABLE = f"{PROVIDER}/routeTables/out"
ENDPOINT = f"{PROVIDER}/privateEndpoints/data"
ZONES = f"{PROVIDER}/privateDnsZones"
BLOB_ZONE = f"{ZONES}/privatelink.blob.core.windows.net"
GLOBAL = {"location": "global"}


def named(name: str, document: dict[str, Any]) -> dict[str, Any]:
    """A subnet's document inside of its network's."""
    return {"name": name, **document}


def connection(target: str = ACCOUNT, group: str = "blob", **properties: Any) -> dict[str, Any]:
    """What an endpoint leads to."""
    return {
        "name": group,
        "properties": {"privateLinkServiceId": target, "groupIds": [group], **properties},
    }


def endpoint(*connections: dict[str, Any], location: str = LOCATION, **properties: Any) -> dict[str, Any]:
    """A private endpoint's document."""
    given = {
        "subnet": {"id": SUBNET},
        "privateLinkServiceConnections": list(connections) or [connection()],
    }
    return {"location": location, "properties": {**given, **properties}}


def zone_group(*zones: str) -> dict[str, Any]:
    """A zone group's document, of the zones with these ids."""
    configs = [
        {"name": f"config{at}", "properties": {"privateDnsZoneId": zone}} for at, zone in enumerate(zones)
    ]
    return {"properties": {"privateDnsZoneConfigs": configs}}


def link(network_id: str = NETWORK, **properties: Any) -> dict[str, Any]:
    """A document of a zone's link to a network."""
    return {**GLOBAL, "properties": {"virtualNetwork": {"id": network_id}, **properties}}


def address(sku: str = "Standard", method: str = "Static", **parts: Any) -> dict[str, Any]:
    """A public IP address's document."""
    properties = {"publicIPAllocationMethod": method, **parts.pop("properties", {})}
    return {"location": LOCATION, "sku": {"name": sku}, "properties": properties, **parts}


def gateway(*addresses: str, **parts: Any) -> dict[str, Any]:
    """A NAT gateway's document."""
    properties = {"publicIpAddresses": [{"id": id_} for id_ in addresses]}
    return {"location": LOCATION, "sku": {"name": "Standard"}, "properties": properties, **parts}


def route(name: str = "all", prefix: str = "0.0.0.0/0", hop: str = "None", **more: Any) -> dict[str, Any]:
    """A route's document."""
    return {"name": name, "properties": {"addressPrefix": prefix, "nextHopType": hop, **more}}


def table(*routes: dict[str, Any]) -> dict[str, Any]:
    """A route table's document."""
    return {"location": LOCATION, "properties": {"routes": list(routes)}}


def connect(arm: Arm) -> Arm:
    """Make a network with a subnet for endpoints, an account, and the zone of its blobs."""
    inside = [named("endpoints", subnet("10.0.0.0/27")), named("nodes", subnet("10.0.1.0/24"))]
    arm.put(NETWORK, network(subnets=inside))
    arm.put(ACCOUNT, account())
    arm.put(BLOB_ZONE, GLOBAL)
    return arm
