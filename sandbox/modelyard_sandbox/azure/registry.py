"""Every type of azure-native that the sandbox knows."""

from __future__ import annotations

from functools import cache

from modelyard_sandbox.azure import (
    alerts,
    authorization,
    backup,
    budgets,
    compute,
    defender,
    deployments,
    firewall,
    groups,
    identity,
    insights,
    keyvault,
    machine_learning,
    monitor,
    network,
    network_egress,
    network_endpoints,
    network_watcher,
    operational_insights,
    private_dns,
    registry_service,
    storage,
    storage_policies,
)
from modelyard_sandbox.azure.handler import ArmHandler
from modelyard_sandbox.errors import UnsupportedError

TYPES: tuple[type[ArmHandler], ...] = (
    alerts.ActionGroup,
    alerts.MetricAlert,
    alerts.ScheduledQueryRule,
    authorization.RoleAssignment,
    backup.BackupInstance,
    backup.BackupPolicy,
    backup.BackupVault,
    backup.DppResourceGuardProxy,
    backup.ResourceGuard,
    budgets.Budget,
    compute.DiskEncryptionSet,
    defender.Pricing,
    deployments.Deployment,
    firewall.AzureFirewall,
    firewall.FirewallPolicy,
    firewall.FirewallPolicyRuleCollectionGroup,
    groups.ManagementLockByScope,
    groups.ResourceGroup,
    identity.FederatedIdentityCredential,
    identity.UserAssignedIdentity,
    insights.Component,
    keyvault.Key,
    keyvault.Vault,
    machine_learning.Compute,
    machine_learning.Datastore,
    machine_learning.Workspace,
    monitor.DiagnosticSetting,
    monitor.PrivateLinkScope,
    monitor.PrivateLinkScopedResource,
    network.NetworkSecurityGroup,
    network.Subnet,
    network.VirtualNetwork,
    network_egress.NatGateway,
    network_egress.PublicIPAddress,
    network_egress.RouteTable,
    network_endpoints.PrivateDnsZoneGroup,
    network_endpoints.PrivateEndpoint,
    network_watcher.FlowLog,
    network_watcher.NetworkWatcher,
    operational_insights.Workspace,
    private_dns.PrivateZone,
    private_dns.VirtualNetworkLink,
    registry_service.Registry,
    registry_service.Replication,
    storage.BlobContainer,
    storage.BlobServiceProperties,
    storage.StorageAccount,
    storage_policies.BlobContainerImmutabilityPolicy,
    storage_policies.ManagementPolicy,
    storage_policies.ObjectReplicationPolicy,
)


@cache
def handlers() -> dict[str, ArmHandler]:
    """The handler of each type."""
    return {made.type: made() for made in TYPES}


def handler_of(type_: str) -> ArmHandler:
    """The handler of a type; raises UnsupportedError naming the type and the known ones."""
    found = handlers().get(type_)
    if found is None:
        raise UnsupportedError(f"the sandbox has no {type_}\n  it has: {', '.join(sorted(handlers()))}")
    return found
