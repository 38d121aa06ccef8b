"""What somebody may do to what watches an environment, and the inputs that a refresh sees changed by it."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any


def _other_schedule(it: Any) -> None:
    group, _, name = it.id.partition("/")
    found = it("scheduler", "GetSchedule", GroupName=group, Name=name)
    members = (
        "FlexibleTimeWindow",
        "KmsKeyArn",
        "ScheduleExpression",
        "ScheduleExpressionTimezone",
        "Target",
    )
    it(
        "scheduler",
        "UpdateSchedule",
        GroupName=group,
        Name=name,
        State="DISABLED",
        Description="opens",
        **{member: found[member] for member in members},
    )


def _other_alarm(it: Any, **changes: Any) -> None:
    found = it("cloudwatch", "DescribeAlarms", AlarmNames=[it.id])["MetricAlarms"][0]
    asked = (
        *("ActionsEnabled", "AlarmActions", "AlarmDescription", "AlarmName", "ComparisonOperator"),
        *("DatapointsToAlarm", "Dimensions", "EvaluationPeriods", "MetricName", "Namespace", "OKActions"),
        *("Period", "Statistic", "Threshold", "TreatMissingData"),
    )
    request = {name: found[name] for name in asked if name in found}
    it("cloudwatch", "PutMetricAlarm", **{**request, **changes})


def _other_target(it: Any) -> None:
    arn = it.inputs["arn"]
    it("events", "PutTargets", Rule=it.inputs["rule"], Targets=[{"Id": "alerts", "Arn": arn, "Input": "{}"}])


def _other_policy(it: Any) -> None:
    document = json.loads(it.inputs["policy"])
    document["Statement"][0]["Principal"] = {"AWS": "*"}
    it(
        "sns",
        "SetTopicAttributes",
        TopicArn=it.id,
        AttributeName="Policy",
        AttributeValue=json.dumps(document),
    )


def _other_code(it: Any) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        file.writestr("main.py", "raise SystemExit")
    it("lambda", "UpdateFunctionCode", FunctionName=it.id, ZipFile=made.getvalue())


MONITORING_DRIFTS: dict[str, tuple[str, Any, set[str]]] = {
    "a topic's display name": (
        "topic",
        lambda it: it(
            "sns", "SetTopicAttributes", TopicArn=it.id, AttributeName="DisplayName", AttributeValue="x"
        ),
        {"displayName"},
    ),
    "a topic's policy": ("topic_policy", _other_policy, {"policy"}),
    "an alarm's threshold": ("alarm", lambda it: _other_alarm(it, Threshold=50), {"threshold"}),
    "an alarm that tells nobody": ("alarm", lambda it: _other_alarm(it, AlarmActions=[]), {"alarmActions"}),
    "an alarm that is off": (
        "alarm",
        lambda it: it("cloudwatch", "DisableAlarmActions", AlarmNames=[it.id]),
        {"actionsEnabled"},
    ),
    "a dashboard's graphs": (
        "dashboard",
        lambda it: it("cloudwatch", "PutDashboard", DashboardName=it.id, DashboardBody='{"widgets": []}'),
        {"dashboardBody"},
    ),
    "a rule that is off": ("rule", lambda it: it("events", "DisableRule", Name=it.id), {"state"}),
    "what a target is told": (
        "target",
        _other_target,
        {"input", "inputTransformer"},
    ),
    "a function's time": (
        "function",
        lambda it: it("lambda", "UpdateFunctionConfiguration", FunctionName=it.id, Timeout=3),
        {"timeout"},
    ),
    "a function's settings": (
        "function",
        lambda it: it(
            "lambda",
            "UpdateFunctionConfiguration",
            FunctionName=it.id,
            Environment={"Variables": {"SETTINGS": "{}", "DEBUG": "1"}},
        ),
        {"environment.variables.DEBUG"},
    ),
    "a function's concurrency": (
        "function",
        lambda it: it("lambda", "DeleteFunctionConcurrency", FunctionName=it.id),
        {"reservedConcurrentExecutions"},
    ),
    # The cloud shows a hash of it, and the program says a text: only the next change of the text mends it.
    "a function's code": ("function", _other_code, set()),
    "a schedule that is off": ("schedule", _other_schedule, {"state"}),
}
