"""Private DNS zones and their links to virtual networks."""

from __future__ import annotations

from modelyard_sandbox.azure.handler import GROUP_PATH, ArmHandler
from modelyard_sandbox.azure.translate import Form

ZONE_PATH = f"{GROUP_PATH}/providers/Microsoft.Network/privateDnsZones/{{privateZoneName}}"
API_VERSION = "2024-06-01"
RESOURCE = frozenset({"id", "name", "type", "etag", "location", "tags", "systemData"})


class PrivateZone(ArmHandler):
    """A private DNS zone. Nobody resolves its names: its records are kept and shown."""

    type = "azure-native:privatedns:PrivateZone"
    path = ZONE_PATH
    api_version = API_VERSION
    form = Form(RESOURCE)
    body = frozenset({"location", "tags"})
    fixed = frozenset({"location"})
    name_input = "privateZoneName"
    listed_at = "providers/Microsoft.Network/privateDnsZones"
    changing_outputs = frozenset(
        {
            "etag",
            "numberOfRecordSets",
            "numberOfVirtualNetworkLinks",
            "numberOfVirtualNetworkLinksWithRegistration",
        }
    )


class VirtualNetworkLink(ArmHandler):
    """A zone's link to a virtual network. With registration nothing is registered: there are no machines."""

    type = "azure-native:privatedns:VirtualNetworkLink"
    path = f"{ZONE_PATH}/virtualNetworkLinks/{{virtualNetworkLinkName}}"
    api_version = API_VERSION
    form = Form(RESOURCE)
    body = frozenset({"location", "registrationEnabled", "resolutionPolicy", "tags", "virtualNetwork"})
    fixed = frozenset({"location"})
    name_input = "virtualNetworkLinkName"
    chosen = frozenset({"resolutionPolicy"})
    changing_outputs = frozenset({"etag"})
