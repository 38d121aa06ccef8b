"""What an environment is watched by, as it is planned: alarms, events, dashboards, budgets, hours, policies."""

import json
import re
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard.planning import alarms, events
from modelyard.planning.arns import Place
from modelyard.planning.budgets import NOTIFICATIONS_MAX, plan_budgets
from modelyard.planning.dashboard import COLUMNS, Watched, dashboard
from modelyard.planning.metrics import GPU_POWER_DRAW, NAMESPACE
from modelyard.planning.policies import operations
from modelyard.planning.working_hours import (
    DAYS,
    cron,
    minutes_of,
    node_schedules,
    open_hours_a_week,
    queue_schedules,
)

PLACE = Place("123456789012", "eu-central-1")
TOPIC = PLACE.arn("sns", "dev-alerts")
KEY = PLACE.arn("kms", "key/1234")
RULE = alarms.replication_dimensions("dev-checkpoints", "dev-copies", "all")
DESCRIPTION_LENGTH_MAX = 1_024
"""CloudWatch API Reference, PutMetricAlarm, AlarmDescription."""

names = st.from_regex(r"[a-z][a-z0-9-]{0,17}[a-z0-9]", fullmatch=True)
times = st.builds(lambda hour, minute: f"{hour:02}:{minute:02}", st.integers(0, 23), st.integers(0, 59))
days = st.lists(st.sampled_from(DAYS), min_size=1, unique=True)
watched = st.builds(
    Watched,
    environment=names,
    region=st.just("eu-central-1"),
    pools=st.lists(names, max_size=20, unique=True).map(tuple),
    gpu_pools=st.lists(names, max_size=20, unique=True).map(tuple),
    buckets=st.dictionaries(names, names, max_size=3),
    lustre=st.dictionaries(names, names, max_size=5),
    efs=st.dictionaries(names, names, max_size=5),
    replications=st.lists(st.just(RULE), max_size=2).map(tuple),
    vaults=st.lists(names, max_size=2).map(tuple),
    budget=st.booleans(),
)


@given(names, names, st.integers(1, 50), st.integers(15, 1_440))
def test_an_idle_alarm_looks_back_for_as_long_as_was_asked_and_a_day_at_most(
    environment: str, pool: str, percent: int, minutes: int
) -> None:
    alarm = alarms.idle_accelerators(environment, pool, percent, minutes)
    seconds = alarm.periods * alarm.period_seconds
    assert minutes * 60 <= seconds <= min(minutes * 60 + 299, alarms.LONGEST_LOOK_BACK_SECONDS)
    assert alarm.missing == "notBreaching", "without nodes nothing is idle"


ALARMS = [
    alarms.idle_accelerators("production-of-twenty", "a-pool-of-twenty-let", 50, 1_440),
    alarms.stuck_queue("production-of-twenty", "a-pool-of-twenty-let", 10_080),
    alarms.silent_watcher("production-of-twenty", "production-of-twenty-eu-central-1-watcher"),
    alarms.replication_lag(
        "production-of-twenty", alarms.replication_dimensions("a" * 63, "b" * 63, "c"), 15
    ),
    alarms.replication_failures(
        "production-of-twenty", alarms.replication_dimensions("a" * 63, "b" * 63, "c")
    ),
]


@pytest.mark.parametrize("alarm", ALARMS, ids=lambda alarm: alarm.name.rpartition("twenty-")[2][:12])
def test_every_alarm_says_what_to_do_in_as_many_words_as_cloudwatch_takes(alarm: alarms.Alarm) -> None:
    assert len(alarm.description) <= DESCRIPTION_LENGTH_MAX
    assert len(alarm.name) <= 255
    assert re.search(r"\. (?:Look|Ask|Read|Mend)", alarm.description), alarm.description


def test_names_of_alarms_differ() -> None:
    assert len({alarm.name for alarm in ALARMS}) == len(ALARMS)


NOTICES = [events.blocked_queues(["arn:b", "arn:a"]), events.failed_backups(["arn:role"])]


@pytest.mark.parametrize("notice", NOTICES)
def test_a_text_quotes_nothing_but_what_its_paths_name(notice: events.Notice) -> None:
    text = json.loads(notice.text)
    assert set(re.findall(r"<(\w+)>", text)) == notice.paths.keys()
    assert all(path.startswith("$.") for path in notice.paths.values())


def test_a_rule_matches_the_environments_own_queues_and_roles_alone() -> None:
    blocked, failed = (json.loads(notice.pattern) for notice in NOTICES)
    assert blocked["detail"] == {"jobQueue": ["arn:a", "arn:b"]}
    assert failed["detail"]["iamRoleArn"] == ["arn:role"]
    states = {state for choice in failed["detail"]["$or"] for states in choice.values() for state in states}
    assert "COMPLETED" not in states
    assert {"FAILED", "EXPIRED", "ABORTED"} <= states


