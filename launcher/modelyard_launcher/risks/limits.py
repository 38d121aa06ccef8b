"""What ends a job that hasn't ended by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from modelyard_launcher.clouds import is_cluster
from modelyard_launcher.costs import paid_time
from modelyard_launcher.durations import duration_text
from modelyard_launcher.risks.situation import Situation, moment_text


def limit_risks(situation: Situation) -> Iterator[str]:
    """The timeout, the deadline, the total budget; or that there is none of them."""
    job, pool = situation.job, situation.pool
    if job.timeout_seconds is not None:
        yield f"an attempt longer than {job.timeout} is ended, and isn't tried again"
    elif job.deadline is None and job.max_total_cost is None:
        yield "there is no timeout: a job that hangs costs money until somebody cancels it"
    else:
        yield "there is no timeout: a job that hangs is ended by its other limits only"
    if job.timeout_seconds is None and is_cluster(pool):
        from modelyard_launcher.azure.lots import most_days, nodes_text

        yield f"Azure Machine Learning ends a job on {nodes_text(pool)} after {most_days(pool)} days"
    yield from _deadline(situation)
    yield from _budget(situation)


def _deadline(situation: Situation) -> Iterator[str]:
    job, deadline = situation.job, situation.job.deadline_at
    if deadline is None:
        return
    end = f"at {moment_text(deadline)} the deadline ends it, with a last checkpoint"
    if job.timeout_seconds is None:
        yield f"{end}: {duration_text((deadline - situation.now).total_seconds())} from now"
        return
    could_end = situation.now + timedelta(seconds=job.timeout_seconds)
    early = (could_end - deadline).total_seconds()
    if early > 0:
        yield (
            f"{end}: {duration_text(early)} before an attempt that starts now would reach its timeout of "
            f"{job.timeout}"
        )
    else:
        latest = moment_text(deadline - timedelta(seconds=job.timeout_seconds))
        yield f"{end}; an attempt that starts later than {latest} doesn't have its {job.timeout}"


def _budget(situation: Situation) -> Iterator[str]:
    job, cost = situation.job, situation.cost
    share = job.budget_of_a_run
    if share is None or cost.budget_usd is None or not cost.hourly_usd:
        return
    each = f"each variant's share of it, ${share:,.2f}," if job.sweep is not None else "it"
    if cost.budget_comes_first:
        starts = f" over all its starts ({cost.starts} at most)" if cost.starts > 1 else ""
        yield (
            f"the total budget of ${cost.budget_usd:,.2f} ends it, with a last checkpoint: "
            f"{each} pays for {paid_time(share, cost.hourly_usd)}{starts}"
        )
    else:
        yield (
            f"the total budget of ${cost.budget_usd:,.2f} is more than one submission can cost up to its "
            f"timeouts, ${cost.timeouts_usd:,.2f}: it counts when the job is submitted again"
        )
    if situation.pool.capacity == "spot":
        price = "a spot machine's list price" if is_cluster(situation.pool) else "the lowest spot price seen"
        yield f"the budget is counted at {price}: the bill may be higher"
