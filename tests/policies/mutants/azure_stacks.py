"""Mutants of the shipped environments on Azure: each rule that has a say in one, with a change that it finds."""

from functools import partial

from mutating import Mutant, add, drop, mutant, put

from modelyard_policies.azure import types as azure
from modelyard_policies.graph import UNKNOWN

in_prod = partial(mutant, stack="azure-prod")
in_dev = partial(mutant, stack="azure-dev")

ACCOUNT = "StorageAccount azure-prod-storage-datasets"
LOGS = "StorageAccount azure-prod-storage-logs"
COPIES = "StorageAccount azure-prod-recovery-storage-checkpoints"
BLOBS = "BlobServiceProperties azure-prod-storage-checkpoints"
CHECKPOINTS = "BlobContainer azure-prod-storage-checkpoints-checkpoints"
REPLICATION = "ObjectReplicationPolicy azure-prod-replication-checkpoints"
ENDPOINT = "PrivateEndpoint azure-prod-storage-datasets-blob"
BACKUPS = "BackupVault azure-prod-backup"
SECURITY = "properties.securitySettings"
VAULT = "Vault azure-prod-keys"
WORKSPACE_VAULT = "Vault azure-prod-cluster-workspace-vault"
KEY = "Key azure-prod-keys-datasets"
ROTATION = "properties.rotationPolicy"
NODES = "NetworkSecurityGroup azure-prod-network-nodes"
SUBNET = "Subnet azure-prod-network-nodes"
FLOW_LOG = "FlowLog azure-prod-flow-logs"
COMPUTE = "Compute azure-prod-cluster-h100"
GPU = "Compute azure-dev-cluster-gpu"
INNER = "properties.properties"
WORKSPACE = "Workspace azure-prod-cluster-workspace"
REGISTRY = "Registry azure-prod-cluster-registry"
FIREWALL = "FirewallPolicyRuleCollectionGroup azure-prod-network-firewall"
LET_OUT = "ruleCollections[0].rules[0]"
ALERT = "MetricAlert azure-prod-monitoring-failed-runs"
OWNER = (
    "/subscriptions/9b7e4d20-3c61-4f8a-a5d2-60e1c9f7b834/providers/Microsoft.Authorization/roleDefinitions"
    "/8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
)

