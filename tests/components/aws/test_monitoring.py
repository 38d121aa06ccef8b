"""Monitoring, Watcher, Budget and WorkingHours, each by itself."""

import json
from typing import Any

import pulumi
import pytest
from previewing import PLACE, TAGS, every, one, preview

from modelyard.aws.budget import Budget
from modelyard.aws.monitoring import Monitoring
from modelyard.aws.watcher import SOURCE, Watcher
from modelyard.aws.working_hours import WorkingHours
from modelyard.errors import InputError, Problem
from modelyard_policies.graph import UNKNOWN

KEY = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"
TOPIC = "arn:aws:sns:eu-central-1:123456789012:dev-alerts"
QUEUE = "arn:aws:batch:eu-central-1:123456789012:job-queue/dev-gpu"
ENVIRONMENT = "arn:aws:batch:eu-central-1:123456789012:compute-environment/dev-gpu-1"
VARIABLES_BYTES_MAX = 4_096
"""AWS Lambda Developer Guide, "Lambda quotas", 2026-11."""
SHARED = {**PLACE, "environment": "dev", "key_arn": KEY, "tags": TAGS}
MONITORING: dict[str, Any] = {
    **SHARED,
    "pools": [
        {"name": "gpu", "queue_arn": QUEUE, "nvidia": True},
        {"name": "cpu", "queue_arn": QUEUE.replace("gpu", "cpu")},
    ],
    "emails": ["a@example.com", "b@example.com"],
}
WATCHER: dict[str, Any] = {
    **SHARED,
    "logs_key_arn": KEY,
    "alerts_topic_arn": TOPIC,
    "pools": [{"name": "gpu", "queue_name": "dev-gpu", "compute_environment_arn": ENVIRONMENT}],
}
BUDGET: dict[str, Any] = {
    "environment": "dev",
    "monthly_usd": 2_000,
    "alert_percents": [80, 100],
    "alert_emails": ["a@example.com"],
    "tags": TAGS,
}
HOURS: dict[str, Any] = {
    **SHARED,
    "pools": [{"name": "gpu", "queue_arn": QUEUE, "compute_environment_arn": ENVIRONMENT, "kept_vcpus": 384}],
    "opens": "08:00",
    "closes": "18:00",
    "days": ["mon", "fri"],
    "time_zone": "Europe/Berlin",
}


def made(kind: Any, args: dict[str, Any], **changes: Any) -> Any:
    """The graph of a component called `m`."""
    return preview(lambda: kind("m", {**args, **changes}) and None)


def refused(kind: Any, args: dict[str, Any], **changes: Any) -> Problem:
    """The one problem that a component has with its arguments."""
    with pytest.raises(InputError) as caught:
        made(kind, args, **changes)
    (problem,) = caught.value.problems
    return problem


def test_the_topic_is_encrypted_and_tells_each_address_once():
    graph = made(Monitoring, MONITORING)
    topic = one(graph, "sns/topic:Topic").properties
    assert (topic["name"], topic["kmsMasterKeyId"], topic["tags"]) == ("dev-alerts", KEY, TAGS)
    told = every(graph, "sns/topicSubscription:TopicSubscription")
    assert [(item.properties["protocol"], item.properties["endpoint"]) for item in told] == [
        ("email", "a@example.com"),
        ("email", "b@example.com"),
    ]
    policy = json.loads(one(graph, "sns/topicPolicy:TopicPolicy").properties["policy"])
    assert {tuple(item["Resource"]) for item in policy["Statement"]} == {(TOPIC,)}


def test_idle_alarms_are_for_pools_with_nvidia_gpus_and_every_queue_has_one():
    graph = made(Monitoring, MONITORING)
    alarms = {alarm.name: alarm.properties for alarm in every(graph, "cloudwatch/metricAlarm:MetricAlarm")}
    assert set(alarms) == {"m-idle-gpu", "m-stuck-gpu", "m-stuck-cpu", "m-watcher"}
    idle = alarms["m-idle-gpu"]
    assert idle["namespace"] == "modelyard"
    assert idle["dimensions"] == {"environment": "dev", "pool": "gpu"}
    assert (idle["threshold"], idle["period"] * idle["evaluationPeriods"]) == (5, 3_600)
    assert alarms["m-stuck-cpu"]["threshold"] == 3_600
    watcher = alarms["m-watcher"]
    assert watcher["treatMissingData"] == "breaching"
    assert [query.get("expression") for query in watcher["metricQueries"]] == [None, None, "m0 - m1"]
    assert "metricName" not in watcher
    for alarm in alarms.values():
        assert alarm["alarmActions"] == alarm["okActions"] == [UNKNOWN]
        assert alarm["tags"] == TAGS


