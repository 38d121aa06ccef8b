"""How many nodes of a pool run on average over a month."""

from __future__ import annotations

from modelyard.environment.aws.compute import Pool
from modelyard.environment.aws.operations import WorkingHours
from modelyard.environment.aws.sites import Site
from modelyard.environment.aws.spec import AwsEnvironment
from modelyard.planning.schedule import HOURS_PER_WEEK, MINUTES_PER_HOUR
from modelyard.planning.working_hours import open_hours_a_week
from modelyard_preview.cost.model import Amounts


def average_nodes(environment: AwsEnvironment, pool: Pool) -> Amounts:
    """Nodes that run on average.

    Idle: those that `min_nodes` keeps up, in working hours if there are any, and no longer than
    idle_shutdown_minutes after each opening. Expected: in working hours, as used as was stated. Maximum: all
    of them, all the time: jobs that run go on at night.
    """
    hours = environment.working_hours
    share = open_share(hours)
    expected = max(float(pool.min_nodes), pool.max_nodes * pool.expected_utilization_percent / 100)
    return Amounts(pool.min_nodes * _kept_share(pool, hours), expected * share, float(pool.max_nodes))


def nodes_at(environment: AwsEnvironment, site: Site, pool: Pool) -> Amounts:
    """Nodes of a pool that run on average in a region: in the one to come back in only if that is used."""
    nodes = average_nodes(environment, pool)
    return Amounts(0.0, 0.0, nodes.maximum) if site.recovery else nodes


def open_share(hours: WorkingHours | None) -> float:
    """Part of a week in which an environment is open."""
    if hours is None:
        return 1.0
    return open_hours_a_week(hours.opens, hours.closes, hours.days) / HOURS_PER_WEEK


def _kept_share(pool: Pool, hours: WorkingHours | None) -> float:
    """Part of the time that nodes are kept up though nothing ever runs."""
    minutes = pool.idle_shutdown_minutes
    if minutes is None:
        return open_share(hours)
    # Kept up anew at each opening; without openings, at each `up`, which counts as never.
    openings_a_week = len(set(hours.days)) if hours else 0
    return min(open_share(hours), openings_a_week * minutes / MINUTES_PER_HOUR / HOURS_PER_WEEK)