MUTANTS: dict[str, list[Mutant]] = {
    "BK9": [
        in_prod("unlocked in azure-prod", put(BACKUPS, f"{SECURITY}.immutabilitySettings.state", "Unlocked")),
        in_prod(
            "backups that are deleted are gone", put(BACKUPS, f"{SECURITY}.softDeleteSettings.state", "On")
        ),
    ],
    "BK11": [
        in_prod("flow logs in one region", put(LOGS, "sku.name", "Standard_ZRS")),
        in_prod(
            "checkpoints aren't copied",
            drop(REPLICATION),
            fails=[
                "StorageAccount azure-prod-storage-checkpoints: sku.name",
                f"{COPIES}: sku.name",
            ],
            kin="BK15 StorageAccount azure-prod-storage-checkpoints",
        ),
        in_prod(
            "copies in the same region",
            put(COPIES, "location", "westus3"),
            fails=[
                "StorageAccount azure-prod-storage-checkpoints: sku.name",
                f"{COPIES}: sku.name",
            ],
            kin="BK15 StorageAccount azure-prod-recovery-storage-datasets",
        ),
    ],
    "BK12": [
        in_prod(
            "one person is enough in azure-prod",
            drop("DppResourceGuardProxy azure-prod-backup"),
            fails=BACKUPS,
        ),
        in_prod("no lock in azure-prod", drop("ManagementLockByScope azure-prod-backup"), fails=BACKUPS),
    ],
    "BK13": [
        in_prod(
            "backups go down with their region",
            put(BACKUPS, "properties.storageSettings[0].type", "ZoneRedundant"),
            fails=f"{BACKUPS}: properties.storageSettings",
        ),
        in_prod(
            "backups can't be restored elsewhere",
            put(BACKUPS, "properties.featureSettings.crossRegionRestoreSettings.state", "Disabled"),
        ),
    ],
    "BK14": [
        in_prod(
            "backups under Azure's own key",
            drop(BACKUPS, f"{SECURITY}.encryptionSettings"),
            fails=[
                f"{BACKUPS}: {SECURITY}.encryptionSettings.infrastructureEncryption",
                f"{BACKUPS}: {SECURITY}.encryptionSettings.keyVaultProperties.keyUri",
            ],
        ),
        in_prod(
            "one layer", put(BACKUPS, f"{SECURITY}.encryptionSettings.infrastructureEncryption", "Disabled")
        ),
    ],
    "BK15": [
        in_prod("datasets aren't backed up", drop("BackupInstance azure-prod-backup-datasets"), fails=ACCOUNT)
    ],
    "CE1": [
        in_prod("none in azure-prod", drop("Budget azure-prod-budget"), fails="Stack modelyard-azure-prod")
    ],
    "CE2": [
        in_prod(
            "too many nodes in azure-prod",
            put(COMPUTE, f"{INNER}.scaleSettings.maxNodeCount", 2_000),
            fails="Stack modelyard-azure-prod",
        ),
    ],
    "CE3": [in_prod("a size that goes in azure-prod", put(COMPUTE, f"{INNER}.vmSize", "Standard_NC6"))],
    "CE4": [
        in_dev(
            "nodes at night in azure-dev",
            put(GPU, f"{INNER}.scaleSettings.minNodeCount", 1),
            kin=f"CO15 {GPU}: {INNER}.scaleSettings.minNodeCount",
        ),
    ],
    "CO15": [
        in_prod("nodes with public addresses", put(COMPUTE, f"{INNER}.enableNodePublicIp", True)),
        in_prod("nodes in no network", drop(COMPUTE, f"{INNER}.subnet")),
        in_prod("nodes with local logins", put(COMPUTE, "properties.disableLocalAuth", False)),
    ],
    "CO16": [in_prod("an open workspace", put(WORKSPACE, "publicNetworkAccess", "Enabled"))],
    "CT10": [
        in_prod(
            "images under Azure's own key",
            drop(REGISTRY, "encryption"),
            fails=f"{REGISTRY}: encryption.status",
        )
    ],
    "CT7": [in_prod("an administrator of images", put(REGISTRY, "adminUserEnabled", True))],
    "EN7": [in_prod("keys can be purged", drop(VAULT, "properties.enablePurgeProtection"))],
    "EN8": [
        in_prod(
            "the workspace's vault has policies",
            put(WORKSPACE_VAULT, "properties.enableRbacAuthorization", False),
        )
    ],
    "EN9": [
        in_prod(
            "keys on the internet",
            put(VAULT, "properties.publicNetworkAccess", "Enabled"),
            put(VAULT, "properties.networkAcls.defaultAction", "Allow"),
        )
    ],
    "EN10": [in_prod("a key never rotates", drop(KEY, f"{ROTATION}.lifetimeActions"))],
    "IA7": [
        in_prod(
            "a job owns the subscription",
            put(
                "RoleAssignment azure-prod-access-datasets-readers-jobs",
                "scope",
                "/subscriptions/9b7e4d20-3c61-4f8a-a5d2-60e1c9f7b834",
            ),
            put("RoleAssignment azure-prod-access-datasets-readers-jobs", "roleDefinitionId", OWNER),
        ),
    ],
    "LM10": [
        in_prod("an alarm is off", put(ALERT, "enabled", False)),
        in_prod("an alarm for nobody", put(ALERT, "actions", [])),
        in_prod(
            "nobody is called",
            drop("ActionGroup azure-prod-monitoring", "emailReceivers"),
            fails="ActionGroup azure-prod-monitoring",
        ),
        in_prod(
            "backups fail in silence",
            put(
                BACKUPS,
                "properties.monitoringSettings.azureMonitorAlertSettings.alertsForAllJobFailures",
                "Disabled",
            ),
        ),
    ],
    "LM11": [
        in_prod(
            "who used keys for a month",
            add(
                azure.LOG_TABLE,
                "audit",
                {"workspaceName": UNKNOWN, "tableName": "AZKVAuditLogs", "plan": "Basic"},
                {"workspaceName": ["Workspace azure-prod-logs"]},
            ),
            fails="Table audit: totalRetentionInDays",
        ),
    ],
    "LM8": [
        in_prod(
            "nobody logs the use of keys", drop("DiagnosticSetting azure-prod-keys-diagnostics"), fails=VAULT
        ),
        in_prod(
            "the workspace's own vault logs metrics only",
            drop("DiagnosticSetting azure-prod-cluster-workspace-vault", "logs"),
        ),
    ],
    "LM9": [in_prod("logs for a month", put("Workspace azure-prod-logs", "retentionInDays", 30))],
    "NW12": [
        in_prod("SSH in azure-prod", put(NODES, "securityRules[0].sourceAddressPrefix", "Internet")),
    ],
    "NW13": [in_prod("nodes in a subnet without rules", drop(SUBNET, "networkSecurityGroup"))],
    "NW14": [
        in_prod(
            "endpoints reach the internet by default",
            put("Subnet azure-prod-network-endpoints", "defaultOutboundAccess", True),
        )
    ],
    "NW15": [in_prod("flow logs are off", put(FLOW_LOG, "enabled", False))],
    "NW17": [
        in_prod(
            "everything is let out",
            put(FIREWALL, f"{LET_OUT}.destinationAddresses", ["*"]),
            fails=[
                f"{FIREWALL}: {LET_OUT}.destinationAddresses",
                f"{FIREWALL}: {LET_OUT}.destinationAddresses",
            ],
        ),
        in_prod("any domain", put(FIREWALL, "ruleCollections[1].rules[0].targetFqdns", ["*"])),
    ],
    "NW18": [
        in_prod(
            "SSH by the firewall",
            add(
                azure.FIREWALL_RULE_COLLECTION_GROUP,
                "login",
                {
                    "ruleCollections": [
                        {
                            "action": {"type": "DNAT"},
                            "rules": [{"sourceAddresses": ["*"], "destinationPorts": ["22"]}],
                        }
                    ]
                },
            ),
            fails="FirewallPolicyRuleCollectionGroup login: ruleCollections[0].rules[0].destinationPorts",
        ),
    ],
    "NW19": [
        in_prod(
            "malicious addresses raise alarms only",
            put("FirewallPolicy azure-prod-network-firewall", "threatIntelMode", "Alert"),
        )
    ],
    "ST14": [in_prod("checkpoints for everybody", put(CHECKPOINTS, "publicAccess", "Blob"))],
    "ST15": [
        in_prod(
            "datasets on the internet",
            put(ACCOUNT, "publicNetworkAccess", "Enabled"),
            put(ACCOUNT, "networkRuleSet.defaultAction", "Allow"),
        ),
    ],
    "ST16": [in_prod("no way into the account", drop(ENDPOINT), fails=ACCOUNT)],
    "ST17": [in_prod("TLS 1.1 in azure-prod", put(ACCOUNT, "minimumTlsVersion", "TLS1_1"))],
    "ST18": [in_prod("keys of datasets", put(ACCOUNT, "allowSharedKeyAccess", True))],
    "ST19": [
        in_prod("Azure's own key in azure-prod", put(ACCOUNT, "encryption.keySource", "Microsoft.Storage"))
    ],
    "ST20": [in_prod("no versions of checkpoints", put(BLOBS, "isVersioningEnabled", False))],
    "ST21": [
        in_prod(
            "checkpoints can't be kept", put(CHECKPOINTS, "immutableStorageWithVersioning.enabled", False)
        ),
        in_prod(
            "copies of checkpoints can't be kept",
            drop(
                "BlobContainer azure-prod-recovery-storage-checkpoints-checkpoints",
                "immutableStorageWithVersioning",
            ),
            fails="BlobContainer azure-prod-recovery-storage-checkpoints-checkpoints: immutableStorageWithVersioning.enabled",
        ),
    ],
    "TG1": [in_prod("nobody owns the workspace", drop(WORKSPACE, "tags.owner"), fails=f"{WORKSPACE}: tags")],
    "TG2": [
        in_prod(
            "nobody says what datasets are",
            drop(ACCOUNT, "tags.data-classification"),
            fails=f"{ACCOUNT}: tags",
        ),
        in_prod(
            "copies are public",
            put(COPIES, "tags.data-classification", "public"),
            fails=f"{COPIES}: tags",
        ),
    ],
    "TG3": [
        in_prod(
            "backups are elsewhere",
            put(BACKUPS, "location", "westeurope"),
            fails=[f"{BACKUPS}: location", f"{BACKUPS}: properties.storageSettings"],
        ),
        in_prod(
            "images are copied elsewhere",
            put("Replication azure-prod-cluster-registry-eastus", "location", "westeurope"),
        ),
    ],
    "TG4": [in_prod("nodes for nobody in azure-prod", drop(COMPUTE, "tags.pool"), fails=f"{COMPUTE}: tags")],
}