RULE = {"source_bucket": "here", "destination_bucket": "there", "rule_id": "all"}


@pytest.mark.parametrize(
    ("destination", "name", "metric"),
    [
        ("eu-west-1", "m-uncopied-here", "OperationsFailedReplication"),
        ("eu-central-1", "m-lag-here", "ReplicationLatency"),
    ],
)
def test_lag_is_watched_where_copies_arrive_and_failures_where_they_come_from(destination, name, metric):
    rule = {**RULE, "destination_region": destination}
    graph = made(Monitoring, MONITORING, pools=[], replications=[rule], replication_lag_minutes=30)
    alarm = one(graph, "cloudwatch/metricAlarm:MetricAlarm", name).properties
    assert (alarm["namespace"], alarm["metricName"]) == ("AWS/S3", metric)
    assert alarm["dimensions"] == {
        "SourceBucket": "here",
        "DestinationBucket": "there",
        "RuleId": "all",
    }
    assert alarm["threshold"] == (1_800 if metric == "ReplicationLatency" else 0)


def test_rules_tell_of_blocked_queues_and_of_failed_backups_where_there_are_any():
    graph = made(Monitoring, MONITORING)
    blocked = one(graph, "cloudwatch/eventRule:EventRule")
    assert blocked.properties["name"] == "dev-blocked"
    pattern = json.loads(blocked.properties["eventPattern"])
    assert pattern["detail"]["jobQueue"] == [QUEUE.replace("gpu", "cpu"), QUEUE]
    target = one(graph, "cloudwatch/eventTarget:EventTarget").properties
    assert target["targetId"] == "alerts"
    assert "roleArn" not in target, "with one, delivery to an encrypted topic may fail"
    assert "<reason>" in target["inputTransformer"]["inputTemplate"]
    graph = made(Monitoring, MONITORING, backup_role_arns=["arn:aws:iam::123456789012:role/backup"])
    rules = {rule.name: rule.properties for rule in every(graph, "cloudwatch/eventRule:EventRule")}
    assert set(rules) == {"m-blocked", "m-backups"}
    assert "role/backup" in rules["m-backups"]["eventPattern"]


def test_the_dashboard_shows_what_the_region_has():
    graph = made(
        Monitoring,
        MONITORING,
        buckets={"checkpoints": pulumi.Output.from_input("dev-checkpoints")},
        lustre_ids={"scratch": "fs-1"},
        efs_ids={"home": "fs-2"},
        backup_vaults=["dev-backup"],
        budget=True,
    )
    board = one(graph, "cloudwatch/dashboard:Dashboard").properties
    assert board["dashboardName"] == "dev-eu-central-1"
    for part in ("dev-checkpoints", "fs-1", "fs-2", "dev-backup", "SpentUsd", "nvidia_smi_power_draw"):
        assert part in board["dashboardBody"]


def test_everything_of_another_region_is_made_there():
    graph = made(Monitoring, MONITORING, region="eu-west-1", backup_role_arns=["arn:role"])
    nodes = [node for node in graph.resources if node.custom and node.type.startswith("aws:")]
    assert len(nodes) > 10
    assert {node.region for node in nodes} == {"eu-west-1"}
    graph = made(Watcher, WATCHER, region="eu-west-1", working_hours=True)
    global_ = ("aws:iam/role:Role", "aws:iam/rolePolicy:RolePolicy")
    regional = [node for node in graph.resources if node.custom and node.type not in global_]
    assert {node.region for node in regional if node.type.startswith("aws:")} == {"eu-west-1"}


@pytest.mark.parametrize(
    ("field", "given", "allowed", "mend"),
    [
        ("idle_accelerator_percent", 0, "a whole number from 1 to 100", "write 1"),
        ("idle_accelerator_minutes", 2_000, "a whole number from 5 to 1,440", "write 1440"),
        ("stuck_queue_minutes", 1, "a whole number from 5 to 10,080", "write 5"),
        ("replication_lag_minutes", 0, "a whole number from 5 to 1,440", "write 5"),
    ],
)
def test_what_no_alarm_can_be_set_on_is_refused(field, given, allowed, mend):
    problem = refused(Monitoring, MONITORING, **{field: given})
    assert (problem.field, problem.given) == (f"m.{field}", str(given))
    assert problem.message == "no alarm can be set on this"
    assert (problem.allowed, problem.mend) == (allowed, mend)


def test_request_metrics_of_a_bucket_that_is_not_named_are_refused():
    problem = refused(Monitoring, MONITORING, buckets={"datasets": "d"}, request_metrics={"logs": "all"})
    assert problem == Problem(
        field="m.request_metrics.logs",
        given="logs",
        message="there is no bucket for this purpose among `buckets`",
        allowed="datasets",
        mend="name the bucket in `buckets`",
    )


