"""Every resource type of the network service that the resource manager has."""

from __future__ import annotations

from modelyard_sandbox.azure.manager.addresses import PublicIPAddress
from modelyard_sandbox.azure.manager.firewall_policies import FirewallPolicy
from modelyard_sandbox.azure.manager.firewall_rules import RuleCollectionGroup
from modelyard_sandbox.azure.manager.firewalls import AzureFirewall
from modelyard_sandbox.azure.manager.flow_logs import FlowLog
from modelyard_sandbox.azure.manager.kinds import Kind
from modelyard_sandbox.azure.manager.nat_gateways import NatGateway
from modelyard_sandbox.azure.manager.network import Subnet, VirtualNetwork
from modelyard_sandbox.azure.manager.network_watchers import NetworkWatcher
from modelyard_sandbox.azure.manager.private_connections import (
    RegistryConnection,
    ScopeConnection,
    StorageConnection,
    VaultConnection,
    WorkspaceConnection,
)
from modelyard_sandbox.azure.manager.private_endpoints import PrivateEndpoint
from modelyard_sandbox.azure.manager.private_interfaces import NetworkInterface
from modelyard_sandbox.azure.manager.private_zone_groups import PrivateDnsZoneGroup
from modelyard_sandbox.azure.manager.private_zones import PrivateZone, VirtualNetworkLink
from modelyard_sandbox.azure.manager.routes import RouteTable
from modelyard_sandbox.azure.manager.security_groups import NetworkSecurityGroup

NETWORK_KINDS: tuple[Kind, ...] = (
    VirtualNetwork(),
    Subnet(),
    NetworkSecurityGroup(),
    AzureFirewall(),
    FirewallPolicy(),
    FlowLog(),
    NatGateway(),
    NetworkInterface(),
    NetworkWatcher(),
    PrivateDnsZoneGroup(),
    PrivateEndpoint(),
    PrivateZone(),
    PublicIPAddress(),
    RegistryConnection(),
    RouteTable(),
    RuleCollectionGroup(),
    ScopeConnection(),
    StorageConnection(),
    VaultConnection(),
    VirtualNetworkLink(),
    WorkspaceConnection(),
)
