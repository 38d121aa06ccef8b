"""Private endpoints and the zone groups that keep their names."""

from __future__ import annotations

from modelyard_sandbox.azure.handler import ArmHandler
from modelyard_sandbox.azure.network import API_VERSION, NETWORK_PATH, RESOURCE
from modelyard_sandbox.azure.translate import Form, item

ENDPOINT_PATH = f"{NETWORK_PATH}/privateEndpoints/{{privateEndpointName}}"
ITEM = frozenset({"id", "name", "type", "etag"})
CONNECTION = Form(
    ITEM, read_only=frozenset({*ITEM - {"name"}, "privateLinkServiceConnectionState", "provisioningState"})
)


class PrivateEndpoint(ArmHandler):
    """A private endpoint to a storage account, a key vault, a registry, a workspace or a scope of Azure
    Monitor, with its network interface. No packet passes.
    """

    type = "azure-native:network:PrivateEndpoint"
    path = ENDPOINT_PATH
    api_version = API_VERSION
    form = Form(
        RESOURCE,
        inner={
            "ipConfigurations": item(),
            "manualPrivateLinkServiceConnections": CONNECTION,
            "privateLinkServiceConnections": CONNECTION,
        },
    )
    body = frozenset(
        {
            "customNetworkInterfaceName",
            "ipConfigurations",
            "location",
            "manualPrivateLinkServiceConnections",
            "privateLinkServiceConnections",
            "subnet",
            "tags",
        }
    )
    fixed = frozenset({"location", "subnet"})
    name_input = "privateEndpointName"
    listed_at = "providers/Microsoft.Network/privateEndpoints"
    chosen = frozenset({"location"})
    enriched = frozenset({"manualPrivateLinkServiceConnections", "privateLinkServiceConnections"})
    changing_outputs = frozenset({"customDnsConfigs", "etag"})


class PrivateDnsZoneGroup(ArmHandler):
    """The zones that hold an endpoint's records. A zone that none of its names belongs to is taken."""

    type = "azure-native:network:PrivateDnsZoneGroup"
    path = f"{ENDPOINT_PATH}/privateDnsZoneGroups/{{privateDnsZoneGroupName}}"
    api_version = API_VERSION
    form = Form(
        frozenset({"id", "name", "etag"}),
        inner={
            "privateDnsZoneConfigs": Form(
                ITEM, read_only=frozenset({*ITEM - {"name"}, "provisioningState", "recordSets"})
            )
        },
    )
    body = frozenset({"privateDnsZoneConfigs"})
    name_input = "privateDnsZoneGroupName"
    enriched = frozenset({"privateDnsZoneConfigs"})
    changing_outputs = frozenset({"etag"})