def test_the_function_is_the_file_itself_and_alone():
    function = one(made(Watcher, WATCHER), "lambda/function:Function").properties
    assert function["code"] == {
        "archive": {"assets": {"watcher.py": {"asset": {"text": SOURCE.read_text(encoding="utf-8")}}}}
    }
    assert (function["runtime"], function["handler"]) == ("python3.13", "watcher.handler")
    assert function["reservedConcurrentExecutions"] == 1
    assert function["kmsKeyArn"] == KEY
    assert function["timeout"] < 300
    assert "vpcConfig" not in function


def test_the_function_is_told_what_to_watch():
    pools = [{**WATCHER["pools"][0], "idle_shutdown_minutes": 30}]
    graph = made(Watcher, WATCHER, pools=pools, budget_name="dev-monthly", working_hours=True)
    function = one(graph, "lambda/function:Function")
    # The closing topic's arn is known once it exists.
    assert function.properties["environment"]["variables"]["SETTINGS"] is UNKNOWN
    policies = {policy.name for policy in every(graph, "iam/rolePolicy:RolePolicy")}
    assert policies == {"m", "m-nodes", "m-keys", "m-openings", "m-schedule", "m-schedule-keys"}
    assert "m-openings" not in {
        item.name for item in every(made(Watcher, WATCHER), "iam/rolePolicy:RolePolicy")
    }


def test_what_twenty_pools_are_set_to_fits_into_a_functions_variables():
    pools = [
        {
            "name": f"{'p' * 18}{number:02}",
            "queue_name": f"{'e' * 20}-{'p' * 18}{number:02}",
            "compute_environment_arn": ENVIRONMENT,
            "idle_shutdown_minutes": 1_440,
        }
        for number in range(20)
    ]
    found: list[str] = []

    def program():
        watcher = Watcher("m", {**WATCHER, "environment": "e" * 20, "pools": pools, "working_hours": True})
        watcher._settings(TOPIC).apply(found.append)

    preview(program)
    assert len(json.loads(found[0])["pools"]) == 20
    assert len("SETTINGS" + found[0]) < VARIABLES_BYTES_MAX


def test_a_log_group_of_its_own_is_encrypted_and_kept_for_as_long_as_was_asked():
    logs = one(made(Watcher, WATCHER, log_retention_days=90), "cloudwatch/logGroup:LogGroup").properties
    assert (logs["name"], logs["retentionInDays"], logs["kmsKeyId"]) == ("/modelyard/dev/watcher", 90, KEY)


def test_the_schedule_is_aligned_with_cloudwatchs_periods_and_tries_once():
    schedule = one(made(Watcher, WATCHER), "scheduler/schedule:Schedule").properties
    assert schedule["scheduleExpression"] == "cron(0/5 * * * ? *)"
    assert schedule["kmsKeyArn"] == KEY
    assert schedule["target"]["retryPolicy"]["maximumRetryAttempts"] == 0


def test_the_closing_topic_may_start_the_function_and_nothing_else_may():
    graph = made(Watcher, WATCHER)
    permission = one(graph, "lambda/permission:Permission")
    topic = one(graph, "sns/topic:Topic")
    assert permission.properties["principal"] == "sns.amazonaws.com"
    assert permission.properties["sourceAccount"] == "123456789012"
    assert permission.property_dependencies["sourceArn"] == (topic.urn,)
    told = one(graph, "sns/topicSubscription:TopicSubscription")
    assert told.properties["protocol"] == "lambda"
    assert permission.urn in told.dependencies


def test_a_watcher_of_nothing_is_refused():
    problem = refused(Watcher, WATCHER, pools=[])
    assert (problem.field, problem.message) == ("m.pools", "there is nothing to watch")
    assert problem.mend == "name the pools, or leave the watcher out"


def test_idle_minutes_below_two_looks_are_refused():
    pools = [{**WATCHER["pools"][0], "idle_shutdown_minutes": 5}]
    problem = refused(Watcher, WATCHER, pools=pools)
    assert problem == Problem(
        field="m.pools[0].idle_shutdown_minutes",
        given="5",
        message="looking each 5 minutes, it takes two looks to call a pool idle",
        allowed="10 or more",
        mend="write 10, or leave it out",
    )


def test_a_budget_is_for_the_environments_tag_and_tells_people_and_the_topic():
    budget = one(made(Budget, BUDGET, alerts_topic_arn=TOPIC), "budgets/budget:Budget").properties
    assert (budget["name"], budget["limitAmount"]) == ("dev-monthly", "2000")
    assert budget["costFilters"] == [{"name": "TagKeyValue", "values": ["user:environment$dev"]}]
    assert [(item["notificationType"], item["threshold"]) for item in budget["notifications"]] == [
        ("ACTUAL", 80),
        ("ACTUAL", 100),
        ("FORECASTED", 100),
    ]
    for item in budget["notifications"]:
        assert item["subscriberEmailAddresses"] == ["a@example.com"]
        assert item["subscriberSnsTopicArns"] == [TOPIC]


