"""Virtual networks, subnets and network security groups."""

from __future__ import annotations

from modelyard_sandbox.azure.handler import GROUP_PATH, ArmHandler
from modelyard_sandbox.azure.translate import Form, item

NETWORK_PATH = f"{GROUP_PATH}/providers/Microsoft.Network"
API_VERSION = "2024-05-01"
RESOURCE = frozenset({"id", "name", "type", "etag", "location", "tags"})
SUBNET = Form(
    frozenset({"id", "name", "type", "etag"}),
    inner={
        "delegations": item(),
        "serviceEndpoints": Form(read_only=frozenset({"provisioningState", "locations"})),
    },
    read_only=frozenset(
        {"id", "type", "etag", "ipConfigurations", "privateEndpoints", "provisioningState", "purpose"}
    ),
)


class VirtualNetwork(ArmHandler):
    """A virtual network, with its subnets unless they are resources of their own."""

    type = "azure-native:network:VirtualNetwork"
    path = f"{NETWORK_PATH}/virtualNetworks/{{virtualNetworkName}}"
    api_version = API_VERSION
    form = Form(RESOURCE, inner={"subnets": SUBNET})
    body = frozenset(
        {
            "addressSpace",
            "bgpCommunities",
            "ddosProtectionPlan",
            "dhcpOptions",
            "enableDdosProtection",
            "enableVmProtection",
            "encryption",
            "flowTimeoutInMinutes",
            "location",
            "privateEndpointVNetPolicies",
            "subnets",
            "tags",
        }
    )
    fixed = frozenset({"location"})
    name_input = "virtualNetworkName"
    listed_at = "providers/Microsoft.Network/virtualNetworks"
    chosen = frozenset(
        {
            "location",
            "privateEndpointVNetPolicies",
            "subnets",
            "subnets[].privateEndpointNetworkPolicies",
            "subnets[].privateLinkServiceNetworkPolicies",
        }
    )
    enriched = frozenset({"subnets"})
    changing_outputs = frozenset({"etag"})


class Subnet(ArmHandler):
    """A subnet of a virtual network that is a resource of its own."""

    type = "azure-native:network:Subnet"
    path = f"{NETWORK_PATH}/virtualNetworks/{{virtualNetworkName}}/subnets/{{subnetName}}"
    api_version = API_VERSION
    form = SUBNET
    body = frozenset(
        {
            "addressPrefix",
            "addressPrefixes",
            "defaultOutboundAccess",
            "delegations",
            "natGateway",
            "networkSecurityGroup",
            "privateEndpointNetworkPolicies",
            "privateLinkServiceNetworkPolicies",
            "routeTable",
            "serviceEndpointPolicies",
            "serviceEndpoints",
        }
    )
    name_input = "subnetName"
    chosen = frozenset({"privateEndpointNetworkPolicies", "privateLinkServiceNetworkPolicies"})
    enriched = frozenset({"delegations", "serviceEndpoints"})
    changing_outputs = frozenset({"etag", "ipConfigurations", "privateEndpoints"})


class NetworkSecurityGroup(ArmHandler):
    """A network security group with its rules."""

    type = "azure-native:network:NetworkSecurityGroup"
    path = f"{NETWORK_PATH}/networkSecurityGroups/{{networkSecurityGroupName}}"
    api_version = API_VERSION
    form = Form(RESOURCE, inner={"securityRules": item(), "defaultSecurityRules": item()})
    body = frozenset({"flushConnection", "location", "securityRules", "tags"})
    fixed = frozenset({"location"})
    name_input = "networkSecurityGroupName"
    listed_at = "providers/Microsoft.Network/networkSecurityGroups"
    chosen = frozenset({"location"})
    enriched = frozenset({"securityRules"})
    changing_outputs = frozenset({"etag", "subnets"})