@given(watched)
def test_widgets_lie_side_by_side_within_the_columns_and_none_is_empty(plan: Watched) -> None:
    widgets = json.loads(dashboard(plan))["widgets"]
    for widget in widgets:
        assert 0 <= widget["x"] < widget["x"] + widget["width"] <= COLUMNS
        assert widget["properties"].get("metrics") or widget["properties"].get("markdown")
    for one, other in combinations(widgets, 2):
        beside = one["x"] + one["width"] <= other["x"] or other["x"] + other["width"] <= one["x"]
        above = one["y"] + one["height"] <= other["y"] or other["y"] + other["height"] <= one["y"]
        assert beside or above
    rows = sorted({widget["y"] for widget in widgets})
    assert rows[0] == 0


@given(watched)
def test_every_pool_file_system_and_bucket_is_shown(plan: Watched) -> None:
    body = dashboard(plan)
    shown = json.dumps(json.loads(body))
    for id_ in (*plan.lustre.values(), *plan.efs.values(), *plan.buckets.values(), *plan.vaults):
        assert id_ in shown
    lines = [
        line
        for widget in json.loads(body)["widgets"]
        for line in widget["properties"].get("metrics", [])
        if line[0] == NAMESPACE
    ]
    for pool in plan.gpu_pools:
        wanted = [NAMESPACE, GPU_POWER_DRAW, "environment", plan.environment, "pool", pool]
        assert wanted in [line[:-1] for line in lines]


def test_spend_is_the_environments_own_with_a_budget_and_the_accounts_without() -> None:
    with_budget = json.loads(dashboard(Watched("dev", "eu-central-1", (), budget=True)))["widgets"][-1]
    assert with_budget["properties"]["region"] == "eu-central-1"
    assert {line[1] for line in with_budget["properties"]["metrics"]} == {
        "SpentUsd",
        "ForecastUsd",
        "BudgetUsd",
    }
    without = json.loads(dashboard(Watched("dev", "eu-central-1", ())))["widgets"][-1]
    assert without["properties"]["region"] == "us-east-1", "AWS/Billing is published nowhere else"
    assert without["properties"]["metrics"][0][:2] == ["AWS/Billing", "EstimatedCharges"]
    assert "whole account" in without["properties"]["title"]


def test_request_metrics_are_shown_for_the_buckets_that_have_them_on() -> None:
    plan = Watched(
        "dev",
        "eu-central-1",
        (),
        buckets={"datasets": "d", "checkpoints": "c"},
        request_metrics={"checkpoints": "all"},
    )
    lines = [
        line
        for widget in json.loads(dashboard(plan))["widgets"]
        for line in widget["properties"].get("metrics", [])
        if line[1] in ("BytesDownloaded", "BytesUploaded")
    ]
    assert [line[2:-1] for line in lines] == [["BucketName", "c", "FilterId", "all"]] * 2


percents = st.lists(st.integers(1, 1_000), min_size=1, max_size=5, unique=True).map(sorted)


@given(percents, st.one_of(st.none(), st.integers(1, 1_000)), st.sets(names, max_size=2))
def test_budgets_send_every_message_once_and_take_no_more_than_aws_lets_them(
    alerts: list[int], close: int | None, regions: set[str]
) -> None:
    topics = {region: f"topic-{region}" for region in regions}
    plans = plan_budgets(alerts, ["a@example.com"], "alerts", close, topics)
    assert all(1 <= len(plan.notifications) <= NOTIFICATIONS_MAX for plan in plans)
    assert plans[0].suffix == "monthly"
    assert len({plan.suffix for plan in plans}) == len(plans)
    sent = [message for plan in plans for message in plan.notifications]
    assert [
        message.percent for message in sent if message.kind == "ACTUAL" and message.topic == "alerts"
    ] == alerts
    assert [message.percent for message in sent if message.kind == "FORECASTED"] == [100]
    closing = {message.topic: message.percent for message in sent if message.topic != "alerts"}
    assert closing == (dict.fromkeys(topics.values(), close) if close is not None else {})


@given(times, days)
def test_a_cron_expression_names_the_time_and_the_days(time: str, on: list[str]) -> None:
    minute, hour, of_month, month, of_week, year = cron(time, on)[5:-1].split()
    assert (int(hour), int(minute)) == tuple(map(int, time.split(":")))
    assert (of_month, month, year) == ("?", "*", "*")
    assert [day.lower() for day in of_week.split(",")] == [day for day in DAYS if day in on]


@given(times, times, days)
def test_the_hours_of_a_week_are_those_between_opening_and_closing(
    opens: str, closes: str, on: list[str]
) -> None:
    hours = open_hours_a_week(opens, closes, on)
    assert 0 <= hours < 168
    if minutes_of(closes) > minutes_of(opens):
        assert hours * 60 == pytest.approx(len(on) * (minutes_of(closes) - minutes_of(opens)))


