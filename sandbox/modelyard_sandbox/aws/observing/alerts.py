"""Topics, alarms, dashboards, rules, functions and schedules, read back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelyard_sandbox.aws.events import EventTarget
from modelyard_sandbox.aws.lambdas import RENAMES, Permission
from modelyard_sandbox.aws.observing.base import Observer, Sight
from modelyard_sandbox.aws.scheduler import place_of
from modelyard_sandbox.handler import Inputs
from modelyard_sandbox.meaning import COMPUTED, Meaning


def topic(sight: Sight) -> Inputs:
    """A topic; its policy is another resource's."""
    found = sight.call("sns", "GetTopicAttributes", TopicArn=sight.id)["Attributes"]
    inputs = sight.inputs({**found, "Name": sight.outputs["name"]})
    return inputs | sight.tags("sns", "ListTagsForResource", "Tags", ResourceArn=sight.id)


def topic_policy(sight: Sight) -> Inputs:
    """The policy of a topic."""
    found = sight.call("sns", "GetTopicAttributes", TopicArn=sight.id)["Attributes"]
    return {"arn": sight.id, "policy": found["Policy"]}


def topic_subscription(sight: Sight) -> Inputs:
    """One who is told."""
    found = sight.call("sns", "GetSubscriptionAttributes", SubscriptionArn=sight.id)["Attributes"]
    return sight.inputs(found, {"topic": "TopicArn"})


def metric_alarm(sight: Sight) -> Inputs:
    """An alarm."""
    found = sight.first("cloudwatch", "DescribeAlarms", "MetricAlarms", AlarmNames=[sight.id])
    plain = {key: value for key, value in found.items() if key not in ("Dimensions", "Metrics")}
    inputs = sight.inputs(plain, {"name": "AlarmName"})
    inputs |= _dimensions(found)
    if found.get("Metrics"):
        inputs["metricQueries"] = [_query(item) for item in found["Metrics"]]
    arn = sight.outputs["arn"]
    return inputs | sight.tags("cloudwatch", "ListTagsForResource", "Tags", ResourceARN=arn)


def dashboard(sight: Sight) -> Inputs:
    """A dashboard."""
    return sight.inputs(sight.call("cloudwatch", "GetDashboard", DashboardName=sight.id))


def event_rule(sight: Sight) -> Inputs:
    """A rule."""
    found = sight.call("events", "DescribeRule", Name=sight.id)
    return sight.inputs(found) | sight.tags("events", "ListTagsForResource", "Tags", ResourceARN=found["Arn"])


def event_target(sight: Sight) -> Inputs:
    """A target of a rule."""
    given = sight.given
    found = EventTarget().one(sight.cloud, given) or {}
    transformer = found.get("InputTransformer")
    inputs = sight.inputs({key: value for key, value in found.items() if key != "InputTransformer"})
    if transformer:
        inputs["inputTransformer"] = {
            "inputPaths": transformer.get("InputPathsMap") or {},
            "inputTemplate": transformer["InputTemplate"],
        }
    return inputs | {"rule": given["rule"], "targetId": given["targetId"]}


def function(sight: Sight) -> Inputs:
    """A function, but for its code: what the cloud shows of that is a hash."""
    found = sight.call("lambda", "GetFunction", FunctionName=sight.id)
    reserved = found.get("Concurrency", {}).get("ReservedConcurrentExecutions")
    inputs = sight.inputs(
        {**found["Configuration"], "ReservedConcurrentExecutions": reserved},
        {**RENAMES, "name": "FunctionName"},
    )
    variables = found["Configuration"].get("Environment", {}).get("Variables")
    if variables:
        inputs["environment"] = {"variables": variables}
    tags = sight.call("lambda", "ListTags", Resource=sight.outputs["arn"])["Tags"]
    return inputs | {"tags": tags}


def permission(sight: Sight) -> Inputs:
    """A statement of a function's policy."""
    found = Permission().one(sight.cloud, sight.id, sight.given) or {}
    conditions = found.get("Condition", {})
    principal = found["Principal"]
    named = next(iter(principal.values())) if isinstance(principal, dict) else principal
    inputs = {
        "action": found["Action"],
        "function": sight.given["function"],
        "principal": named,
        "statementId": sight.id,
        "sourceAccount": conditions.get("StringEquals", {}).get("AWS:SourceAccount"),
        "sourceArn": conditions.get("ArnLike", {}).get("AWS:SourceArn"),
    }
    return {name: value for name, value in inputs.items() if value is not None}


