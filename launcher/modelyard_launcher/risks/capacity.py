"""What can become of the machines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from modelyard.outputs import OpenHours, PoolTarget
from modelyard_launcher.clouds import AnyPool, is_cluster, on_azure
from modelyard_launcher.durations import duration_text
from modelyard_launcher.job.fields import instant
from modelyard_launcher.pools import drains_at, node_price
from modelyard_launcher.risks.situation import Situation, moment_text


def capacity_risks(situation: Situation) -> Iterator[str]:
    """Interruption, ends of blocks, waiting for machines, machines of other pools, hours of queues."""
    pool = situation.pool
    if is_cluster(pool):
        from modelyard_launcher.azure.risks import cluster_risks

        yield from cluster_risks(situation.job, pool)
        return
    if pool.capacity == "spot":
        yield _spot(pool)
    elif pool.capacity == "capacity_block":
        yield from _block(situation, pool)
    elif pool.capacity == "on_demand" and pool.accelerator is not None:
        yield f"EC2 may have no {pool.instance_type} to give for a while: the job waits in the queue"
    elif pool.capacity == "open_reservation":
        yield (
            f"whoever else runs {pool.instance_type} in the account may fill the open reservation: what has "
            "no room in it runs beside it at the list price, or waits where EC2 has none to give"
        )
    elif pool.capacity == "reservation":
        yield (
            "its machines run in the reservation and nowhere else: what is taken of it already, the job "
            "waits for; the reservation is paid whether it is used or not"
        )
    yield from _fallback(situation, pool)
    if not on_azure(situation.target) and situation.target.open_hours is not None:
        yield _hours(situation.target.open_hours)


def _spot(pool: PoolTarget) -> str:
    most = pool.max_price_percent
    dear = f", or when its price rises above {most}% of the on-demand price" if most is not None else ""
    return f"EC2 may take a spot node back with two minutes' notice{dear}: checkpoint often"


def _block(situation: Situation, pool: PoolTarget) -> Iterator[str]:
    job = situation.job
    drains = drains_at(pool)
    if pool.window is None or drains is None:
        yield "the capacity block ends at its fixed time, whether the job has or not"
        return
    starts = max(instant(pool.window.starts_at), situation.now)
    if starts > situation.now:
        yield f"the capacity block starts at {moment_text(starts)}: the job waits until then"
    end = (
        f"the capacity block ends at {moment_text(instant(pool.window.ends_at))}, and its machines are taken "
        f"back from {moment_text(drains)} on, whether the job has ended or not"
    )
    yield f"{end}: {_room(starts, drains, job.timeout_seconds, job.timeout)}"


def _room(starts: datetime, drains: datetime, timeout_seconds: int | None, timeout: str | None) -> str:
    left = drains - starts
    if timeout_seconds is None:
        return f"{duration_text(left.total_seconds())} at most are left to it, and the job has no timeout"
    if timedelta(seconds=timeout_seconds) <= left:
        latest = moment_text(drains - timedelta(seconds=timeout_seconds))
        return f"an attempt has to start by {latest} to have {timeout}"
    return f"{duration_text(left.total_seconds())} at most are left to it, less than the timeout of {timeout}"


def _fallback(situation: Situation, pool: PoolTarget) -> Iterator[str]:
    target = situation.target
    others = {other.name: other for other in target.pools}
    known = [others[name] for name in pool.fallback if name in others]
    if not known:
        return
    own = situation.choice.node_price

    def described(other: AnyPool) -> str:
        price = node_price(other, target.region)
        if price is None:
            cost = "unpriced"
        elif own is not None and price.value == own.value:
            cost = "at the same price"
        else:
            cost = f"${price.value:,.2f} a node and hour"
        return f"{other.name} ({other.capacity} {other.instance_type}, {cost})"

    yield (
        f"while {pool.name} has no machine free, its jobs run on {' or '.join(map(described, known))}: "
        "costs here are those of the pool itself"
    )


def _hours(hours: OpenHours) -> str:
    return (
        f"queues are open from {hours.opens} to {hours.closes} on {', '.join(hours.days)} "
        f"({hours.time_zone}): outside of these hours they take no job, and what runs goes on"
    )
