"""What watching costs, worked out by hand, at the catalog's prices in us-east-1."""

from __future__ import annotations

from typing import Any

import pytest
from previewing import dev_fields

from modelyard.environment import AwsEnvironment, parse_environment
from modelyard.environment.aws.operations import WorkingHours
from modelyard_policies.graph import Graph, Node
from modelyard_preview.cost.estimate import estimate_cost
from modelyard_preview.cost.model import Cost

WATCHER = "aws:lambda/function:Function"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"


@pytest.fixture(scope="module")
def dev() -> AwsEnvironment:
    """Two pools and a budget, in the region whose prices are known."""
    fields = dev_fields()
    fields["regions"]["primary"] = "us-east-1"
    fields["residency"] = "us"
    return parse_environment(fields)


def node(type_: str, name: str = "m", **properties: Any) -> Node:
    return Node(urn=f"urn:pulumi:dev::shop::{type_}::{name}", type=type_, name=name, properties=properties)


def line(cost: Cost, what: str) -> tuple[float, float, float]:
    """Dollars of a line in the three cases."""
    (item,) = [item for item in cost.items if item.what == what]
    return item.usd.idle, item.usd.expected, item.usd.maximum


def test_an_alarm_pays_for_each_metric_that_it_looks_at(dev: AwsEnvironment) -> None:
    queries = [
        {"id": "m0", "metric": {"metricName": "Invocations"}},
        {"id": "m1", "metric": {"metricName": "Errors"}},
        {"id": "value", "expression": "m0 - m1"},
    ]
    graph = Graph([node(ALARM, "a", metricName="RunnableJobs"), node(ALARM, "b", metricQueries=queries)])
    assert line(estimate_cost(graph, dev), "alarms") == pytest.approx((0.3, 0.3, 0.3))


def test_a_dashboard_is_three_dollars(dev: AwsEnvironment) -> None:
    graph = Graph([node("aws:cloudwatch/dashboard:Dashboard")])
    assert line(estimate_cost(graph, dev), "dashboards") == (3, 3, 3)


def test_the_watchers_metrics_are_five_a_pool_and_three_of_the_budget(dev: AwsEnvironment) -> None:
    graph = Graph([Node(urn="urn:w", type=WATCHER, name="w", properties={"name": "dev-us-east-1-watcher"})])
    cost = estimate_cost(graph, dev)
    assert line(cost, "metrics of the watcher")[0] == pytest.approx((2 * 5 + 3) * 0.3)
    assert line(estimate_cost(graph, dev.model_copy(update={"budget": None})), "metrics of the watcher")[
        0
    ] == pytest.approx(2 * 5 * 0.3)
    left_out = {entry.what: entry.reason for entry in cost.unpriced}
    assert left_out["functions: starts and run time"] == "how long they run isn't stated"
    assert "metrics of the nodes' agents" in left_out


def test_without_a_watcher_no_metric_is_paid_for(dev: AwsEnvironment) -> None:
    function = Node(urn="urn:f", type=WATCHER, name="f", properties={"name": "somebody-elses"})
    cost = estimate_cost(Graph([function]), dev)
    assert "metrics of the watcher" not in {item.what for item in cost.items}


def test_topics_and_schedules_are_said_to_have_no_price(dev: AwsEnvironment) -> None:
    graph = Graph([node("aws:sns/topic:Topic"), node("aws:scheduler/schedule:Schedule")])
    left_out = {entry.what for entry in estimate_cost(graph, dev).unpriced}
    assert {"messages of topics", "schedules: each call"} <= left_out


@pytest.mark.parametrize(
    "type_",
    [
        "aws:cloudwatch/eventRule:EventRule",
        "aws:cloudwatch/eventTarget:EventTarget",
        "aws:lambda/permission:Permission",
        "aws:scheduler/scheduleGroup:ScheduleGroup",
        "aws:sns/topicPolicy:TopicPolicy",
        "aws:sns/topicSubscription:TopicSubscription",
    ],
)
def test_what_connects_them_is_free(dev: AwsEnvironment, type_: str) -> None:
    one, none = estimate_cost(Graph([node(type_)]), dev), estimate_cost(Graph([]), dev)
    assert (one.items, one.unpriced) == (none.items, none.unpriced)


def test_a_region_without_a_price_is_named(dev: AwsEnvironment) -> None:
    alarm = Node(urn="urn:a", type=ALARM, name="a", properties={}, region="eu-central-1")
    reasons = {entry.what: entry.reason for entry in estimate_cost(Graph([alarm]), dev).unpriced}
    assert reasons["alarms"] == "the catalog has no price for it in eu-central-1"


def test_working_hours_bound_what_pools_are_expected_to_cost(dev: AwsEnvironment) -> None:
    hours = WorkingHours(opens="08:00", closes="18:00", time_zone="America/New_York")
    always, open_ = (
        estimate_cost(Graph([]), dev.model_copy(update={"working_hours": each})) for each in (None, hours)
    )
    what = "pool cpu: c7i.4xlarge, on demand"
    assert line(open_, what)[1] == pytest.approx(line(always, what)[1] * 50 / 168)
    assert line(open_, what)[2] == line(always, what)[2], "jobs that run go on to their end"