def test_ten_hours_on_five_days_are_fifty_hours_a_week() -> None:
    assert open_hours_a_week("08:00", "18:00", ["mon", "tue", "wed", "thu", "fri"]) == 50
    assert open_hours_a_week("07:30", "18:00", ["mon"]) == 10.5


def test_a_pool_closes_its_queue_and_starts_no_node_and_opens_as_it_was() -> None:
    opens, closes = queue_schedules("gpu", "arn:queue", "08:00", "18:00", ["mon"])
    assert (opens.name, opens.expression) == ("opens-queue-gpu", "cron(0 8 ? * MON *)")
    assert (closes.name, closes.expression) == ("closes-queue-gpu", "cron(0 18 ? * MON *)")
    assert opens.target == "arn:aws:scheduler:::aws-sdk:batch:updateJobQueue"
    assert json.loads(opens.input) == {"JobQueue": "arn:queue", "State": "ENABLED"}
    assert json.loads(closes.input) == {"JobQueue": "arn:queue", "State": "DISABLED"}
    opens, closes = node_schedules("gpu", "arn:env", 384, "08:00", "18:00", ["mon"])
    assert opens.target == "arn:aws:scheduler:::aws-sdk:batch:updateComputeEnvironment"
    assert json.loads(opens.input) == {
        "ComputeEnvironment": "arn:env",
        "State": "ENABLED",
        "ComputeResources": {"MinvCpus": 384},
    }
    assert json.loads(closes.input) == {
        "ComputeEnvironment": "arn:env",
        "State": "DISABLED",
        "ComputeResources": {"MinvCpus": 0},
    }


# Actions that take no resource, by the Service Authorization Reference (2026-11).
WITHOUT_RESOURCE = {
    "batch:DescribeComputeEnvironments",
    "batch:DescribeJobQueues",
    "batch:ListJobs",
    "cloudwatch:GetMetricStatistics",
    "cloudwatch:PutMetricData",
}
IDENTITY_POLICIES = {
    "watcher": operations.watcher_policy(
        PLACE, ["dev-gpu"], "/modelyard/dev/watcher", TOPIC, ["dev-monthly"]
    ),
    "watcher without a budget": operations.watcher_policy(
        PLACE, ["dev-gpu"], "/modelyard/dev/watcher", TOPIC, []
    ),
    "letting go": operations.let_go_policy([PLACE.arn("batch", "compute-environment/dev-gpu-1")]),
    "watcher's keys": operations.watcher_keys_policy(PLACE, KEY),
    "keeping closed": operations.keep_closed_policy(PLACE, "hours", "dev-hours", "opens"),
    "starting": operations.invoke_policy(PLACE.arn("lambda", "function:watcher")),
    "working hours": operations.working_hours_policy(["arn:queue"], ["arn:environment"]),
    "schedules' key": operations.schedule_key_policy(PLACE, KEY),
}


@pytest.mark.parametrize("name", IDENTITY_POLICIES)
def test_a_role_gets_named_actions_on_named_resources(name: str) -> None:
    for statement in json.loads(IDENTITY_POLICIES[name])["Statement"]:
        assert not [action for action in statement["Action"] if "*" in action]
        if statement["Resource"] == ["*"]:
            assert set(statement["Action"]) <= WITHOUT_RESOURCE


def test_figures_are_published_to_our_namespace_alone() -> None:
    statements = json.loads(IDENTITY_POLICIES["watcher"])["Statement"]
    (publish,) = [item for item in statements if item["Action"] == ["cloudwatch:PutMetricData"]]
    assert publish["Condition"] == {"StringEquals": {"cloudwatch:namespace": "modelyard"}}


def test_a_watcher_without_a_budget_reads_none() -> None:
    assert "budgets:" not in IDENTITY_POLICIES["watcher without a budget"]
    assert "budget/dev-monthly" in IDENTITY_POLICIES["watcher"]


@pytest.mark.parametrize(
    ("policy", "services"),
    [
        (
            operations.alerts_policy(PLACE, TOPIC),
            {"cloudwatch", "events", "budgets", "backup"},
        ),
        (operations.closing_policy(PLACE, TOPIC), {"budgets"}),
    ],
)
def test_a_topic_is_published_to_by_these_services_for_this_account_alone(
    policy: str, services: set[str]
) -> None:
    statements = json.loads(policy)["Statement"]
    assert {item["Principal"]["Service"].removesuffix(".amazonaws.com") for item in statements} == services
    for item in statements:
        assert item["Action"] == ["sns:Publish"]
        assert item["Resource"] == [TOPIC]
        assert item["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}


def test_a_schedules_role_is_for_the_schedules_of_its_group() -> None:
    (statement,) = json.loads(operations.schedule_trust(PLACE, "hours"))["Statement"]
    assert statement["Principal"] == {"Service": "scheduler.amazonaws.com"}
    assert statement["Condition"]["StringEquals"] == {
        "aws:SourceAccount": "123456789012",
        "aws:SourceArn": "arn:aws:scheduler:eu-central-1:123456789012:schedule-group/hours",
    }
