"""What no rule notices where it is weaker in the shipped environments on Azure, and why that is so.

A property is written as the type and the path of weakening.py, with `*` for anything. What a gap is to the
reader stands first: nothing else in the pack holds these.
"""

from __future__ import annotations

from collections.abc import Mapping

GAPS: Mapping[str, tuple[str, ...]] = {
    "No rule asks how often blobs are backed up, nor which of an account's containers: that they are is (BK15), and "
    "the preview's recovery names what isn't backed up.": (
        "dataprotection:BackupInstance *",
        "dataprotection:BackupPolicy*",
        "dataprotection:BackupVault",
    ),
    "Roles are judged by who owns a subscription (IA7, IA8): which narrower role is too wide depends on what "
    "its holder does, which a graph doesn't say.": (
        "authorization:RoleAssignment scope",
        "authorization:RoleAssignment roleDefinitionId",
        "authorization:RoleAssignment principalId",
        "authorization:RoleAssignment principalType",
    ),
    "What leaves by a firewall may not go to wherever it wants (NW17); which services and domains are needed is the "
    "environment's choice, and so is what leaves past the rules of a security group. A subnet that loses its route has "
    "no way out at all (NW14).": (
        "network:AzureFirewall",
        "network:AzureFirewall firewallPolicy.id",
        "network:AzureFirewall ipConfigurations[].*.id",
        "network:AzureFirewall sku.*",
        "network:FirewallPolicy",
        "network:FirewallPolicy sku.tier",
        "network:FirewallPolicyRuleCollectionGroup",
        "network:FirewallPolicyRuleCollectionGroup *priority",
        "network:FirewallPolicyRuleCollectionGroup ruleCollections[].action.type",
        "network:FirewallPolicyRuleCollectionGroup ruleCollections[].ruleCollectionType",
        "network:FirewallPolicyRuleCollectionGroup ruleCollections[].rules[].destinationPorts[]",
        "network:FirewallPolicyRuleCollectionGroup ruleCollections[].rules[].ipProtocols[]",
        "network:FirewallPolicyRuleCollectionGroup ruleCollections[].rules[].protocols[].*",
        "network:FirewallPolicyRuleCollectionGroup ruleCollections[].rules[].ruleType",
        "network:FirewallPolicyRuleCollectionGroup ruleCollections[].rules[].sourceAddresses[]",
        "network:RouteTable*",
        "network:Subnet routeTable.id",
        "network:NetworkSecurityGroup securityRules[].destination*",
    ),
    "No rule asks for an alert, nor what it watches: those that there are have to be on and tell somebody (LM10).": (
        "monitor:ActionGroup",
        "monitor:ActionGroup emailReceivers[].*",
        "monitor:MetricAlert",
        "monitor:MetricAlert actions[].actionGroupId",
        "monitor:MetricAlert autoMitigate",
        "monitor:MetricAlert criteria.*",
        "monitor:MetricAlert evaluationFrequency",
        "monitor:MetricAlert scopes[]",
        "monitor:MetricAlert severity",
        "monitor:MetricAlert windowSize",
    ),
    "No rule judges who reaches Log Analytics and Application Insights, nor by what: both hold logs, whose class "
    "is judged (TG2) and which keep 90 days (LM9).": (
        "operationalinsights:Workspace features.*",
        "operationalinsights:Workspace publicNetworkAccess*",
        "applicationinsights:Component*",
    ),
    "No rule asks the workspace how its own stores are reached, nor whether its network is Azure's: clusters "
    "are judged by their own subnet (CO15).": (
        "machinelearningservices:Workspace hbiWorkspace",
        "machinelearningservices:Workspace managedNetwork.isolationMode",
        "machinelearningservices:Workspace systemDatastoresAuthMode",
        "machinelearningservices:Workspace v1LegacyMode",
        "machinelearningservices:Datastore*",
    ),
    "No rule asks these further settings of accounts: no SFTP and no local users without the namespace that they "
    "need, copies within the tenant, no default to keys that are off anyhow (ST18).": (
        "storage:StorageAccount allowCrossTenantReplication",
        "storage:StorageAccount allowedCopyScope",
        "storage:StorageAccount defaultToOAuthAuthentication",
        "storage:StorageAccount isLocalUserEnabled",
        "storage:StorageAccount isSftpEnabled",
    ),
    "No rule asks these further settings of registries: a registry that is closed to the public network is left "
    "by nobody outside, and images are pinned by digest (CT1).": (
        "containerregistry:Registry networkRuleBypassOptions",
        "containerregistry:Registry policies.*",
        "containerregistry:Registry dataEndpointEnabled",
        "containerregistry:Registry sku.name",
        "containerregistry:Replication regionEndpointEnabled",
    ),
    "Private endpoints are asked of storage accounts (ST16); vaults, registries and workspaces are asked to be "
    "closed, which holds without one. Whether names resolve to an endpoint isn't judged.": (
        "network:PrivateDnsZoneGroup*",
        "network:PrivateEndpoint subnet.id",
        "privatedns:*",
    ),
    "No rule judges the strength of keys: RSA of 2,048 bits is Azure's least. Keys that only wrap others need no "
    "expiry (EN10).": (
        "keyvault:Key properties.keySize",
        "keyvault:Key properties.kty",
        "keyvault:Key properties.rotationPolicy.attributes.expiryTime",
        "keyvault:Vault properties.sku.name",
    ),
    "How long a deleted vault stays isn't judged: that nobody can purge it is (EN7).": (
        "keyvault:Vault properties.softDeleteRetentionInDays",
    ),
    "No rule asks for protection against floods, nor for zones: what they cost is weighed by who runs it.": (
        "network:VirtualNetwork enableDdosProtection",
        "network:VirtualNetwork enableVmProtection",
        "network:*zones[]",
        "containerregistry:*zoneRedundancy",
    ),
    "What a replication copies isn't judged beyond where it goes (BK11): neither which containers, nor since when, "
    "nor its metrics.": (
        "storage:ObjectReplicationPolicy metrics.enabled",
        "storage:ObjectReplicationPolicy rules[].filters.*",
        "storage:ObjectReplicationPolicy rules[].ruleId",
        "storage:ObjectReplicationPolicy rules[].sourceContainer",
        "storage:BlobServiceProperties changeFeed.*",
    ),
    "No rule judges lifecycles on Azure, where keeping too long costs and deleting too early is bounded by "
    "retention (ST20).": ("storage:ManagementPolicy*",),
    "How flow logs are written isn't judged beyond that they are kept 90 days (NW15); Azure keeps without end what "
    "has no retention.": (
        "network:FlowLog format.*",
        "network:FlowLog retentionPolicy.enabled",
    ),
    "Which operations a guard doesn't ask a second person about isn't judged (BK12): a guard belongs to others.": (
        "dataprotection:ResourceGuard",
        "dataprotection:ResourceGuard resourceGuardsName",
        "dataprotection:ResourceGuard location",
        "dataprotection:DppResourceGuardProxy properties.resourceGuardResourceId",
    ),
    "No rule looks at deployments of templates: what they make isn't in the graph. Ours only gives an output.": (
        "resources:Deployment*",
    ),
}
"""What the pack doesn't hold, each with why, and what does."""

