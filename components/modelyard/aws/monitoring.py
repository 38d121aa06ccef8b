"""What tells people of an environment in one region: a topic, a dashboard, alarms, and rules for events."""

from collections.abc import Iterator, Mapping
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from modelyard.errors import InputError, Problem
from modelyard.planning import alarms, events
from modelyard.planning.alarms import Alarm, replication_dimensions
from modelyard.planning.arns import Place
from modelyard.planning.dashboard import Watched, dashboard
from modelyard.planning.events import Notice
from modelyard.planning.names import watcher_function
from modelyard.planning.policies.operations import alerts_policy
from modelyard.wiring.arguments import check_args
from modelyard.wiring.tokens import AWS, token

LIMITS = {
    "idle_accelerator_percent": (1, 100),
    "idle_accelerator_minutes": (5, 1_440),
    "stuck_queue_minutes": (5, 10_080),
    "replication_lag_minutes": (5, 1_440),
}
"""What alarms can tell apart: CloudWatch looks back a day at most (CloudWatch API Reference, PutMetricAlarm,
2026-11), and the figures come each five minutes."""


class MonitoredPoolArgs(TypedDict):
    """One pool to watch."""

    name: str
    """Name of the pool: the dimension `pool` of its metrics."""
    queue_arn: pulumi.Input[str]
    """ARN of its job queue."""
    nvidia: NotRequired[bool]
    """Whether its nodes publish NVIDIA's metrics. Unset: no."""


class ReplicationMetricsArgs(TypedDict):
    """One replication rule that publishes metrics."""

    source_bucket: str
    """Bucket that is copied."""
    destination_bucket: str
    """Bucket that the copies are in."""
    destination_region: str
    """Region of that bucket. The lag is published there, failures in the source's region."""
    rule_id: str
    """Id of the rule."""


