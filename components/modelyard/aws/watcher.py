"""A function that watches the job queues of an environment, and closes them when its budget is used up."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from modelyard.errors import InputError, Problem
from modelyard.planning.arns import Place
from modelyard.planning.metrics import WATCH_MINUTES
from modelyard.planning.names import (
    watcher_function,
    watcher_log_group,
    working_hours_group,
    working_hours_role,
)
from modelyard.planning.policies import operations
from modelyard.planning.policies.document import plain_trust
from modelyard.planning.working_hours import OPENS
from modelyard.wiring.arguments import check_args
from modelyard.wiring.tokens import AWS, token

SOURCE = Path(__file__).parent / "functions" / "watcher.py"

RUNTIME = "python3.13"
"""Supported by AWS Lambda until June 2029 (AWS Lambda Developer Guide, "Lambda runtimes", 2026-11)."""

TIMEOUT_SECONDS = 240
"""Less than the five minutes to the next look."""

MEMORY_MIB = 256


class WatchedPoolArgs(TypedDict):
    """One pool to watch."""

    name: str
    """Name of the pool: the dimension `pool` of its metrics."""
    queue_name: str
    """Name of its job queue."""
    compute_environment_arn: pulumi.Input[str]
    """ARN of its compute environment, the first of the queue's."""
    idle_shutdown_minutes: NotRequired[int]
    """Minutes without a job after which the nodes that it keeps up are let go. Unset: never."""
    kept_vcpus: NotRequired[pulumi.Input[int]]
    """vCPUs that it keeps up without a job, when it is opened again by hand. Unset: 0."""


