"""What a job costs at list price, and whether that is within its own limits."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from modelyard.errors import InputError, Problem
from modelyard_launcher.durations import duration_text
from modelyard_launcher.load import LoadedJob
from modelyard_launcher.pools import PoolChoice
from modelyard_launcher.spec import GRACE_SECONDS

LEAST_PAID_SECONDS = GRACE_SECONDS + 60
"""A total budget has to pay for that much of a run at least: nodes keep the time that saving takes, and leave
at once if no more is left. AWS bills instances by the second, a minute at least (EC2 pricing, 2026-11)."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What the job's nodes cost at list price, in US dollars."""

    hourly_usd: float | None
    """What a run has of its nodes, an hour (of a sweep: one variant of it); None if unpriced."""
    most_usd: float | None
    """The most that it may cost in all: every start up to its timeout, or the total budget if that is less.
    None if neither bounds it."""
    price_source: str | None
    price_as_of: str | None
    price_note: str
    at_a_time: int = 1
    """Runs at a time: of a sweep, variants."""
    starts: int = 1
    """Starts of a run at most, those after failures of hosts included."""
    timeouts_usd: float | None = None
    """Every start of every run up to its timeout; None if unpriced or without a timeout."""
    budget_usd: float | None = None
    """The total budget, max_total_cost."""

    @property
    def peak_hourly_usd(self) -> float | None:
        """All nodes that run at a time, an hour; None if unpriced."""
        return None if self.hourly_usd is None else round(self.hourly_usd * self.at_a_time, 4)

    @property
    def budget_comes_first(self) -> bool:
        """Whether the total budget may end the job before its timeouts do."""
        return self.budget_usd is not None and (
            self.timeouts_usd is None or self.budget_usd < self.timeouts_usd
        )

    def as_dict(self, unpriced: list[str]) -> dict[str, Any]:
        """The JSON form; `unpriced` says what has no price."""
        return {
            "hourly_usd": self.hourly_usd,
            "peak_hourly_usd": self.peak_hourly_usd,
            "most_usd": self.most_usd,
            "timeouts_usd": self.timeouts_usd,
            "budget_usd": self.budget_usd,
            "at_a_time": self.at_a_time,
            "starts": self.starts,
            "unpriced": unpriced if self.hourly_usd is None else [],
            "price_source": self.price_source,
            "price_as_of": self.price_as_of,
            "price_note": self.price_note,
        }


def price_job(loaded: LoadedJob, choice: PoolChoice) -> Cost:
    """What the job costs on its pool. Raises InputError if that is, or may be, more than it allows."""
    job, price = loaded.job, choice.node_price
    hourly = None if choice.hourly_usd is None else choice.hourly_usd * job.num_nodes
    at_a_time = runs_at_a_time(loaded, choice)
    problems = [
        *_hourly_problems(loaded, choice, None if hourly is None else hourly * at_a_time, at_a_time),
        *_total_problems(loaded, choice, hourly),
    ]
    if problems:
        raise InputError(problems)
    seconds, budget = job.timeout_seconds, job.max_total_cost
    starts, runs = job.retry.most_starts, job.variants or 1
    timeouts = None if hourly is None or seconds is None else hourly * seconds / 3_600 * starts * runs
    bounds = [bound for bound in (timeouts, budget) if bound is not None]
    return Cost(
        hourly_usd=None if hourly is None else round(hourly, 4),
        most_usd=round(min(bounds), 4) if bounds else None,
        price_source=price.source if price else None,
        price_as_of=price.as_of if price else None,
        price_note=price.note if price else "",
        at_a_time=at_a_time,
        starts=starts,
        timeouts_usd=None if timeouts is None else round(timeouts, 4),
        budget_usd=budget,
    )


def runs_at_a_time(loaded: LoadedJob, choice: PoolChoice) -> int:
    """Runs that are there at a time: of a sweep, as many variants as it allows and the pool has room for."""
    job = loaded.job
    if job.sweep is None:
        return 1
    room = max(1, choice.pool.max_nodes * choice.parts // job.num_nodes)
    return min(job.sweep.size, job.sweep.parallel or job.sweep.size, room)


def _hourly_problems(
    loaded: LoadedJob, choice: PoolChoice, hourly: float | None, at_a_time: int
) -> list[Problem]:
    job, pool, limit = loaded.job, choice.pool, loaded.job.max_hourly_cost
    if limit is None or (hourly is not None and hourly <= limit):
        return []
    if hourly is None:
        return [_unpriced(loaded, choice, "max_hourly_cost", limit)]
    nodes = job.num_nodes * at_a_time
    variants = f" ({at_a_time} variants at a time)" if at_a_time > 1 else ""
    return [
        loaded.problem(
            "max_hourly_cost",
            f"{limit:g}",
            f"{nodes} x {choice.taken} on pool {pool.name}{variants} "
            f"{'cost' if nodes > 1 else 'costs'} ${hourly:,.2f} an hour",
            allowed=f"{_rounded_up(hourly):.2f} or more, for all nodes together",
            mend="run fewer variants at a time (sweep.parallel), or raise the limit"
            if at_a_time > 1
            else "take fewer nodes or a cheaper pool, or raise the limit",
        )
    ]


def _total_problems(loaded: LoadedJob, choice: PoolChoice, hourly: float | None) -> list[Problem]:
    job, limit = loaded.job, loaded.job.max_total_cost
    share = job.budget_of_a_run
    if limit is None or share is None:
        return []
    if hourly is None:
        return [_unpriced(loaded, choice, "max_total_cost", limit)]
    if share >= hourly * LEAST_PAID_SECONDS / 3_600:
        return []
    runs = job.variants or 1
    least = _rounded_up(hourly * LEAST_PAID_SECONDS / 3_600 * runs)
    pays = f"{share / hourly * 3_600:.0f} seconds"
    each = f" for each of {runs:,} variants" if runs > 1 else ""
    return [
        loaded.problem(
            "max_total_cost",
            f"{limit:g}",
            f"at ${hourly:,.2f} an hour it pays for {pays}{each}, and {GRACE_SECONDS} seconds are kept for "
            "saving",
            allowed=f"{least:.2f} or more, for all attempts",
            mend="raise the limit, or take fewer nodes, a cheaper pool or fewer variants",
        )
    ]


def _unpriced(loaded: LoadedJob, choice: PoolChoice, field: str, limit: float) -> Problem:
    bought = f"{choice.pool.instance_type} ({choice.pool.capacity})"
    return loaded.problem(
        field,
        f"{limit:g}",
        f"{bought} has no price in the catalog, so the limit can't be held",
        allowed="no limit here",
        mend="take a pool that has a price, or bound the job by a timeout and a deadline in its place",
    )


def _rounded_up(dollars: float) -> float:
    return math.ceil(round(dollars * 100, 6)) / 100


def paid_time(budget_usd: float, hourly_usd: float) -> str:
    """How long a budget pays for, for people."""
    return duration_text(budget_usd / hourly_usd * 3_600)
