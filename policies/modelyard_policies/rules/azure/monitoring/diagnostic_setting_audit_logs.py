"""Key vaults, Machine Learning workspaces and Kubernetes clusters send their audit logs somewhere.

What counts as audit: AuditEvent of a key vault or a managed HSM, kube-audit or kube-audit-admin of a cluster,
any log of a workspace, and the groups audit and allLogs of all (Azure Monitor, "Supported resource log
categories").
"""

from __future__ import annotations

from collections.abc import Iterator

from modelyard_policies.azure.types import (
    DIAGNOSTIC_SETTING,
    KEY_VAULT,
    MANAGED_CLUSTER,
    MANAGED_HSM,
    ML_WORKSPACE,
)
from modelyard_policies.graph import canonical
from modelyard_policies.reading import Block, Failure, GraphView, Resource, all_of, any_of, each, some
from modelyard_policies.rule import Rule, Severity

RULE = Rule(
    id="diagnostic-setting-audit-logs",
    code="LM8",
    title="Key vaults, Machine Learning workspaces and Kubernetes clusters keep audit logs",
    severity=Severity.MEDIUM,
    resources=(KEY_VAULT, MANAGED_HSM, ML_WORKSPACE, MANAGED_CLUSTER),
    reads=(DIAGNOSTIC_SETTING,),
    why="Azure keeps none of these logs by itself: who read a key or started a job can't be told afterwards.",
    mend=(
        "Give the resource a DiagnosticSetting with its id as resourceUri, a workspaceId or a "
        "storageAccountId, and an entry in logs with categoryGroup audit (or allLogs) and enabled true."
    ),
    maps_to={
        "checkov": ["CKV_AZURE_4"],
        "cis_azure": ["6.1.4"],
        "azure_policy": [
            "cf820ca0-f99e-4f3e-84fb-66e913812d21",
            "afe0c3be-ba3b-4544-ba52-0c99672a8ad6",
            "245fc9df-fa96-4414-9a0b-3738c2f7341c",
            "a2a5b911-5617-447e-a49e-59dbe0e0434b",
        ],
        "mcsb": ["LT-3"],
    },
    snippet="""\
azure.monitor.DiagnosticSetting(
    "key-vault",
    resource_uri=key_vault.id,
    workspace_id=log_workspace.id,
    logs=[{"category_group": "audit", "enabled": True}],
)
""",
)

AUDIT = {
    **dict.fromkeys((KEY_VAULT, MANAGED_HSM), ("auditevent",)),
    MANAGED_CLUSTER: ("kube-audit", "kube-audit-admin"),
}
"""Categories of audit logs, where not every log is one."""
GROUPS = ("audit", "alllogs")
DESTINATIONS = (
    "workspaceId",
    "storageAccountId",
    "eventHubAuthorizationRuleId",
    "marketplacePartnerId",
    "serviceBusRuleId",
)


@RULE.check
def audit_logs_are_kept(resource: Resource, graph: GraphView) -> Iterator[Failure]:
    """One setting that records and sends is enough, whatever others do."""
    audit = AUDIT.get(canonical(resource.type))
    settings = graph.linked(resource, DIAGNOSTIC_SETTING, "resourceUri")
    if not settings:
        yield resource.failure("", "no DiagnosticSetting keeps its audit logs")
    elif not some(settings, lambda each_one: _keeps(each_one, audit)):
        yield from each((_recording, _sending), lambda check: check(settings[0], audit))


def _keeps(setting: Resource, audit: tuple[str, ...] | None) -> bool:
    return all_of(lambda: _sends(setting), lambda: _records(setting, audit))


def _recording(setting: Resource, audit: tuple[str, ...] | None) -> Iterator[Failure]:
    if not _records(setting, audit):
        yield setting.failure("logs", "record no audit log")


def _sending(setting: Resource, audit: tuple[str, ...] | None) -> Iterator[Failure]:
    if not _sends(setting):
        yield setting.failure("workspaceId", "is unset, and so is every other destination")


def _records(setting: Resource, audit: tuple[str, ...] | None) -> bool:
    return some(
        setting.list("logs"),
        lambda log: all_of(lambda: _is_audit(log, audit), lambda: log.is_true("enabled")),
    )


def _is_audit(log: Block, audit: tuple[str, ...] | None) -> bool:
    return any_of(
        lambda: log.text("categoryGroup").strip().lower() in GROUPS,
        lambda: log.has("category") and (audit is None or log.text("category").strip().lower() in audit),
    )


def _sends(setting: Resource) -> bool:
    """A destination that isn't known yet is one all the same."""
    return any(setting.raw(key) not in (None, "") for key in DESTINATIONS)
