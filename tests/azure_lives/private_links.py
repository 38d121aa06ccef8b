"""Private endpoints, and the zones that know their names."""

from __future__ import annotations

from typing import Any

from arming import ACCOUNT, GROUP, LOCATION, NETWORK, Maker

IN_GROUP = {"resourceGroupName": "rg"}
PLACED = {**IN_GROUP, "location": LOCATION}
ZONES = f"{GROUP}/providers/Microsoft.Network/privateDnsZones"
ENDPOINTS = f"{GROUP}/providers/Microsoft.Network/privateEndpoints"
BLOB_ZONE = "privatelink.blob.core.windows.net"
CONNECTION = {"name": "blob", "privateLinkServiceId": ACCOUNT, "groupIds": ["blob"]}
ENDPOINT: dict[str, Any] = {
    **PLACED,
    "subnet": {"id": f"{NETWORK}/subnets/endpoints"},
    "privateLinkServiceConnections": [CONNECTION],
}
LIVES: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "network:PrivateDnsZoneGroup": (
        {
            **IN_GROUP,
            "privateEndpointName": "standing",
            "privateDnsZoneGroupName": "default",
            "privateDnsZoneConfigs": [{"name": "blob", "privateDnsZoneId": f"{ZONES}/{BLOB_ZONE}"}],
        },
        {"privateDnsZoneConfigs": [{"name": "renamed", "privateDnsZoneId": f"{ZONES}/{BLOB_ZONE}"}]},
        f"{ENDPOINTS}/standing/privateDnsZoneGroups/default",
    ),
    "network:PrivateEndpoint": (
        {**ENDPOINT, "privateEndpointName": "data", "customNetworkInterfaceName": "data-nic"},
        {"tags": {"owner": "me"}},
        f"{ENDPOINTS}/data",
    ),
    "privatedns:PrivateZone": (
        {**IN_GROUP, "privateZoneName": "privatelink.azurecr.io", "location": "global"},
        {"tags": {"owner": "me"}},
        f"{ZONES}/privatelink.azurecr.io",
    ),
    "privatedns:VirtualNetworkLink": (
        {
            **IN_GROUP,
            "privateZoneName": BLOB_ZONE,
            "virtualNetworkLinkName": "net",
            "location": "global",
            "registrationEnabled": False,
            "virtualNetwork": {"id": NETWORK},
        },
        {"resolutionPolicy": "NxDomainRedirect"},
        f"{ZONES}/{BLOB_ZONE}/virtualNetworkLinks/net",
    ),
}


def furnish(make: Maker) -> None:
    """A zone, and a network with an endpoint to an account."""
    make.group()
    inside = {"name": "endpoints", "addressPrefix": "10.0.0.0/24"}
    space = {"addressPrefixes": ["10.0.0.0/16"]}
    make("network:VirtualNetwork", **PLACED, virtualNetworkName="net", addressSpace=space, subnets=[inside])
    sku = {"name": "Standard_LRS"}
    make("storage:StorageAccount", **PLACED, accountName="account1", kind="StorageV2", sku=sku)
    make("privatedns:PrivateZone", **IN_GROUP, privateZoneName=BLOB_ZONE, location="global")
    make("network:PrivateEndpoint", **ENDPOINT, privateEndpointName="standing")