def schedule_group(sight: Sight) -> Inputs:
    """A group of schedules."""
    arn = sight.outputs["arn"]
    return {"name": sight.id} | sight.tags("scheduler", "ListTagsForResource", "Tags", ResourceArn=arn)


def schedule(sight: Sight) -> Inputs:
    """A schedule."""
    return sight.inputs(sight.call("scheduler", "GetSchedule", **place_of(sight.id)))


def _dimensions(found: Mapping[str, Any]) -> dict[str, Any]:
    dimensions = {item["Name"]: item["Value"] for item in found.get("Dimensions") or []}
    return {"dimensions": dimensions} if dimensions else {}


def _query(item: Mapping[str, Any]) -> dict[str, Any]:
    names = {
        "Id": "id",
        "Expression": "expression",
        "Label": "label",
        "Period": "period",
        "ReturnData": "returnData",
    }
    query = {names[key]: value for key, value in item.items() if key in names and value is not None}
    stat = item.get("MetricStat")
    if stat:
        metric = {"namespace": stat["Metric"].get("Namespace"), "metricName": stat["Metric"]["MetricName"]}
        metric |= {**_dimensions(stat["Metric"]), "period": stat["Period"], "stat": stat["Stat"]}
        metric |= {"unit": stat["Unit"]} if stat.get("Unit") else {}
        query["metric"] = {name: value for name, value in metric.items() if value is not None}
    return query


OBSERVERS: Mapping[str, Observer] = {
    "aws:cloudwatch/dashboard:Dashboard": dashboard,
    "aws:cloudwatch/eventRule:EventRule": event_rule,
    "aws:cloudwatch/eventTarget:EventTarget": event_target,
    "aws:cloudwatch/metricAlarm:MetricAlarm": metric_alarm,
    "aws:lambda/function:Function": function,
    "aws:lambda/permission:Permission": permission,
    "aws:scheduler/schedule:Schedule": schedule,
    "aws:scheduler/scheduleGroup:ScheduleGroup": schedule_group,
    "aws:sns/topic:Topic": topic,
    "aws:sns/topicPolicy:TopicPolicy": topic_policy,
    "aws:sns/topicSubscription:TopicSubscription": topic_subscription,
}

MEANINGS: Mapping[str, Meaning] = {
    "aws:cloudwatch/eventRule:EventRule": Meaning(
        {"name": COMPUTED, "state": "ENABLED"}, unseen=frozenset({"namePrefix"})
    ),
    "aws:cloudwatch/eventTarget:EventTarget": Meaning({"targetId": COMPUTED}),
    "aws:cloudwatch/metricAlarm:MetricAlarm": Meaning(
        {
            "actionsEnabled": True,
            "datapointsToAlarm": COMPUTED,
            "metricQueries[].returnData": False,
            "treatMissingData": "missing",
        },
        frozenset({"metricQueries"}),
    ),
    "aws:lambda/function:Function": Meaning(
        {
            "architectures": ["x86_64"],
            "loggingConfig": COMPUTED,
            "loggingConfig.applicationLogLevel": COMPUTED,
            "loggingConfig.logGroup": COMPUTED,
            "loggingConfig.systemLogLevel": COMPUTED,
            "memorySize": 128,
            "name": COMPUTED,
            "reservedConcurrentExecutions": -1,
            "timeout": 3,
            "tracingConfig": COMPUTED,
        },
        unseen=frozenset({"code"}),
    ),
    "aws:lambda/permission:Permission": Meaning(
        {"statementId": COMPUTED}, unseen=frozenset({"eventSourceToken"})
    ),
    "aws:scheduler/schedule:Schedule": Meaning(
        {
            "actionAfterCompletion": "NONE",
            "groupName": "default",
            "name": COMPUTED,
            "scheduleExpressionTimezone": "UTC",
            "state": "ENABLED",
            "target.retryPolicy": COMPUTED,
            "target.retryPolicy.maximumEventAgeInSeconds": 86_400,
            "target.retryPolicy.maximumRetryAttempts": 185,
        },
        unseen=frozenset({"namePrefix"}),
    ),
    "aws:scheduler/scheduleGroup:ScheduleGroup": Meaning(
        {"name": COMPUTED}, unseen=frozenset({"namePrefix"})
    ),
    "aws:sns/topic:Topic": Meaning({"name": COMPUTED}, unseen=frozenset({"namePrefix"})),
}
"""What pulumi-aws computes or fills in where a program is silent (its registry pages, 2026-11)."""
