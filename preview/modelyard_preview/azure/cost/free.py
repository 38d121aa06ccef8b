"""Types that cost nothing by themselves: settings of something that is priced, and what Azure gives away.

As Microsoft's own pages on prices say (Virtual Network, Azure Machine Learning, Storage, Key Vault, Azure
Monitor, Cost Management; read in November 2026).
"""

from __future__ import annotations

_AZURE = "azure-native:"

FREE_TYPES = frozenset(
    f"{_AZURE}{name}"
    for name in (
        # Who may do what.
        "authorization:ManagementLockByScope",
        "authorization:RoleAssignment",
        "managedidentity:FederatedIdentityCredential",
        "managedidentity:UserAssignedIdentity",
        "compute:DiskEncryptionSet",
        # Budgets without actions.
        "consumption:Budget",
        # Schedules and guards of backups: what is kept is paid for.
        "dataprotection:BackupPolicy",
        "dataprotection:DppResourceGuardProxy",
        "dataprotection:ResourceGuard",
        # A workspace, its clusters and names for data: machines are paid for, and counted with the pools.
        "machinelearningservices:Datastore",
        "machinelearningservices:Workspace",
        # Whom alerts tell, but for text messages and calls, of which there are none.
        "monitor:ActionGroup",
        # Networks without gateways, addresses, endpoints and firewalls.
        "network:FirewallPolicyRuleCollectionGroup",
        "network:NetworkSecurityGroup",
        "network:PrivateDnsZoneGroup",
        "network:RouteTable",
        "network:Subnet",
        "network:VirtualNetwork",
        "privatedns:VirtualNetworkLink",
        # What groups and names resources.
        "resources:Deployment",
        "resources:ResourceGroup",
        # Settings of accounts: what is in them is paid for.
        "storage:BlobContainer",
        "storage:BlobServiceProperties",
        "storage:ManagementPolicy",
    )
)
"""Canonical type tokens."""

PRICED_ELSEWHERE = frozenset(
    f"{_AZURE}{name}"
    for name in (
        "dataprotection:BackupInstance",
        "dataprotection:BackupVault",
        "machinelearningservices:Compute",
        "storage:StorageAccount",
    )
)
"""Types whose cost depends on sizes that only the environment states: pools, stores and backups."""
