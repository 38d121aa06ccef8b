"""Hours, idle nodes, alarms, and the budget that closes queues."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from modelyard.environment.aws.sites import named_pools
from modelyard.environment.checks import emails
from modelyard.errors import Problem
from modelyard.planning.working_hours import DAYS, is_time_zone, minutes_of, time_zones
from modelyard.validation.values import given_text, listed, nearest

if TYPE_CHECKING:
    from modelyard.environment.aws.spec import AwsEnvironment


def production_is_always_open(environment: AwsEnvironment) -> Iterator[Problem]:
    """No schedule closes production."""
    if environment.working_hours is not None and environment.stage == "production":
        hours = environment.working_hours
        yield Problem(
            field="working_hours",
            given=f"{hours.opens} to {hours.closes}",
            message="a schedule would close the queues of production",
            allowed="nothing, while stage is production",
            mend="remove working_hours; idle_shutdown_minutes lets unused nodes of a pool go",
        )


def hours_close_after_they_open(environment: AwsEnvironment) -> Iterator[Problem]:
    """An environment closes on the day on which it opened."""
    hours = environment.working_hours
    if hours is not None and minutes_of(hours.closes) <= minutes_of(hours.opens):
        yield Problem(
            field="working_hours.closes",
            given=given_text(hours.closes),
            message=f"it would close before it opens, at {hours.opens}",
            allowed=f"a time after {hours.opens} on the same day",
            mend="let it close later, or open earlier; to be open for the whole day, remove working_hours",
        )


def days_are_named_once(environment: AwsEnvironment) -> Iterator[Problem]:
    """No day is named twice."""
    days = environment.working_hours.days if environment.working_hours is not None else []
    in_order = [day for day in DAYS if day in days]
    for place, day in enumerate(days):
        if day in days[:place]:
            yield Problem(
                field=f"working_hours.days[{place}]",
                given=given_text(day),
                message=f"{day} is named already",
                allowed="each day once",
                mend=f"set days: [{', '.join(in_order)}]",
            )


def time_zone_is_known(environment: AwsEnvironment) -> Iterator[Problem]:
    """The time zone is one of the IANA database."""
    hours = environment.working_hours
    if hours is None or is_time_zone(hours.time_zone):
        return
    like = nearest(hours.time_zone, time_zones())
    yield Problem(
        field="working_hours.time_zone",
        given=given_text(hours.time_zone),
        message=f'there is no time zone "{hours.time_zone}"',
        allowed="a name of the IANA database, as Europe/Berlin or UTC",
        mend=f"did you mean {listed(like)}?" if like else "look it up in the list of tz database time zones",
    )


def idle_shutdown_has_nodes_to_shut_down(environment: AwsEnvironment) -> Iterator[Problem]:
    """Nodes that nothing keeps up go by themselves."""
    for field, pool in named_pools(environment):
        if pool.idle_shutdown_minutes is not None and pool.min_nodes == 0:
            yield Problem(
                field=f"{field}.idle_shutdown_minutes",
                given=str(pool.idle_shutdown_minutes),
                message=f'pool "{pool.name}" keeps no node up: its min_nodes is 0, so idle nodes go anyway',
                allowed="nothing, while min_nodes is 0",
                mend="remove idle_shutdown_minutes, or set min_nodes",
            )


def somebody_is_told_before_queues_close(environment: AwsEnvironment) -> Iterator[Problem]:
    """The queues close no sooner than the first alert goes out."""
    budget = environment.budget
    if budget is None or budget.close_queues_at_percent is None:
        return
    first = min(budget.alert_percents)
    if budget.close_queues_at_percent < first:
        yield Problem(
            field="budget.close_queues_at_percent",
            given=str(budget.close_queues_at_percent),
            message=f"the queues would close before anybody is told, at {first} percent",
            allowed=f"{first} or more with these alert_percents",
            mend=f"set close_queues_at_percent: {first}, or add a lower percentage to alert_percents",
        )


def alarm_addresses_are_named_once(environment: AwsEnvironment) -> Iterator[Problem]:
    """Nobody is told twice."""
    return emails.named_once(environment.monitoring.alarm_emails, "monitoring.alarm_emails")