HARMLESS: Mapping[str, tuple[str, ...]] = {
    "A firewall with a policy goes by that, and a vault has one store.": (
        "network:AzureFirewall threatIntelMode",
        "dataprotection:BackupVault properties.storageSettings[].datastoreType",
    ),
    "It is closed twice: rules accept either, and mutants open both (ST15, EN9).": (
        "storage:StorageAccount publicNetworkAccess",
        "storage:StorageAccount networkRuleSet.*",
        "keyvault:Vault properties.publicNetworkAccess",
        "keyvault:Vault properties.networkAcls.*",
        "containerregistry:Registry publicNetworkAccess",
        "containerregistry:Registry networkRuleSet.defaultAction",
    ),
    "It only matters where keys of accounts are allowed, which ST18 refuses by itself.": (
        "storage:StorageAccount sasPolicy.*",
    ),
    "It is a key's or an identity's name: Azure refuses an account, a vault or a registry whose key isn't there, and "
    "without the block ST19, BK14 or CT10 fails.": (
        "storage:StorageAccount encryption.encryptionIdentity.*",
        "storage:StorageAccount encryption.keyVaultProperties.*",
        "containerregistry:Registry encryption.keyVaultProperties.identity",
        "dataprotection:BackupVault properties.securitySettings.encryptionSettings.kekIdentity.*",
        "*identity.type",
        "*userAssignedIdentities*",
    ),
    "Blobs and files are always encrypted; queues and tables by which key is asked of no account that has none.": (
        "storage:StorageAccount encryption.services.*",
    ),
    "It is what something is called, or what it belongs to: another value is another resource, or none.": (
        "*Name",
        "*notes",
        "* name",
        "*[].name",
        "*description",
        "storage:ObjectReplicationPolicy objectReplicationPolicyId",
        "keyvault:Vault properties.tenantId",
        "monitor:DiagnosticSetting name",
        "machinelearningservices:Workspace applicationInsights",
        "machinelearningservices:Workspace containerRegistry",
        "machinelearningservices:Workspace keyVault",
        "machinelearningservices:Workspace primaryUserAssignedIdentity",
        "machinelearningservices:Workspace imageBuildCompute",
    ),
    "Tags that spare are taken at their word, so a change of `stage` is the reviewer's to see (docs/decisions/0020). "
    "Without `residency` the option `regions` of data-residency holds. `managed-by` is nothing to rules.": (
        "*tags.managed-by",
        "*tags.residency",
        "*tags.stage",
    ),
    "Keys have the tags of their vault, which is asked for them (TG1).": ("keyvault:Key tags.*",),
    "Nothing is kept there: residency is asked of what holds data (TG3).": ("* location",),
    "Without it there is nothing to judge, or what needs it fails to come up.": (
        "authorization:RoleAssignment",
        "containerregistry:Registry",
        "containerregistry:Replication",
        "keyvault:Key",
        "keyvault:Vault",
        "machinelearningservices:Compute",
        "managedidentity:UserAssignedIdentity",
        "network:NatGateway",
        "network:NetworkSecurityGroup",
        "network:PublicIPAddress",
        "network:Subnet",
        "network:VirtualNetwork",
        "operationalinsights:Workspace",
        "resources:ResourceGroup",
        "storage:BlobContainer",
        "storage:StorageAccount",
    ),
    "It says how something works or what it costs, not how it is kept.": (
        "machinelearningservices:Compute properties.computeType",
        "machinelearningservices:Compute properties.properties.osType",
        "machinelearningservices:Compute properties.properties.scaleSettings.nodeIdleTimeBeforeScaleDown",
        "machinelearningservices:Compute properties.properties.vmPriority",
        "machinelearningservices:Workspace kind",
        "machinelearningservices:Workspace sku.*",
        "keyvault:Vault properties.sku.family",
        "network:NatGateway idleTimeoutInMinutes",
        "network:NatGateway publicIpAddresses[].id",
        "network:NatGateway sku.name",
        "network:PublicIPAddress publicIP*",
        "network:PublicIPAddress sku.*",
        "network:Subnet addressPrefix",
        "network:Subnet natGateway.id",
        "network:Subnet private*",
        "network:VirtualNetwork addressSpace.*",
        "network:NetworkSecurityGroup securityRules[].priority",
        "network:NetworkSecurityGroup securityRules[].protocol",
        "network:NetworkSecurityGroup securityRules[].sourcePortRange",
        "operationalinsights:Workspace sku.name",
        "storage:StorageAccount accessTier",
        "storage:StorageAccount kind",
    ),
    "A budget has several messages: one of them is enough (CE1). Its scope and filter say what it counts.": (
        "consumption:Budget notifications.*",
        "consumption:Budget filter.*",
        "consumption:Budget scope",
        "consumption:Budget time*",
    ),
}
"""What is no weaker, or is held by something else."""
