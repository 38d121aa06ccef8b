"""Cases of what watches an environment, for the tests that go through every type."""

from __future__ import annotations

import json
from typing import Any

TAGS = {"tags": {"Owner": "a"}, "tagsAll": {"Owner": "a", "Default": "x"}}
NEW_TAGS = {"tags": {"Owner": "b"}, "tagsAll": {"Owner": "b"}}


def trusted(service: str) -> str:
    """The trust policy of a role that a service takes on."""
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def told_by(service: str, topic: str) -> str:
    """The policy of a topic that a service publishes to."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sns:Publish",
        "Resource": f"arn:aws:sns:eu-central-1:{{account}}:{topic}",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def body(title: str) -> str:
    """A dashboard of one graph."""
    graph = {"title": title, "region": "eu-central-1", "metrics": [["modelyard", "RunnableJobs"]]}
    return json.dumps({"widgets": [{"type": "metric", "properties": graph}]})


def code(text: str) -> dict[str, Any]:
    """An archive of one file, as the in-process engine has it."""
    return {"archive": {"assets": {"main.py": {"asset": {"text": text}}}}}


MONITORING_CASES: dict[str, dict[str, Any]] = {
    "topic": {
        "type": "aws:sns/topic:Topic",
        "inputs": {"name": "alerts", "displayName": "alerts", "kmsMasterKeyId": "{key.arn}", **TAGS},
        "update": {"displayName": "all alerts", "kmsMasterKeyId": "{other_key.arn}", **NEW_TAGS},
        "needs": ("key", "other_key"),
        "outputs": ("arn", "name", "owner"),
    },
    "topic_policy": {
        "type": "aws:sns/topicPolicy:TopicPolicy",
        "inputs": {"arn": "{topic.arn}", "policy": told_by("cloudwatch.amazonaws.com", "alerts")},
        "update": {"policy": told_by("budgets.amazonaws.com", "alerts")},
        "needs": ("topic",),
        "outputs": ("owner",),
    },
    "topic_subscription": {
        "type": "aws:sns/topicSubscription:TopicSubscription",
        "inputs": {"topic": "{topic.arn}", "protocol": "email", "endpoint": "team@example.com"},
        "needs": ("topic",),
        "outputs": ("arn", "ownerId"),
    },
    "alarm": {
        "type": "aws:cloudwatch/metricAlarm:MetricAlarm",
        "inputs": {
            "name": "idle",
            "alarmDescription": "look for jobs that hang",
            "namespace": "modelyard",
            "metricName": "nvidia_smi_utilization_gpu",
            "dimensions": {"environment": "dev", "pool": "gpu"},
            "statistic": "Average",
            "period": 300,
            "evaluationPeriods": 12,
            "datapointsToAlarm": 12,
            "comparisonOperator": "LessThanThreshold",
            "threshold": 5,
            "treatMissingData": "notBreaching",
            "alarmActions": ["{topic.arn}"],
            "okActions": ["{topic.arn}"],
            **TAGS,
        },
        "update": {"threshold": 10, "evaluationPeriods": 6, "datapointsToAlarm": 6, **NEW_TAGS},
        "needs": ("topic",),
    },
    "expression_alarm": {
        "type": "aws:cloudwatch/metricAlarm:MetricAlarm",
        "inputs": {
            "name": "silent",
            "evaluationPeriods": 3,
            "comparisonOperator": "LessThanThreshold",
            "threshold": 1,
            "treatMissingData": "breaching",
            "metricQueries": [
                {
                    "id": "m0",
                    "metric": {
                        "namespace": "AWS/Lambda",
                        "metricName": "Invocations",
                        "dimensions": {"FunctionName": "watcher"},
                        "period": 300,
                        "stat": "Sum",
                    },
                },
                {"id": "value", "expression": "m0 - 1", "label": "silent", "returnData": True},
            ],
        },
        "update": {"threshold": 2},
    },
    "dashboard": {
        "type": "aws:cloudwatch/dashboard:Dashboard",
        "inputs": {"dashboardName": "dev", "dashboardBody": body("jobs")},
        "update": {"dashboardBody": body("all jobs")},
        "outputs": ("dashboardArn",),
    },
    "rule": {
        "type": "aws:cloudwatch/eventRule:EventRule",
        "inputs": {
            "name": "blocked",
            "description": "a job blocks its queue",
            "eventPattern": json.dumps({"source": ["aws.batch"], "detail-type": ["Batch Job Queue Blocked"]}),
            **TAGS,
        },
        "update": {"eventPattern": json.dumps({"source": ["aws.batch"]}), "state": "DISABLED", **NEW_TAGS},
        "outputs": ("arn", "name", "eventBusName"),
    },
    "target": {
        "type": "aws:cloudwatch/eventTarget:EventTarget",
        "inputs": {
            "rule": "{rule}",
            "targetId": "alerts",
            "arn": "{topic.arn}",
            "inputTransformer": {
                "inputPaths": {"job": "$.detail.jobId"},
                "inputTemplate": '"Job <job> blocks its queue"',
            },
        },
        "update": {"inputTransformer": {"inputTemplate": '"A job blocks its queue"'}},
        "needs": ("rule", "topic"),
        "outputs": (),
    },
    "function_role": {
        "type": "aws:iam/role:Role",
        "inputs": {"name": "watcher", "assumeRolePolicy": trusted("lambda.amazonaws.com")},
    },
    "function": {
        "type": "aws:lambda/function:Function",
        "inputs": {
            "name": "watcher",
            "description": "watches",
            "runtime": "python3.13",
            "architectures": ["arm64"],
            "handler": "main.handler",
            "code": code("def handler(event, context): ..."),
            "role": "{function_role.arn}",
            "memorySize": 256,
            "timeout": 240,
            "reservedConcurrentExecutions": 1,
            "environment": {"variables": {"SETTINGS": "{}"}},
            "kmsKeyArn": "{key.arn}",
            "loggingConfig": {"logFormat": "JSON", "logGroup": "/modelyard/dev/watcher"},
            **TAGS,
        },
        "update": {
            "code": code("def handler(event, context): return 1"),
            "kmsKeyArn": "{other_key.arn}",
            "memorySize": 512,
            "environment": None,
            "reservedConcurrentExecutions": None,
            "loggingConfig": {"logFormat": "Text", "logGroup": "/modelyard/dev/other"},
            **NEW_TAGS,
        },
        "needs": ("function_role", "key", "other_key"),
        "outputs": ("arn", "codeSha256", "invokeArn", "sourceCodeSize"),
    },
    "permission": {
        "type": "aws:lambda/permission:Permission",
        "inputs": {
            "statementId": "topic",
            "action": "lambda:InvokeFunction",
            "function": "{function}",
            "principal": "sns.amazonaws.com",
            "sourceArn": "{topic.arn}",
            "sourceAccount": "{account}",
        },
        "needs": ("function", "topic"),
        "outputs": (),
    },
    "schedule_group": {
        "type": "aws:scheduler/scheduleGroup:ScheduleGroup",
        "inputs": {"name": "hours", **TAGS},
        "update": NEW_TAGS,
        "outputs": ("arn", "name", "state"),
    },
    "schedule_role": {
        "type": "aws:iam/role:Role",
        "inputs": {"name": "hours", "assumeRolePolicy": trusted("scheduler.amazonaws.com")},
    },
    "schedule": {
        "type": "aws:scheduler/schedule:Schedule",
        "inputs": {
            "name": "opens-queue-gpu",
            "groupName": "{schedule_group}",
            "description": "opens",
            "scheduleExpression": "cron(0 8 ? * MON,TUE *)",
            "scheduleExpressionTimezone": "Europe/Berlin",
            "flexibleTimeWindow": {"mode": "OFF"},
            "kmsKeyArn": "{key.arn}",
            "target": {
                "arn": "arn:aws:scheduler:::aws-sdk:batch:updateJobQueue",
                "roleArn": "{schedule_role.arn}",
                "input": json.dumps({"JobQueue": "gpu", "State": "ENABLED"}),
                "retryPolicy": {"maximumRetryAttempts": 5, "maximumEventAgeInSeconds": 3600},
            },
        },
        "update": {"scheduleExpression": "cron(30 7 ? * MON *)", "state": "DISABLED"},
        "needs": ("schedule_group", "schedule_role", "key"),
        "outputs": ("arn", "groupName", "name"),
    },
}