class WatcherArgs(TypedDict):
    """Arguments of Watcher."""

    environment: str
    """Name of the environment; part of every name, and the dimension `environment` of its metrics."""
    account_id: str
    """Account that all of it belongs to."""
    region: str
    """Region whose queues are watched."""
    key_arn: pulumi.Input[str]
    """Key of the function's settings, its schedule and the closing topic: the key of the alerts topic."""
    logs_key_arn: pulumi.Input[str]
    """Key of its log."""
    alerts_topic_arn: pulumi.Input[str]
    """Topic by which it says what it did (see Monitoring)."""
    pools: list[WatchedPoolArgs]
    """The pools of the region."""
    budget_name: NotRequired[str]
    """Name of the budget whose figures it publishes (see Budget). Unset: none."""
    working_hours: NotRequired[bool]
    """Whether WorkingHours opens these queues: closing them by the budget switches that off. Unset: no."""
    log_retention_days: NotRequired[pulumi.Input[int]]
    """Days that its log is kept. Unset: 365."""
    permissions_boundary: NotRequired[pulumi.Input[str]]
    """ARN of the policy that bounds its roles. Unset: none."""
    tags: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Tags of everything that takes some."""


class Watcher(pulumi.ComponentResource):
    """A small function in AWS Lambda, started each five minutes and by a topic of its own.

    Each five minutes it publishes what AWS Batch doesn't: jobs by state, how long the first one waits, vCPUs
    kept up; and lets idle nodes go. A message on the closing topic, from AWS Budgets or from whoever may
    publish there, closes every queue: what runs goes on, what waits does not start. It says on the alerts
    topic what it did, with the command that opens everything again. Pools that it closes and lets go are
    `externally_scaled` (see GpuCluster), or the next `up` may put them back.

    It runs outside of the environment's network: it calls services of AWS and touches no data, and in the
    network it would need interface endpoints that nothing else needs, and stop with the network that it
    watches.
    """

    closing_topic_arn: pulumi.Output[str]
    """ARN of the topic that closes the queues (see Budget, `closing_topic_arns`)."""

    function_name: pulumi.Output[str]
    """Name of the function."""

    def __init__(self, name: str, args: WatcherArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        check_args(name, args, WatcherArgs)
        _check(name, args)
        super().__init__(token(AWS, "Watcher"), name, {}, opts)
        self._name, self._args, self._tags = name, args, args.get("tags", {})
        self._place = Place(args["account_id"], args["region"])
        self._function_name = watcher_function(args["environment"], args["region"])
        topic = self._topic()
        function = self._function(topic)
        self._schedule(function)
        self._subscribe(topic, function)
        self.closing_topic_arn = topic.arn
        self.function_name = function.name
        self.register_outputs({"closingTopicArn": self.closing_topic_arn, "functionName": self.function_name})

    def _child(self, *depends_on: pulumi.Resource) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self, depends_on=depends_on or None)

    def _topic(self) -> aws.sns.Topic:
        args = self._args
        topic_name = f"{args['environment']}-close-queues"
        topic = aws.sns.Topic(
            f"{self._name}-closing",
            name=topic_name,
            display_name=f"{args['environment']} closes its queues",
            kms_master_key_id=args["key_arn"],
            region=args["region"],
            tags=self._tags,
            opts=self._child(),
        )
        aws.sns.TopicPolicy(
            f"{self._name}-closing",
            arn=topic.arn,
            policy=operations.closing_policy(self._place, self._place.arn("sns", topic_name)),
            region=args["region"],
            opts=self._child(),
        )
        return topic

    def _function(self, topic: aws.sns.Topic) -> aws.lambda_.Function:
        args = self._args
        logs = aws.cloudwatch.LogGroup(
            self._name,
            name=watcher_log_group(args["environment"]),
            retention_in_days=args.get("log_retention_days", 365),
            kms_key_id=args["logs_key_arn"],
            region=args["region"],
            tags=self._tags,
            opts=self._child(),
        )
        role, policies = self._role()
        return aws.lambda_.Function(
            self._name,
            name=self._function_name,
            description=f"Watches the job queues of {args['environment']}",
            runtime=RUNTIME,
            architectures=["arm64"],
            handler="watcher.handler",
            # As text: a path would be this machine's, and another's would be a change.
            code=pulumi.AssetArchive({"watcher.py": pulumi.StringAsset(SOURCE.read_text(encoding="utf-8"))}),
            role=role.arn,
            memory_size=MEMORY_MIB,
            timeout=TIMEOUT_SECONDS,
            # One at a time: a second look would see what the first is about to change.
            reserved_concurrent_executions=1,
            environment={"variables": {"SETTINGS": self._settings(topic.arn)}},
            kms_key_arn=args["key_arn"],
            logging_config={"log_format": "JSON", "log_group": logs.name},
            region=args["region"],
            tags=self._tags,
            opts=self._child(*policies),
        )

    def _settings(self, closing_topic_arn: pulumi.Input[str]) -> pulumi.Output[str]:
        args = self._args
        settings: dict[str, pulumi.Input[object]] = {
            "environment": args["environment"],
            "accountId": args["account_id"],
            "region": args["region"],
            "functionName": self._function_name,
            "alertsTopicArn": args["alerts_topic_arn"],
            "closingTopicArn": closing_topic_arn,
            "pools": [
                {
                    "name": pool["name"],
                    "queueName": pool["queue_name"],
                    "idleShutdownMinutes": pool.get("idle_shutdown_minutes"),
                    "keptVcpus": pool.get("kept_vcpus", 0),
                }
                for pool in args["pools"]
            ],
        }
        if "budget_name" in args:
            settings["budgetName"] = args["budget_name"]
        if args.get("working_hours"):
            settings["openingsGroup"] = working_hours_group(args["environment"], args["region"])
            settings["openingsPrefix"] = f"{OPENS}-"
        return pulumi.Output.all(**settings).apply(lambda known: json.dumps(known, sort_keys=True))

    def _role(self) -> tuple[aws.iam.Role, list[aws.iam.RolePolicy]]:
        args, place = self._args, self._place
        role = aws.iam.Role(
            self._name,
            name=self._function_name,
            description=f"Watches the job queues of {args['environment']}",
            assume_role_policy=plain_trust("lambda.amazonaws.com"),
            permissions_boundary=self._args.get("permissions_boundary"),
            tags=self._tags,
            opts=self._child(),
        )
        queues = [pool["queue_name"] for pool in args["pools"]]
        budgets = [args["budget_name"]] if "budget_name" in args else []
        alerts = pulumi.Output.from_input(args["alerts_topic_arn"])
        environments = pulumi.Output.all(*(pool["compute_environment_arn"] for pool in args["pools"]))
        policies = [
            self._policy(
                "",
                role,
                alerts.apply(
                    lambda topic: operations.watcher_policy(
                        place, queues, watcher_log_group(args["environment"]), topic, budgets
                    )
                ),
            ),
            self._policy("-nodes", role, environments.apply(operations.let_go_policy)),
            self._policy(
                "-keys",
                role,
                pulumi.Output.from_input(args["key_arn"]).apply(
                    lambda key: operations.watcher_keys_policy(place, key)
                ),
            ),
        ]
        if args.get("working_hours"):
            policy = operations.keep_closed_policy(
                place,
                working_hours_group(args["environment"], args["region"]),
                working_hours_role(args["environment"], args["region"]),
                OPENS,
            )
            policies.append(self._policy("-openings", role, policy))
        return role, policies

    def _policy(self, end: str, role: aws.iam.Role, policy: pulumi.Input[str]) -> aws.iam.RolePolicy:
        name = f"{self._name}{end}"
        return aws.iam.RolePolicy(name, name=name, role=role.name, policy=policy, opts=self._child())

    def _schedule(self, function: aws.lambda_.Function) -> None:
        args, place = self._args, self._place
        group = aws.scheduler.ScheduleGroup(
            self._name, name=self._function_name, region=args["region"], tags=self._tags, opts=self._child()
        )
        role = aws.iam.Role(
            f"{self._name}-schedule",
            name=f"{self._function_name}-schedule",
            description=f"Starts the watcher of {args['environment']}",
            assume_role_policy=operations.schedule_trust(place, self._function_name),
            permissions_boundary=self._args.get("permissions_boundary"),
            tags=self._tags,
            opts=self._child(),
        )
        function_arn = place.arn("lambda", f"function:{self._function_name}")
        policies = [
            self._policy("-schedule", role, operations.invoke_policy(function_arn)),
            self._policy(
                "-schedule-keys",
                role,
                pulumi.Output.from_input(args["key_arn"]).apply(
                    lambda key: operations.schedule_key_policy(place, key)
                ),
            ),
        ]
        aws.scheduler.Schedule(
            self._name,
            name="watch",
            group_name=group.name,
            description=f"Starts the watcher of {args['environment']}",
            # Each in the first minute of a period of CloudWatch, so that no period is without a figure.
            schedule_expression=f"cron(0/{WATCH_MINUTES} * * * ? *)",
            flexible_time_window={"mode": "OFF"},
            kms_key_arn=args["key_arn"],
            target={
                "arn": function.arn,
                "role_arn": role.arn,
                "input": json.dumps({"do": "watch"}),
                # The next look comes soon enough.
                "retry_policy": {"maximum_retry_attempts": 0, "maximum_event_age_in_seconds": 60},
            },
            region=args["region"],
            opts=self._child(*policies),
        )

    def _subscribe(self, topic: aws.sns.Topic, function: aws.lambda_.Function) -> None:
        region = self._args["region"]
        allowed = aws.lambda_.Permission(
            f"{self._name}-closing",
            statement_id="closing-topic",
            action="lambda:InvokeFunction",
            function=function.name,
            principal="sns.amazonaws.com",
            source_arn=topic.arn,
            source_account=self._args["account_id"],
            region=region,
            opts=self._child(),
        )
        aws.sns.TopicSubscription(
            f"{self._name}-closing",
            topic=topic.arn,
            protocol="lambda",
            endpoint=function.arn,
            region=region,
            opts=self._child(allowed),
        )


def _check(name: str, args: WatcherArgs) -> None:
    problems = [
        Problem(
            field=f"{name}.pools[{place}].idle_shutdown_minutes",
            given=str(minutes),
            message=f"looking each {WATCH_MINUTES} minutes, it takes two looks to call a pool idle",
            allowed=f"{2 * WATCH_MINUTES} or more",
            mend=f"write {2 * WATCH_MINUTES}, or leave it out",
        )
        for place, pool in enumerate(args["pools"])
        if (minutes := pool.get("idle_shutdown_minutes")) is not None and minutes < 2 * WATCH_MINUTES
    ]
    if not args["pools"]:
        problems.append(
            Problem(
                field=f"{name}.pools",
                given="none",
                message="there is nothing to watch",
                allowed="one pool or more",
                mend="name the pools, or leave the watcher out",
            )
        )
    if problems:
        raise InputError(problems)
