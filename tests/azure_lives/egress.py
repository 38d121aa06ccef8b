"""The ways out of a network."""

from __future__ import annotations

from typing import Any

from arming import GROUP, LOCATION, Maker

IN_GROUP = {"resourceGroupName": "rg"}
PLACED = {**IN_GROUP, "location": LOCATION}
PROVIDER = f"{GROUP}/providers/Microsoft.Network"
ADDRESS = f"{PROVIDER}/publicIPAddresses/standing"
STANDARD = {"sku": {"name": "Standard"}, "publicIPAllocationMethod": "Static"}
LIVES: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "network:NatGateway": (
        {
            **PLACED,
            "natGatewayName": "out",
            "sku": {"name": "Standard"},
            "zones": ["1"],
            "publicIpAddresses": [{"id": ADDRESS}],
        },
        {"idleTimeoutInMinutes": 10},
        f"{PROVIDER}/natGateways/out",
    ),
    "network:PublicIPAddress": (
        {
            **PLACED,
            "publicIpAddressName": "out",
            "sku": {"name": "Standard", "tier": "Regional"},
            "publicIPAllocationMethod": "Static",
            "publicIPAddressVersion": "IPv4",
            "zones": ["1", "2", "3"],
        },
        {"idleTimeoutInMinutes": 10},
        f"{PROVIDER}/publicIPAddresses/out",
    ),
    "network:RouteTable": (
        {
            **PLACED,
            "routeTableName": "out",
            "disableBgpRoutePropagation": True,
            "routes": [
                {
                    "name": "all",
                    "addressPrefix": "0.0.0.0/0",
                    "nextHopType": "VirtualAppliance",
                    "nextHopIpAddress": "10.0.4.4",
                }
            ],
        },
        {"routes": [{"name": "all", "addressPrefix": "0.0.0.0/0", "nextHopType": "None"}]},
        f"{PROVIDER}/routeTables/out",
    ),
}


def furnish(make: Maker) -> None:
    """A group with an address."""
    make.group()
    make("network:PublicIPAddress", **PLACED, publicIpAddressName="standing", **STANDARD)
