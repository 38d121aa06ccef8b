"""What tells people of an environment in one region: an action group, alerts, and where logs go."""

from collections.abc import Iterator, Mapping
from typing import NotRequired, TypedDict

import pulumi
import pulumi_azure_native as azure_native

from modelyard.azure.component import AzureComponent
from modelyard.azure.diagnostics import diagnose
from modelyard.azure.monitoring_problems import monitoring_problems
from modelyard.errors import InputError
from modelyard.planning.azure import alerts
from modelyard.planning.azure.alerts import Alert
from modelyard.wiring.arguments import check_args
from modelyard.wiring.tokens import AZURE, token

SHORT_NAME_CHARACTERS = 12
"""Characters of an action group's short name, which messages begin with (azure-native 3.29,
monitor.ActionGroup)."""

DEFAULT_LAG_MINUTES = 15
DEFAULT_IDLE_MINUTES = 60


class MonitoredPoolArgs(TypedDict):
    """One pool to watch."""

    name: str
    """Name of the pool; part of its alert's name."""
    compute_name: pulumi.Input[str]
    """Name of its compute cluster in the workspace."""
    idle_minutes: int
    """Minutes that its nodes stand idle before they are let go, 1 to 1,439."""
    min_nodes: NotRequired[int]
    """Nodes that are kept and may be idle. Unset: 0."""


