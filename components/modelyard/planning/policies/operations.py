"""What the services and roles that watch an environment may do, and no more."""

from __future__ import annotations

from collections.abc import Sequence

from modelyard.planning.arns import Place
from modelyard.planning.metrics import NAMESPACE
from modelyard.planning.policies.document import document, statement, trust

PUBLISHERS = {
    "CloudWatchAlarms": "cloudwatch.amazonaws.com",
    "EventBridgeRules": "events.amazonaws.com",
    "Budgets": "budgets.amazonaws.com",
    "BackupVaults": "backup.amazonaws.com",
}
"""The services that tell of something by the topic of alarms."""


def alerts_policy(place: Place, topic_arn: str) -> str:
    """Policy of the topic of alarms: the services that publish to it, on behalf of this account only."""
    return _published_by(PUBLISHERS, place, topic_arn)


def closing_policy(place: Place, topic_arn: str) -> str:
    """Policy of the topic that closes queues: AWS Budgets publishes to it, for this account's budgets."""
    return _published_by({"Budgets": "budgets.amazonaws.com"}, place, topic_arn)


def watcher_policy(
    place: Place,
    queue_names: Sequence[str],
    log_group: str,
    alerts_topic_arn: str,
    budget_names: Sequence[str],
) -> str:
    """What the watcher does: look at queues and jobs, publish figures, close queues, and say so.

    Batch's other reading calls, and CloudWatch's, take no resource (Service Authorization Reference,
    2026-11).
    """
    queues = [place.arn("batch", f"job-queue/{name}") for name in queue_names]
    statements = [
        statement(
            "LookAtJobs", ["batch:DescribeComputeEnvironments", "batch:DescribeJobQueues", "batch:ListJobs"]
        ),
        statement("LookAtQueuesAndCloseThem", ["batch:GetJobQueueSnapshot", "batch:UpdateJobQueue"], queues),
        statement(
            "PublishFigures",
            ["cloudwatch:PutMetricData"],
            conditions={"StringEquals": {"cloudwatch:namespace": NAMESPACE}},
        ),
        statement("ReadFigures", ["cloudwatch:GetMetricStatistics"]),
        statement("SayWhatWasDone", ["sns:Publish"], [alerts_topic_arn]),
        statement(
            "WriteItsLog",
            ["logs:CreateLogStream", "logs:PutLogEvents"],
            [place.arn("logs", f"log-group:{log_group}:*")],
        ),
    ]
    if budget_names:
        budgets = [f"arn:aws:budgets::{place.account_id}:budget/{name}" for name in budget_names]
        statements.append(statement("ReadItsBudget", ["budgets:ViewBudget"], budgets))
    return document(statements)


def let_go_policy(environment_arns: Sequence[str]) -> str:
    """Letting the nodes of compute environments go, and starting none. Apart: these ARNs are known once the
    environments exist.
    """
    return document([statement("LetNodesGo", ["batch:UpdateComputeEnvironment"], sorted(environment_arns))])


def watcher_keys_policy(place: Place, key_arn: str) -> str:
    """Use of the key that its settings and the topics are encrypted with, through these services alone."""
    services = [f"{service}.{place.region}.amazonaws.com" for service in ("lambda", "sns", "scheduler")]
    return document(
        [
            statement(
                "ReadSettingsAndPublish",
                ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"],
                [key_arn],
                conditions={"StringEquals": {"kms:ViaService": services}},
            )
        ]
    )


def keep_closed_policy(place: Place, group: str, role: str, prefix: str) -> str:
    """What keeps a closed environment closed: switching off the schedules that open it.

    A schedule is changed as a whole, so whoever changes one hands its role on.
    """
    return document(
        [
            statement("FindSchedules", ["scheduler:ListSchedules"], [place.arn("scheduler", "schedule/*/*")]),
            statement(
                "SwitchOpeningsOff",
                ["scheduler:GetSchedule", "scheduler:UpdateSchedule"],
                [place.arn("scheduler", f"schedule/{group}/{prefix}-*")],
            ),
            statement(
                "HandTheirRoleOn",
                ["iam:PassRole"],
                [place.iam(f"role/{role}")],
                conditions={"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}},
            ),
        ]
    )


def invoke_policy(function_arn: str) -> str:
    """Starting one function."""
    return document([statement("StartTheWatcher", ["lambda:InvokeFunction"], [function_arn])])


def working_hours_policy(queue_arns: Sequence[str], environment_arns: Sequence[str]) -> str:
    """Opening and closing queues, and the compute environments behind them."""
    return document(
        [
            statement("OpenAndCloseQueues", ["batch:UpdateJobQueue"], sorted(queue_arns)),
            statement("LetNodesComeAndGo", ["batch:UpdateComputeEnvironment"], sorted(environment_arns)),
        ]
    )


def schedule_key_policy(place: Place, key_arn: str) -> str:
    """Reading a schedule that is encrypted with a customer's key (EventBridge Scheduler User Guide,
    "Encryption at rest", 2026-11).
    """
    return document(
        [
            statement(
                "ReadTheSchedule",
                ["kms:Decrypt"],
                [key_arn],
                conditions={"StringEquals": {"kms:ViaService": f"scheduler.{place.region}.amazonaws.com"}},
            )
        ]
    )


def schedule_trust(place: Place, group: str) -> str:
    """Trust policy of a role that EventBridge Scheduler takes on for the schedules of one group (EventBridge
    Scheduler User Guide, "Confused deputy prevention", 2026-11).
    """
    source = {
        "aws:SourceAccount": place.account_id,
        "aws:SourceArn": place.arn("scheduler", f"schedule-group/{group}"),
    }
    return trust("scheduler.amazonaws.com", {"StringEquals": source})


def _published_by(services: dict[str, str], place: Place, topic_arn: str) -> str:
    return document(
        [
            statement(
                f"{sid}Publish",
                ["sns:Publish"],
                [topic_arn],
                principal={"Service": service},
                conditions={"StringEquals": {"aws:SourceAccount": place.account_id}},
            )
            for sid, service in services.items()
        ]
    )
