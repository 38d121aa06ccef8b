"""What ends a run, however it is getting on: its budget and its deadline. Pure functions.

Programs are asked to save before a limit is reached, so early that their grace ends with it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from modelyard_node.clock import instant, moment
from modelyard_node.history import Past
from modelyard_node.spec import Limits


def spent_usd(limits: Limits, history: list[Past], seconds: float) -> float | None:
    """What the run has cost, with this attempt's seconds. None if nothing says what an hour costs."""
    if limits.hourly_usd is None:
        return None
    others = (past for past in history if past.name not in limits.spent_before_attempts)
    earlier = limits.spent_before_usd + sum(past.spent_usd for past in others)
    return earlier + limits.hourly_usd * seconds / 3_600


def limit_reached(
    limits: Limits, history: list[Past], seconds: float, now: datetime, grace_seconds: float
) -> str | None:
    """Which limit is reached once the grace is over, in words; None if none is."""
    spent = spent_usd(limits, history, seconds)
    budget = limits.max_total_cost_usd
    if budget is not None and spent is not None:
        after = spent_usd(limits, history, seconds + grace_seconds)
        if after is not None and after >= budget:
            return f"the budget of {budget:.2f} USD is used up: {spent:.2f} USD are spent"
    if limits.deadline is not None:
        deadline = moment(limits.deadline)
        if now + timedelta(seconds=grace_seconds) >= deadline:
            return (
                f"the deadline of {limits.deadline} is reached: it is {instant(now)}, and saving takes time"
            )
    return None