class MonitoringArgs(TypedDict):
    """Arguments of Monitoring."""

    environment: str
    """Name of the environment; part of every name."""
    resource_group_name: pulumi.Input[str]
    """Resource group that all of it is made in."""
    emails: NotRequired[list[str]]
    """Who is told, each by an e-mail. Unset: nobody but whoever else is added to the action group."""
    workspace_id: NotRequired[pulumi.Input[str]]
    """Machine Learning workspace whose jobs and nodes are watched. Unset: none."""
    pools: NotRequired[list[MonitoredPoolArgs]]
    """Pools of the workspace whose idle nodes are told of. Unset: none."""
    idle_accelerator_minutes: NotRequired[int]
    """Minutes that nodes stand idle before somebody is told, 5 to 1,440. Azure looks back 5, 15, 30, 60, 360,
    720 or 1,440 minutes: it is the next of these, and always longer than nodes stand idle before they are let
    go. Unset: 60."""
    backup_vault_id: NotRequired[pulumi.Input[str]]
    """Backup vault whose failed jobs are told of. Unset: none."""
    replications: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Object replication policies that are watched, by name: ids as the source accounts have them,
    ACCOUNT_ID/objectReplicationPolicies/POLICY_ID. Their metrics have to be on. Unset: none."""
    replication_lag_minutes: NotRequired[int]
    """Minutes that copies are pending before somebody is told: 5, 10, 15, 30, 120, 480 or 1440. Unset:
    15."""
    resources: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Resources whose logs are kept: their ids by name. Unset: none."""
    log_workspace_id: NotRequired[pulumi.Input[str]]
    """Log Analytics workspace that the logs of `resources` are sent to; needed with them."""
    tags: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Tags of everything that takes some."""


class Monitoring(AzureComponent):
    """An action group with those who are told, and alerts that go to it: failed jobs and such as no longer
    answer, nodes that are idle, unusable or taken away, quotas nearly used up, failed backups, and copies
    that lag. Every message says what to do. Beside that, a setting for each resource whose logs are kept.

    Alerts read metrics, not logs, so they work beside a closed Log Analytics workspace; nothing has to run
    for them. Azure calls the metrics of backups and replications a preview, and says nothing of how late they
    come. The action group is Azure's in no region: names and alerts leave the region by it, no data does. A
    resource that has a setting already, as the vault of Encryption has, isn't among `resources`:
    Azure refuses a second one for the same workspace.
    """

    action_group_id: pulumi.Output[str]
    """Resource id of the action group, for other alerts and for budgets."""

    def __init__(self, name: str, args: MonitoringArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        check_args(name, args, MonitoringArgs)
        if problems := list(monitoring_problems(name, args)):
            raise InputError(problems)
        super().__init__(token(AZURE, "Monitoring"), name, {}, opts)
        self._name, self._args = name, args
        group = self._action_group()
        for end, alert, scope, compute in self._alerts():
            self._alert(f"{name}-{end}", alert, scope, compute, group.id)
        if "log_workspace_id" in args:
            for resource, resource_id in args.get("resources", {}).items():
                diagnose(f"{name}-{resource}", resource_id, args["log_workspace_id"], parent=self)
        self.action_group_id = group.id
        self.register_outputs({"actionGroupId": self.action_group_id})

    def _action_group(self) -> azure_native.monitor.ActionGroup:
        args = self._args
        environment = args["environment"]
        return azure_native.monitor.ActionGroup(
            self._name,
            action_group_name=f"{environment}-alerts",
            resource_group_name=args["resource_group_name"],
            # One that is bound to a region tells nobody while that region is down.
            location="Global",
            group_short_name=environment[:SHORT_NAME_CHARACTERS],
            enabled=True,
            email_receivers=[
                {"name": f"email-{number}", "email_address": email, "use_common_alert_schema": True}
                for number, email in enumerate(args.get("emails", []))
            ],
            tags=args.get("tags"),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _alerts(self) -> Iterator[tuple[str, Alert, pulumi.Input[str], pulumi.Input[str] | None]]:
        """Every alert: the end of its name in the program, what it is, its resource, and its cluster."""
        args = self._args
        environment = args["environment"]
        if "workspace_id" in args:
            for alert in alerts.workspace_alerts(environment):
                yield alert.name.removeprefix(f"{environment}-"), alert, args["workspace_id"], None
            for pool in args.get("pools", []):
                alert = alerts.idle_nodes(
                    environment,
                    pool["name"],
                    pool.get("min_nodes", 0),
                    pool["idle_minutes"],
                    args.get("idle_accelerator_minutes", DEFAULT_IDLE_MINUTES),
                )
                yield f"idle-{pool['name']}", alert, args["workspace_id"], pool["compute_name"]
        if "backup_vault_id" in args:
            yield "failed-backups", alerts.failed_backups(environment), args["backup_vault_id"], None
        lag = args.get("replication_lag_minutes", DEFAULT_LAG_MINUTES)
        for replication, policy_id in args.get("replications", {}).items():
            yield (
                f"lag-{replication}",
                alerts.replication_lag(environment, replication, lag),
                policy_id,
                None,
            )

    def _alert(
        self,
        name: str,
        alert: Alert,
        scope: pulumi.Input[str],
        compute: pulumi.Input[str] | None,
        group_id: pulumi.Output[str],
    ) -> None:
        args = self._args
        # Classes all the way down: of a dict where several types may stand, the SDK leaves the keys as they
        # are spelled in Python, which Azure doesn't know.
        dimensions = [
            azure_native.monitor.MetricDimensionArgs(
                name=each.name, operator=each.operator, values=list(each.values)
            )
            for each in alert.dimensions
        ]
        if compute is not None:
            dimensions.append(
                azure_native.monitor.MetricDimensionArgs(
                    name="ClusterName", operator="Include", values=[compute]
                )
            )
        criterion = azure_native.monitor.MetricCriteriaArgs(
            criterion_type="StaticThresholdCriterion",
            name="threshold",
            metric_namespace=alert.namespace,
            metric_name=alert.metric,
            operator="GreaterThan",
            threshold=alert.threshold,
            time_aggregation=alert.aggregation,
            dimensions=dimensions or None,
            # Azure knows a metric once there was a value: a new workspace has had none.
            skip_metric_validation=True,
        )
        azure_native.monitor.MetricAlert(
            name,
            rule_name=alert.name,
            resource_group_name=args["resource_group_name"],
            location="global",
            description=alert.description,
            severity=alert.severity,
            enabled=True,
            scopes=[scope],
            evaluation_frequency=alert.frequency,
            window_size=alert.window,
            auto_mitigate=True,
            criteria=azure_native.monitor.MetricAlertSingleResourceMultipleMetricCriteriaArgs(
                odata_type="Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria",
                all_of=[criterion],
            ),
            actions=[{"action_group_id": group_id}],
            tags=args.get("tags"),
            opts=pulumi.ResourceOptions(parent=self),
        )
