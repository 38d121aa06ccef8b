"""What can't be right in hours, idle nodes, alarms, and the budget that closes queues."""

from __future__ import annotations

from typing import Any

import pytest
from previewing import dev_fields

from modelyard.environment import AwsEnvironment, parse_environment
from modelyard.environment.aws.budget import Budget
from modelyard.environment.aws.checks import operations
from modelyard.environment.aws.operations import Monitoring, WorkingHours
from modelyard.errors import Problem

HOURS: dict[str, Any] = {"opens": "08:00", "closes": "18:00", "time_zone": "Europe/Berlin"}


@pytest.fixture(scope="module")
def dev() -> AwsEnvironment:
    return parse_environment(dev_fields())


def with_hours(dev: AwsEnvironment, **changes: Any) -> AwsEnvironment:
    """The environment with working hours; a copy isn't checked again."""
    return dev.model_copy(update={"working_hours": WorkingHours(**{**HOURS, **changes})})


def test_an_environment_that_is_right_has_no_problem(dev: AwsEnvironment) -> None:
    for environment in (dev, with_hours(dev)):
        for rule in (
            operations.production_is_always_open,
            operations.hours_close_after_they_open,
            operations.days_are_named_once,
            operations.time_zone_is_known,
            operations.idle_shutdown_has_nodes_to_shut_down,
            operations.somebody_is_told_before_queues_close,
            operations.alarm_addresses_are_named_once,
        ):
            assert list(rule(environment)) == []


def test_production_has_no_hours(dev: AwsEnvironment) -> None:
    production = with_hours(dev).model_copy(update={"stage": "production"})
    assert list(operations.production_is_always_open(production)) == [
        Problem(
            field="working_hours",
            given="08:00 to 18:00",
            message="a schedule would close the queues of production",
            allowed="nothing, while stage is production",
            mend="remove working_hours; idle_shutdown_minutes lets unused nodes of a pool go",
        )
    ]
    staging = with_hours(dev).model_copy(update={"stage": "staging"})
    assert list(operations.production_is_always_open(staging)) == []


@pytest.mark.parametrize("closes", ["08:00", "07:59", "00:00"])
def test_closing_comes_after_opening(dev: AwsEnvironment, closes: str) -> None:
    (problem,) = operations.hours_close_after_they_open(with_hours(dev, closes=closes))
    assert problem == Problem(
        field="working_hours.closes",
        given=f'"{closes}"',
        message="it would close before it opens, at 08:00",
        allowed="a time after 08:00 on the same day",
        mend="let it close later, or open earlier; to be open for the whole day, remove working_hours",
    )


def test_a_day_is_named_once(dev: AwsEnvironment) -> None:
    (problem,) = operations.days_are_named_once(with_hours(dev, days=["fri", "mon", "fri"]))
    assert problem == Problem(
        field="working_hours.days[2]",
        given='"fri"',
        message="fri is named already",
        allowed="each day once",
        mend="set days: [mon, fri]",
    )


@pytest.mark.parametrize(
    ("zone", "mend"),
    [
        ("Europe/Berln", "did you mean Europe/Berlin"),
        ("Q/Q", "look it up in the list of tz database time zones"),
        ("Europe", "did you mean "),
    ],
)
def test_a_time_zone_is_one_that_there_is(dev: AwsEnvironment, zone: str, mend: str) -> None:
    (problem,) = operations.time_zone_is_known(with_hours(dev, time_zone=zone))
    assert (problem.field, problem.given) == ("working_hours.time_zone", f'"{zone}"')
    assert problem.message == f'there is no time zone "{zone}"'
    assert problem.allowed == "a name of the IANA database, as Europe/Berlin or UTC"
    assert problem.mend.startswith(mend)


def test_idle_shutdown_needs_nodes_that_are_kept_up(dev: AwsEnvironment) -> None:
    first, *rest = dev.compute
    idle = first.model_copy(update={"idle_shutdown_minutes": 30})
    (problem,) = operations.idle_shutdown_has_nodes_to_shut_down(
        dev.model_copy(update={"compute": [idle, *rest]})
    )
    assert problem == Problem(
        field="compute[0].idle_shutdown_minutes",
        given="30",
        message='pool "cpu" keeps no node up: its min_nodes is 0, so idle nodes go anyway',
        allowed="nothing, while min_nodes is 0",
        mend="remove idle_shutdown_minutes, or set min_nodes",
    )
    kept = idle.model_copy(update={"min_nodes": 1})
    assert not list(
        operations.idle_shutdown_has_nodes_to_shut_down(dev.model_copy(update={"compute": [kept, *rest]}))
    )


def test_queues_close_no_sooner_than_somebody_is_told(dev: AwsEnvironment) -> None:
    budget = {"monthly_usd": 1, "alert_percents": [80, 100], "alert_emails": ["a@example.com"]}
    for percent, found in ((79, 1), (80, 0), (120, 0)):
        environment = dev.model_copy(update={"budget": Budget(**budget, close_queues_at_percent=percent)})
        problems = list(operations.somebody_is_told_before_queues_close(environment))
        assert len(problems) == found
        if problems:
            assert problems[0] == Problem(
                field="budget.close_queues_at_percent",
                given="79",
                message="the queues would close before anybody is told, at 80 percent",
                allowed="80 or more with these alert_percents",
                mend="set close_queues_at_percent: 80, or add a lower percentage to alert_percents",
            )


def test_an_address_is_told_of_alarms_once(dev: AwsEnvironment) -> None:
    monitoring = Monitoring(alarm_emails=["a@example.com", "b@example.com", "a@example.com"])
    (problem,) = operations.alarm_addresses_are_named_once(dev.model_copy(update={"monitoring": monitoring}))
    assert problem == Problem(
        field="monitoring.alarm_emails[2]",
        given='"a@example.com"',
        message="a@example.com is named already",
        allowed="each address once",
        mend="remove one of the two",
    )
