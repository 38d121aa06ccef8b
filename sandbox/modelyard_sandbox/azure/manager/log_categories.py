"""What each type of resource can tell a diagnostic setting: categories of logs and their groups, metrics.

Sources: Microsoft's "Supported resource logs" by type (azure-monitor-docs, 2024-11 to 2026-07; an older
edition for the categories' names) and "Supported metrics"; which types have the group audit: Azure Policy's
initiative "Enable audit category group resource logging" 1.1.0, and storage's monitoring data reference. Read
2026-11.
"""

from __future__ import annotations

from dataclasses import dataclass

ALL, AUDIT = "allLogs", "audit"
ALL_METRICS = ("AllMetrics",)
OF_STORAGE = ("AllMetrics", "Transaction", "Capacity")


@dataclass(frozen=True, slots=True)
class Telling:
    """What a type can tell."""

    logs: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()


_STORAGE = Telling(("StorageRead", "StorageWrite", "StorageDelete"), (AUDIT, ALL), OF_STORAGE)
_MACHINE_LEARNING = (
    *("AmlComputeClusterEvent", "AmlComputeClusterNodeEvent", "AmlComputeCpuGpuUtilization"),
    *("AmlComputeJobEvent", "AmlRunStatusChangedEvent", "ComputeInstanceEvent"),
    *("DataLabelChangeEvent", "DataLabelReadEvent", "DataSetChangeEvent", "DataSetReadEvent"),
    *("DataStoreChangeEvent", "DataStoreReadEvent", "DeploymentEventACI", "DeploymentEventAKS"),
    *("DeploymentReadEvent", "EnvironmentChangeEvent", "EnvironmentReadEvent"),
    *("InferencingOperationACI", "InferencingOperationAKS", "ModelsActionEvent", "ModelsChangeEvent"),
    *("ModelsReadEvent", "PipelineChangeEvent", "PipelineReadEvent", "RunEvent", "RunReadEvent"),
)
_FIREWALL = (
    *("AzureFirewallApplicationRule", "AzureFirewallDnsProxy", "AzureFirewallNetworkRule"),
    *("AZFWApplicationRule", "AZFWApplicationRuleAggregation", "AZFWDnsFlowTrace", "AZFWDnsQuery"),
    *("AZFWFatFlow", "AZFWFlowTrace", "AZFWFqdnResolveFailure", "AZFWIdpsSignature", "AZFWNatRule"),
    *("AZFWNatRuleAggregation", "AZFWNetworkRule", "AZFWNetworkRuleAggregation", "AZFWThreatIntel"),
)
_BACKUP = (
    *("AddonAzureBackupJobs", "AddonAzureBackupPolicy", "AddonAzureBackupProtectedInstance"),
    *("AzureBackupOperations", "CoreAzureBackup"),
)
_INSIGHTS = (
    *("AppAvailabilityResults", "AppBrowserTimings", "AppDependencies", "AppEvents", "AppExceptions"),
    *("AppMetrics", "AppPageViews", "AppPerformanceCounters", "AppRequests", "AppSystemEvents", "AppTraces"),
)
_ACTIVITY = (
    *("Administrative", "Alert", "Autoscale", "Policy", "Recommendation", "ResourceHealth", "Security"),
    "ServiceHealth",
)
TELLING = {
    "Microsoft.Resources/subscriptions": Telling(_ACTIVITY, (ALL,)),
    "Microsoft.ContainerRegistry/registries": Telling(
        ("ContainerRegistryLoginEvents", "ContainerRegistryRepositoryEvents"), (AUDIT, ALL), ALL_METRICS
    ),
    "Microsoft.DataProtection/backupVaults": Telling(_BACKUP, (ALL,), ("AllMetrics", "Health")),
    "Microsoft.Insights/components": Telling(_INSIGHTS, (ALL,), ALL_METRICS),
    "Microsoft.KeyVault/vaults": Telling(
        ("AuditEvent", "AzurePolicyEvaluationDetails"), (AUDIT, ALL), ALL_METRICS
    ),
    "Microsoft.MachineLearningServices/workspaces": Telling(_MACHINE_LEARNING, (AUDIT, ALL), ALL_METRICS),
    "Microsoft.Network/azureFirewalls": Telling(_FIREWALL, (ALL,), ALL_METRICS),
    "Microsoft.Network/natGateways": Telling((), (), ALL_METRICS),
    "Microsoft.Network/networkInterfaces": Telling((), (), ALL_METRICS),
    "Microsoft.Network/networkSecurityGroups": Telling(
        ("NetworkSecurityGroupEvent", "NetworkSecurityGroupRuleCounter"), (ALL,)
    ),
    "Microsoft.Network/publicIPAddresses": Telling(
        ("DDoSMitigationFlowLogs", "DDoSMitigationReports", "DDoSProtectionNotifications"),
        (AUDIT, ALL),
        ALL_METRICS,
    ),
    "Microsoft.Network/virtualNetworks": Telling(("VMProtectionAlerts",), (ALL,), ALL_METRICS),
    "Microsoft.OperationalInsights/workspaces": Telling(
        ("Audit", "Jobs", "SummaryLogs"), (AUDIT, ALL), ALL_METRICS
    ),
    "Microsoft.Storage/storageAccounts": Telling((), (), OF_STORAGE),
    "Microsoft.Storage/storageAccounts/blobServices": _STORAGE,
    "Microsoft.Storage/storageAccounts/fileServices": _STORAGE,
    "Microsoft.Storage/storageAccounts/queueServices": _STORAGE,
    "Microsoft.Storage/storageAccounts/tableServices": _STORAGE,
}

_BY_TYPE = {type_.lower(): telling for type_, telling in TELLING.items()}


def telling_of(type_: str) -> Telling | None:
    """What a type can tell, whatever the case of its name; None for one that knows no diagnostic settings."""
    return _BY_TYPE.get(type_.lower())