class MonitoringArgs(TypedDict):
    """Arguments of Monitoring."""

    environment: str
    """Name of the environment; part of every name, and the dimension `environment` of its metrics."""
    account_id: str
    """Account that all of it belongs to."""
    region: str
    """Region that is watched."""
    key_arn: pulumi.Input[str]
    """Key of the topic. Its policy must let CloudWatch, EventBridge, AWS Budgets and AWS Backup use it."""
    pools: list[MonitoredPoolArgs]
    """The pools of the region."""
    emails: NotRequired[list[str]]
    """Who is told, each by an e-mail that has to be confirmed once. Unset: nobody but other subscribers."""
    idle_accelerator_percent: NotRequired[int]
    """Utilization below which the accelerators of running nodes count as idle. Unset: 5."""
    idle_accelerator_minutes: NotRequired[int]
    """Minutes that they are idle before somebody is told. Unset: 60."""
    stuck_queue_minutes: NotRequired[int]
    """Minutes that a job is the first of its queue before somebody is told. Unset: 60."""
    replication_lag_minutes: NotRequired[int]
    """Minutes that copies lag before somebody is told. Unset: 15."""
    replications: NotRequired[list[ReplicationMetricsArgs]]
    """Replication rules that begin or end in the region. Unset: none."""
    buckets: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Buckets whose size is shown, by purpose."""
    request_metrics: NotRequired[Mapping[str, str]]
    """Filter of a bucket's request metrics by purpose, for the buckets that have them on."""
    lustre_ids: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Ids of FSx for Lustre file systems, by name."""
    efs_ids: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Ids of EFS file systems, by name."""
    backup_vaults: NotRequired[list[pulumi.Input[str]]]
    """Names of the backup vaults of the region."""
    backup_role_arns: NotRequired[list[pulumi.Input[str]]]
    """Roles that backups, copies and trial restores are made with: whose failures are told."""
    budget: NotRequired[bool]
    """Whether the environment has a budget: its figures are shown then, otherwise the account's. Unset:
    no."""
    tags: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Tags of everything that takes some."""


class Monitoring(pulumi.ComponentResource):
    """A topic under a customer's key, which the services of this account alone publish to, with its
    subscribers; a dashboard; alarms on idle accelerators, stuck queues, replication and the watcher; rules
    for blocked queues and failed backups. Every message says what to do.

    The figures of queues and budget come from Watcher, those of GPUs from the CloudWatch agent of the nodes.
    """

    topic_arn: pulumi.Output[str]
    """ARN of the topic that alarms are told by."""

    dashboard_name: pulumi.Output[str]
    """Name of the dashboard."""

    def __init__(self, name: str, args: MonitoringArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        check_args(name, args, MonitoringArgs)
        _check(name, args)
        super().__init__(token(AWS, "Monitoring"), name, {}, opts)
        self._name, self._args, self._tags = name, args, args.get("tags", {})
        self._place = Place(args["account_id"], args["region"])
        topic = self._topic()
        for end, alarm in _plans(args):
            self._alarm(f"{name}-{end}", alarm, topic.arn)
        self._rules(topic.arn)
        shown = aws.cloudwatch.Dashboard(
            name,
            dashboard_name=f"{args['environment']}-{args['region']}",
            dashboard_body=self._dashboard(),
            region=args["region"],
            opts=self._child(),
        )
        self.topic_arn = topic.arn
        self.dashboard_name = shown.dashboard_name
        self.register_outputs({"topicArn": self.topic_arn, "dashboardName": self.dashboard_name})

    def _child(self) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self)

    def _topic(self) -> aws.sns.Topic:
        args = self._args
        topic_name = f"{args['environment']}-alerts"
        topic = aws.sns.Topic(
            self._name,
            name=topic_name,
            display_name=f"{args['environment']} alerts",
            kms_master_key_id=args["key_arn"],
            region=args["region"],
            tags=self._tags,
            opts=self._child(),
        )
        aws.sns.TopicPolicy(
            self._name,
            arn=topic.arn,
            policy=alerts_policy(self._place, self._place.arn("sns", topic_name)),
            region=args["region"],
            opts=self._child(),
        )
        for number, email in enumerate(args.get("emails", [])):
            aws.sns.TopicSubscription(
                f"{self._name}-email-{number}",
                topic=topic.arn,
                protocol="email",
                endpoint=email,
                region=args["region"],
                opts=self._child(),
            )
        return topic

    def _alarm(self, name: str, alarm: Alarm, topic_arn: pulumi.Output[str]) -> None:
        plain = alarm.metrics[0] if alarm.expression is None else None
        aws.cloudwatch.MetricAlarm(
            name,
            name=alarm.name,
            alarm_description=alarm.description,
            namespace=plain and plain.namespace,
            metric_name=plain and plain.name,
            dimensions=plain and dict(plain.dimensions),
            statistic=plain and plain.statistic,
            period=plain and alarm.period_seconds,
            metric_queries=None if plain else _queries(alarm),
            comparison_operator=alarm.comparison,
            threshold=alarm.threshold,
            evaluation_periods=alarm.periods,
            datapoints_to_alarm=alarm.periods,
            treat_missing_data=alarm.missing,
            alarm_actions=[topic_arn],
            ok_actions=[topic_arn],
            region=self._args["region"],
            tags=self._tags,
            opts=self._child(),
        )

    def _rules(self, topic_arn: pulumi.Output[str]) -> None:
        args = self._args
        queues = [pool["queue_arn"] for pool in args["pools"]]
        if queues:
            blocked = pulumi.Output.all(*queues).apply(events.blocked_queues)
            self._rule("blocked", "A job blocks its queue", blocked, topic_arn)
        if roles := args.get("backup_role_arns"):
            failed = pulumi.Output.all(*roles).apply(events.failed_backups)
            self._rule("backups", "A backup, a copy or a trial restore failed", failed, topic_arn)

    def _rule(
        self, kind: str, description: str, notice: pulumi.Output[Notice], topic_arn: pulumi.Output[str]
    ) -> None:
        region = self._args["region"]
        rule = aws.cloudwatch.EventRule(
            f"{self._name}-{kind}",
            name=f"{self._args['environment']}-{kind}",
            description=description,
            event_pattern=notice.apply(lambda known: known.pattern),
            region=region,
            tags=self._tags,
            opts=self._child(),
        )
        aws.cloudwatch.EventTarget(
            f"{self._name}-{kind}",
            rule=rule.name,
            target_id="alerts",
            arn=topic_arn,
            # Without a role: the topic's policy lets EventBridge publish, and with a role the delivery to an
            # encrypted topic may fail (Amazon EventBridge User Guide, "Using resource-based policies",
            # 2026-11).
            input_transformer={
                "input_paths": notice.apply(lambda known: known.paths),
                "input_template": notice.apply(lambda known: known.text),
            },
            region=region,
            opts=self._child(),
        )

    def _dashboard(self) -> pulumi.Output[str]:
        args = self._args
        known_later = pulumi.Output.all(
            buckets=args.get("buckets", {}),
            lustre=args.get("lustre_ids", {}),
            efs=args.get("efs_ids", {}),
            vaults=args.get("backup_vaults", []),
        )

        def build(known: dict[str, Any]) -> str:
            arriving = [rule for rule in args.get("replications", []) if _arrives(rule, args)]
            return dashboard(
                Watched(
                    environment=args["environment"],
                    region=args["region"],
                    pools=tuple(pool["name"] for pool in args["pools"]),
                    gpu_pools=tuple(pool["name"] for pool in args["pools"] if pool.get("nvidia")),
                    buckets=known["buckets"],
                    request_metrics=args.get("request_metrics", {}),
                    lustre=known["lustre"],
                    efs=known["efs"],
                    replications=tuple(map(_dimensions, arriving)),
                    vaults=tuple(known["vaults"]),
                    budget=args.get("budget", False),
                )
            )

        return known_later.apply(build)


def _plans(args: MonitoringArgs) -> Iterator[tuple[str, Alarm]]:
    """Every alarm, with the end of its name in the program."""
    environment = args["environment"]
    percent, minutes = args.get("idle_accelerator_percent", 5), args.get("idle_accelerator_minutes", 60)
    for pool in args["pools"]:
        if pool.get("nvidia"):
            idle = alarms.idle_accelerators(environment, pool["name"], percent, minutes)
            yield f"idle-{pool['name']}", idle
        stuck = alarms.stuck_queue(environment, pool["name"], args.get("stuck_queue_minutes", 60))
        yield f"stuck-{pool['name']}", stuck
    yield "watcher", alarms.silent_watcher(environment, watcher_function(environment, args["region"]))
    for rule in args.get("replications", []):
        found = _dimensions(rule)
        if _arrives(rule, args):
            lag = alarms.replication_lag(environment, found, args.get("replication_lag_minutes", 15))
            yield f"lag-{rule['source_bucket']}", lag
        else:
            yield f"uncopied-{rule['source_bucket']}", alarms.replication_failures(environment, found)


def _arrives(rule: ReplicationMetricsArgs, args: MonitoringArgs) -> bool:
    return rule["destination_region"] == args["region"]


def _dimensions(rule: ReplicationMetricsArgs) -> dict[str, str]:
    return replication_dimensions(rule["source_bucket"], rule["destination_bucket"], rule["rule_id"])


def _queries(alarm: Alarm) -> list[aws.cloudwatch.MetricAlarmMetricQueryArgsDict]:
    sources: list[aws.cloudwatch.MetricAlarmMetricQueryArgsDict] = [
        {
            "id": f"m{number}",
            "return_data": False,
            "metric": {
                "namespace": metric.namespace,
                "metric_name": metric.name,
                "dimensions": dict(metric.dimensions),
                "stat": metric.statistic,
                "period": alarm.period_seconds,
            },
        }
        for number, metric in enumerate(alarm.metrics)
    ]
    return [
        *sources,
        {"id": "value", "expression": alarm.expression, "label": alarm.name, "return_data": True},
    ]


def _check(name: str, args: MonitoringArgs) -> None:
    problems = [
        Problem(
            field=f"{name}.{field}",
            given=str(args[field]),
            message="no alarm can be set on this",
            allowed=f"a whole number from {least:,} to {most:,}",
            mend=f"write {min(max(args[field], least), most)}",
        )
        for field, (least, most) in LIMITS.items()
        if field in args and not least <= args[field] <= most
    ]
    filters = args.get("request_metrics", {})
    problems += [
        Problem(
            field=f"{name}.request_metrics.{purpose}",
            given=purpose,
            message="there is no bucket for this purpose among `buckets`",
            allowed=", ".join(sorted(args.get("buckets", {}))) or "none, without buckets",
            mend="name the bucket in `buckets`",
        )
        for purpose in sorted(filters.keys() - args.get("buckets", {}).keys())
    ]
    if problems:
        raise InputError(problems)
