"""The ways out of a network: public addresses, NAT gateways and route tables."""

from __future__ import annotations

from modelyard_sandbox.azure.handler import ArmHandler
from modelyard_sandbox.azure.network import API_VERSION, NETWORK_PATH, RESOURCE
from modelyard_sandbox.azure.translate import Form

ZONAL = RESOURCE | {"sku", "zones"}
ROUTE = Form(
    frozenset({"id", "name", "type", "etag"}),
    read_only=frozenset({"id", "type", "etag", "hasBgpOverride", "provisioningState"}),
)


class PublicIPAddress(ArmHandler):
    """A public IP address, of a range that is nobody's. That a region has zones isn't checked."""

    type = "azure-native:network:PublicIPAddress"
    path = f"{NETWORK_PATH}/publicIPAddresses/{{publicIpAddressName}}"
    api_version = API_VERSION
    form = Form(ZONAL)
    body = frozenset(
        {
            "idleTimeoutInMinutes",
            "location",
            "publicIPAddressVersion",
            "publicIPAllocationMethod",
            "sku",
            "tags",
            "zones",
        }
    )
    fixed = frozenset({"location", "publicIPAddressVersion", "sku"})
    name_input = "publicIpAddressName"
    listed_at = "providers/Microsoft.Network/publicIPAddresses"
    chosen = frozenset({"idleTimeoutInMinutes", "location", "publicIPAddressVersion", "sku.tier"})
    changing_outputs = frozenset({"etag", "ipConfiguration", "natGateway"})


class NatGateway(ArmHandler):
    """A NAT gateway. No packet passes; that a region has zones isn't checked."""

    type = "azure-native:network:NatGateway"
    path = f"{NETWORK_PATH}/natGateways/{{natGatewayName}}"
    api_version = API_VERSION
    form = Form(ZONAL)
    body = frozenset({"idleTimeoutInMinutes", "location", "publicIpAddresses", "sku", "tags", "zones"})
    fixed = frozenset({"location"})
    name_input = "natGatewayName"
    listed_at = "providers/Microsoft.Network/natGateways"
    chosen = frozenset({"idleTimeoutInMinutes", "location", "sku"})
    changing_outputs = frozenset({"etag", "subnets"})


class RouteTable(ArmHandler):
    """A route table with its routes, which lead no packet anywhere. Which regions a service
    tag has isn't checked.
    """

    type = "azure-native:network:RouteTable"
    path = f"{NETWORK_PATH}/routeTables/{{routeTableName}}"
    api_version = API_VERSION
    form = Form(RESOURCE, inner={"routes": ROUTE})
    body = frozenset({"disableBgpRoutePropagation", "location", "routes", "tags"})
    fixed = frozenset({"location"})
    name_input = "routeTableName"
    listed_at = "providers/Microsoft.Network/routeTables"
    chosen = frozenset({"location"})
    enriched = frozenset({"routes"})
    changing_outputs = frozenset({"etag", "subnets"})