def test_a_budget_without_a_topic_tells_people_alone():
    budget = one(made(Budget, BUDGET), "budgets/budget:Budget").properties
    assert not [item for item in budget["notifications"] if "subscriberSnsTopicArns" in item]


def test_each_region_has_a_budget_that_closes_its_queues():
    closing = {"eu-central-1": "arn:aws:sns:eu-central-1:123456789012:a", "eu-west-1": "arn:b"}
    graph = made(Budget, BUDGET, close_queues_at_percent=120, closing_topic_arns=closing)
    budgets = {budget.name: budget.properties for budget in every(graph, "budgets/budget:Budget")}
    assert set(budgets) == {"m", "m-closing-eu-central-1", "m-closing-eu-west-1"}
    for region, topic in closing.items():
        (message,) = budgets[f"m-closing-{region}"]["notifications"]
        assert (message["threshold"], message["subscriberSnsTopicArns"]) == (120, [topic])
        assert budgets[f"m-closing-{region}"]["name"] == f"dev-closing-{region}"
        assert budgets[f"m-closing-{region}"]["costFilters"] == budgets["m"]["costFilters"]


def test_closing_without_a_topic_is_refused():
    problem = refused(Budget, BUDGET, close_queues_at_percent=120)
    assert (problem.field, problem.given) == ("m.closing_topic_arns", "none")
    assert problem.message == "without a topic nothing closes the queues"


@pytest.mark.parametrize(
    ("field", "given", "most"),
    [("alert_percents", list(range(1, 7)), 5), ("alert_emails", [], 10), ("alert_percents", [], 5)],
)
def test_more_alerts_than_aws_takes_and_none_at_all_are_refused(field, given, most):
    problem = refused(Budget, BUDGET, **{field: given})
    assert (problem.field, problem.given) == (f"m.{field}", str(len(given)))
    assert problem.message == "AWS Budgets takes no more, and nothing without any"
    assert problem.allowed == f"1 to {most}"


def test_working_hours_open_and_close_queue_and_nodes_in_their_time_zone():
    graph = made(WorkingHours, HOURS)
    schedules = {item.name: item.properties for item in every(graph, "scheduler/schedule:Schedule")}
    assert set(schedules) == {
        "m-opens-queue-gpu",
        "m-closes-queue-gpu",
        "m-opens-nodes-gpu",
        "m-closes-nodes-gpu",
    }
    for schedule in schedules.values():
        assert schedule["scheduleExpressionTimezone"] == "Europe/Berlin"
        assert schedule["kmsKeyArn"] == KEY
        assert schedule["flexibleTimeWindow"] == {"mode": "OFF"}
    opens, closes = schedules["m-opens-nodes-gpu"], schedules["m-closes-nodes-gpu"]
    assert opens["scheduleExpression"] == "cron(0 8 ? * MON,FRI *)"
    assert json.loads(opens["target"]["input"])["ComputeResources"] == {"MinvCpus": 384}
    assert json.loads(closes["target"]["input"]) == {
        "ComputeEnvironment": ENVIRONMENT,
        "State": "DISABLED",
        "ComputeResources": {"MinvCpus": 0},
    }
    role = json.loads(one(graph, "iam/role:Role").properties["assumeRolePolicy"])
    assert "schedule-group/dev-eu-central-1-working-hours" in json.dumps(role)
    policy = one(graph, "iam/rolePolicy:RolePolicy", "m").properties["policy"]
    assert QUEUE in policy
    assert ENVIRONMENT in policy


@pytest.mark.parametrize(
    ("changes", "field", "given", "message"),
    [
        ({"opens": "8"}, "m.opens", "8", "it is no time of day"),
        ({"closes": "24:00"}, "m.closes", "24:00", "it is no time of day"),
        ({"closes": "08:00"}, "m.closes", "08:00", "it closes before it opens, at 08:00"),
        ({"days": []}, "m.days", "none", "these are no days to open on"),
        ({"days": ["mon", "funday"]}, "m.days", "funday", "these are no days to open on"),
        ({"time_zone": "Europe/Atlantis"}, "m.time_zone", "Europe/Atlantis", "there is no such time zone"),
    ],
)
def test_hours_that_never_come_are_refused(changes, field, given, message):
    problem = refused(WorkingHours, HOURS, **changes)
    assert (problem.field, problem.given, problem.message) == (field, given, message)
    assert problem.allowed
    assert problem.mend
