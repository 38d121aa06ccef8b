"""Alerts that somebody set up are on, and tell somebody.

An alert without an action group is seen only by who looks for it, and a group without receivers tells
nobody. Vaults raise alarms for jobs that failed unless that is turned off (Azure Backup, "Azure Monitor based
alerts for Azure Backup", 2025). What says by its tag `stage` that it isn't production is spared; actions that
an alert processing rule adds are for a suppression.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from modelyard_policies.azure.types import (
    ACTION_GROUP,
    ACTIVITY_LOG_ALERT,
    BACKUP_VAULT,
    METRIC_ALERT,
    RECOVERY_SERVICES_VAULT,
    SCHEDULED_QUERY_RULE,
)
from modelyard_policies.declared import is_production
from modelyard_policies.graph import canonical
from modelyard_policies.reading import Block, Failure, GraphView, Resource, each
from modelyard_policies.rule import Rule, Severity

RULE = Rule(
    id="alerts-tell-somebody",
    code="LM10",
    title="Alerts are on and tell somebody",
    severity=Severity.LOW,
    resources=(
        *(METRIC_ALERT, ACTIVITY_LOG_ALERT, SCHEDULED_QUERY_RULE, ACTION_GROUP),
        *(RECOVERY_SERVICES_VAULT, BACKUP_VAULT),
    ),
    why="Backups fail and nodes stand idle for weeks while everybody believes that an alarm would be raised.",
    mend=(
        "Set enabled to true, name an action group in the alert's actions, and give the group a receiver; "
        "leave alertsForAllJobFailures of a vault Enabled."
    ),
    maps_to={},
    snippet="""\
on_call = azure.monitor.ActionGroup(
    "on-call",
    action_group_name="on-call",
    resource_group_name=group.name,
    location="Global",
    group_short_name="on-call",
    enabled=True,
    email_receivers=[
        {"name": "on-call", "email_address": "ml-on-call@example.com", "use_common_alert_schema": True}
    ],
)
azure.monitor.MetricAlert(
    "failed-runs",
    resource_group_name=group.name,
    location="global",
    scopes=[ml_workspace.id],
    enabled=True,
    severity=2,
    evaluation_frequency="PT5M",
    window_size="PT15M",
    criteria=azure.monitor.MetricAlertSingleResourceMultipleMetricCriteriaArgs(
        odata_type="Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria",
        all_of=[
            {
                "criterion_type": "StaticThresholdCriterion",
                "name": "failed",
                "metric_name": "Failed Runs",
                "operator": "GreaterThan",
                "threshold": 0,
                "time_aggregation": "Total",
            }
        ],
    ),
    actions=[{"action_group_id": on_call.id}],
)
""",
)


RULE.applies(is_production)


@RULE.check
def somebody_is_told(resource: Resource, graph: GraphView) -> Iterator[Failure]:
    """Each kind has its own settings."""
    yield from each(CHECKS[canonical(resource.type)], lambda check: check(resource))


def _is_on(resource: Resource) -> Iterator[Failure]:
    """Unset, all of them are on (Azure Monitor's REST API, 2023 and later)."""
    if resource.text("enabled", "true").strip().lower() not in ("true", "1"):
        yield resource.failure("enabled", f"is {resource.shown('enabled')}")


def _has_actions(alert: Resource) -> Iterator[Failure]:
    if not _is_set(alert, "actions"):
        yield alert.failure("actions", "name no action group")


def _has_action_groups(alert: Resource) -> Iterator[Failure]:
    """A rule that makes a metric of logs is no alert."""
    if alert.text("kind").strip().lower() == "logtometric":
        return
    actions = alert.block("actions")
    if not _is_set(actions, "actionGroups"):
        yield actions.failure("actionGroups", "name no action group")


def _has_receivers(group: Resource) -> Iterator[Failure]:
    if not any(key.endswith("Receivers") and _is_set(group, key) for key in group.keys()):  # noqa: SIM118
        yield group.failure("", "has no receiver")


def _failed_jobs_are_told(vault: Resource) -> Iterator[Failure]:
    settings = vault.block("properties").block("monitoringSettings").block("azureMonitorAlertSettings")
    key = "alertsForAllJobFailures"
    if settings.text(key).strip().lower() == "disabled":
        yield settings.failure(key, "is Disabled, so nobody is told of a backup that failed")


def _is_set(block: Block, key: str) -> bool:
    """What isn't known yet is something all the same."""
    return block.raw(key) not in (None, [], "")


Checks = tuple[Callable[[Resource], Iterator[Failure]], ...]

CHECKS: Final[Mapping[str, Checks]] = {
    METRIC_ALERT: (_is_on, _has_actions),
    ACTIVITY_LOG_ALERT: (_is_on, _has_action_groups),
    SCHEDULED_QUERY_RULE: (_is_on, _has_action_groups),
    ACTION_GROUP: (_is_on, _has_receivers),
    RECOVERY_SERVICES_VAULT: (_failed_jobs_are_told,),
    BACKUP_VAULT: (_failed_jobs_are_told,),
}
