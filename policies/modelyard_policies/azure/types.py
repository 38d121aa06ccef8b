"""Type tokens of what rules for Azure judge or look at (azure-native 3, without API versions)."""

from __future__ import annotations

from typing import Final

MANAGEMENT_LOCK_BY_SCOPE: Final = "azure-native:authorization:ManagementLockByScope"
MANAGEMENT_LOCK_AT_RESOURCE_GROUP_LEVEL: Final = (
    "azure-native:authorization:ManagementLockAtResourceGroupLevel"
)
MANAGEMENT_LOCK_AT_RESOURCE_LEVEL: Final = "azure-native:authorization:ManagementLockAtResourceLevel"
MANAGEMENT_LOCK_AT_SUBSCRIPTION_LEVEL: Final = "azure-native:authorization:ManagementLockAtSubscriptionLevel"
POLICY_ASSIGNMENT: Final = "azure-native:authorization:PolicyAssignment"
ROLE_ASSIGNMENT: Final = "azure-native:authorization:RoleAssignment"
ROLE_DEFINITION: Final = "azure-native:authorization:RoleDefinition"

DISK: Final = "azure-native:compute:Disk"
DISK_ENCRYPTION_SET: Final = "azure-native:compute:DiskEncryptionSet"
SNAPSHOT: Final = "azure-native:compute:Snapshot"
VIRTUAL_MACHINE: Final = "azure-native:compute:VirtualMachine"
VIRTUAL_MACHINE_SCALE_SET: Final = "azure-native:compute:VirtualMachineScaleSet"

BUDGET: Final = "azure-native:consumption:Budget"

CONTAINER_GROUP: Final = "azure-native:containerinstance:ContainerGroup"

CONTAINER_REGISTRY: Final = "azure-native:containerregistry:Registry"
CONTAINER_REGISTRY_REPLICA: Final = "azure-native:containerregistry:Replication"

AGENT_POOL: Final = "azure-native:containerservice:AgentPool"
MANAGED_CLUSTER: Final = "azure-native:containerservice:ManagedCluster"

BACKUP_INSTANCE: Final = "azure-native:dataprotection:BackupInstance"
BACKUP_POLICY: Final = "azure-native:dataprotection:BackupPolicy"
BACKUP_VAULT: Final = "azure-native:dataprotection:BackupVault"
BACKUP_VAULT_GUARD_PROXY: Final = "azure-native:dataprotection:DppResourceGuardProxy"
RESOURCE_GUARD: Final = "azure-native:dataprotection:ResourceGuard"

SHUTDOWN_SCHEDULE: Final = "azure-native:devtestlab:GlobalSchedule"

KEY_VAULT_KEY: Final = "azure-native:keyvault:Key"
KEY_VAULT: Final = "azure-native:keyvault:Vault"
MANAGED_HSM: Final = "azure-native:keyvault:ManagedHsm"

ML_COMPUTE: Final = "azure-native:machinelearningservices:Compute"
ML_WORKSPACE: Final = "azure-native:machinelearningservices:Workspace"

FEDERATED_IDENTITY_CREDENTIAL: Final = "azure-native:managedidentity:FederatedIdentityCredential"
USER_ASSIGNED_IDENTITY: Final = "azure-native:managedidentity:UserAssignedIdentity"

ACTION_GROUP: Final = "azure-native:monitor:ActionGroup"
ACTIVITY_LOG_ALERT: Final = "azure-native:monitor:ActivityLogAlert"
AUTOSCALE_SETTING: Final = "azure-native:monitor:AutoscaleSetting"
DIAGNOSTIC_SETTING: Final = "azure-native:monitor:DiagnosticSetting"
METRIC_ALERT: Final = "azure-native:monitor:MetricAlert"
SCHEDULED_QUERY_RULE: Final = "azure-native:monitor:ScheduledQueryRule"

NETAPP_POOL: Final = "azure-native:netapp:CapacityPool"

FIREWALL: Final = "azure-native:network:AzureFirewall"
FIREWALL_POLICY: Final = "azure-native:network:FirewallPolicy"
FIREWALL_RULE_COLLECTION_GROUP: Final = "azure-native:network:FirewallPolicyRuleCollectionGroup"
FLOW_LOG: Final = "azure-native:network:FlowLog"
NETWORK_INTERFACE: Final = "azure-native:network:NetworkInterface"
NETWORK_SECURITY_GROUP: Final = "azure-native:network:NetworkSecurityGroup"
PRIVATE_ENDPOINT: Final = "azure-native:network:PrivateEndpoint"
PUBLIC_IP_ADDRESS: Final = "azure-native:network:PublicIPAddress"
ROUTE: Final = "azure-native:network:Route"
ROUTE_TABLE: Final = "azure-native:network:RouteTable"
SECURITY_RULE: Final = "azure-native:network:SecurityRule"
SUBNET: Final = "azure-native:network:Subnet"
VIRTUAL_NETWORK: Final = "azure-native:network:VirtualNetwork"

LOG_TABLE: Final = "azure-native:operationalinsights:Table"
LOG_WORKSPACE: Final = "azure-native:operationalinsights:Workspace"

PROTECTED_ITEM: Final = "azure-native:recoveryservices:ProtectedItem"
PROTECTION_POLICY: Final = "azure-native:recoveryservices:ProtectionPolicy"
RECOVERY_SERVICES_GUARD_PROXY: Final = "azure-native:recoveryservices:ResourceGuardProxy"
RECOVERY_SERVICES_VAULT: Final = "azure-native:recoveryservices:Vault"

RESOURCE_GROUP: Final = "azure-native:resources:ResourceGroup"

DEFENDER_PRICING: Final = "azure-native:security:Pricing"
DEFENDER_FOR_STORAGE: Final = "azure-native:security:DefenderForStorage"

BLOB_CONTAINER: Final = "azure-native:storage:BlobContainer"
BLOB_CONTAINER_IMMUTABILITY_POLICY: Final = "azure-native:storage:BlobContainerImmutabilityPolicy"
BLOB_SERVICE_PROPERTIES: Final = "azure-native:storage:BlobServiceProperties"
MANAGEMENT_POLICY: Final = "azure-native:storage:ManagementPolicy"
OBJECT_REPLICATION_POLICY: Final = "azure-native:storage:ObjectReplicationPolicy"
STORAGE_ACCOUNT: Final = "azure-native:storage:StorageAccount"
STORAGE_STATIC_WEBSITE: Final = "azure-native:storage:StorageAccountStaticWebsite"

MANAGED_LUSTRE: Final = "azure-native:storagecache:AmlFilesystem"

LOCKS: Final = (
    MANAGEMENT_LOCK_BY_SCOPE,
    MANAGEMENT_LOCK_AT_RESOURCE_GROUP_LEVEL,
    MANAGEMENT_LOCK_AT_RESOURCE_LEVEL,
    MANAGEMENT_LOCK_AT_SUBSCRIPTION_LEVEL,
)
"""Locks, whichever way their scope is given."""
