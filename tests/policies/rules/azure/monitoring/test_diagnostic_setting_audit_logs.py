from modelyard_policies.azure.types import (
    DIAGNOSTIC_SETTING,
    KEY_VAULT,
    MANAGED_CLUSTER,
    MANAGED_HSM,
    ML_WORKSPACE,
    STORAGE_ACCOUNT,
)
from modelyard_policies.graph import UNKNOWN

AUDIT = {"categoryGroup": "audit", "enabled": True}
VAULT_ID = "subscriptions/0/resourceGroups/g/providers/Microsoft.KeyVault/vaults/Main"


def setting(*logs, uri=UNKNOWN, source="vault", **properties):
    values = {"resourceUri": uri, "workspaceId": UNKNOWN, "logs": list(logs), **properties}
    return {"log": (DIAGNOSTIC_SETTING, values, {"resourceUri": [source]} if source else {})}


def vault(*logs, **properties):
    return {"vault": (KEY_VAULT, {"vaultName": "main"}), **setting(*logs, **properties)}


def of(token, *logs):
    return {"vault": (token, {}), **setting(*logs)}


def category(name, enabled=True):
    return {"category": name, "enabled": enabled}


MISSING = "vault: : no DiagnosticSetting keeps its audit logs"
SILENT = "log: logs: record no audit log"

CASES = {
    "bad": {
        "a vault without": ({"vault": (KEY_VAULT, {})}, MISSING),
        "a workspace without": ({"vault": (ML_WORKSPACE, {})}, MISSING),
        "an HSM without": ({"vault": (MANAGED_HSM, {})}, MISSING),
        "another log of an HSM's": (of(MANAGED_HSM, category("AzurePolicyEvaluationDetails")), SILENT),
        "a cluster without, of an older API": (
            {"vault": ("azure-native:containerservice/v20230401:ManagedCluster", {})},
            MISSING,
        ),
        "another vault's": (vault(AUDIT, uri=f"/{VAULT_ID}2", source=None), MISSING),
        "metrics only": (vault(metrics=[{"category": "AllMetrics", "enabled": True}]), SILENT),
        "off": (vault(category("AuditEvent", False)), SILENT),
        "another log of a vault's": (vault(category("AzurePolicyEvaluationDetails")), SILENT),
        "another log of a cluster's": (of(MANAGED_CLUSTER, category("kube-scheduler")), SILENT),
        "an audit log that is off beside another": (
            vault(category("AuditEvent", "false"), category("AzurePolicyEvaluationDetails")),
            SILENT,
        ),
        "to nowhere": (
            vault(AUDIT, workspaceId=None),
            "log: workspaceId: is unset, and so is every other destination",
        ),
        "to nowhere, whether it records isn't known": (
            vault({**AUDIT, "enabled": UNKNOWN}, workspaceId=None),
            "log: workspaceId: is unset, and so is every other destination",
        ),
    },
    "good": {
        "the group of audit logs": (vault(AUDIT),),
        "an HSM's log": (of(MANAGED_HSM, category("AuditEvent")),),
        "a setting by the name that the type had before": (
            {
                "vault": (KEY_VAULT, {}),
                "log": (
                    "azure-native:insights/v20210501preview:DiagnosticSetting",
                    {"resourceUri": UNKNOWN, "workspaceId": "w", "logs": [AUDIT]},
                    {"resourceUri": ["vault"]},
                ),
            },
        ),
        "all logs": (vault({"categoryGroup": "allLogs", "enabled": "true"}),),
        "by the vault's id, in other letters": (vault(AUDIT, uri=VAULT_ID.upper(), source=None),),
        "a vault's log": (vault(category("AuditEvent")),),
        "a cluster's log": (of(MANAGED_CLUSTER, category("kube-audit-admin")),),
        "any log of a workspace's": (of(ML_WORKSPACE, category("AmlComputeClusterEvent")),),
        "to a storage account": (vault(AUDIT, workspaceId=None, storageAccountId=UNKNOWN),),
        "one beside another that isn't known": (
            {
                **vault({**AUDIT, "enabled": UNKNOWN}),
                "second": (
                    DIAGNOSTIC_SETTING,
                    {"resourceUri": UNKNOWN, "workspaceId": "x", "logs": [AUDIT]},
                    {"resourceUri": ["vault"]},
                ),
            },
        ),
    },
    "unknown": {
        "whether it records isn't known": (
            vault({**AUDIT, "enabled": UNKNOWN}),
            "log: logs[0].enabled: can't be judged: not known before the deployment",
        ),
        "whose it is isn't known": (
            vault(AUDIT, source=None),
            "log: resourceUri: can't be judged: may refer to this resource, which isn't known yet",
        ),
    },
    "not applicable": {"nothing with audit logs": ({"data": (STORAGE_ACCOUNT, {})},)},
}


def test_verdict(case, check):
    check("LM8", case)
