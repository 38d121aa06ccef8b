"""The plan for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from modelyard.validation import visible
from modelyard_launcher.durations import duration_text
from modelyard_launcher.plan import Plan

_MOST_RANKS = 8
"""A plan for a thousand nodes is read by nobody: these stand for all."""


def plan_text(plan: Plan) -> str:
    """The plan, a heading for each question that it answers."""
    return "\n".join(_lines(plan))


def _lines(plan: Plan) -> Iterator[str]:
    job, pool = plan.job, plan.choice.pool
    yield f"job {job.name} on {plan.target.environment}, backend {plan.backend}"
    yield f"  target     {plan.resolved.note}"
    yield f"  pool       {pool.name}: {pool.instance_type}, {pool.capacity}"
    for name, reason in plan.choice.passed_over.items():
        yield f"             not {name}: {reason}"
    yield f"  nodes      {job.num_nodes}, one process each ({job.distribution})"
    yield f"  each node  {_devices(plan)}"
    yield f"  cost       {_cost(plan)}"
    yield f"  limits     {_limits(plan)}"
    yield f"  record     {plan.record_uri}"
    yield "  every rank finds"
    yield from _variables(plan.common_environment)
    for rank, environment in enumerate(plan.rank_environments[:_MOST_RANKS]):
        yield f"  rank {rank}"
        yield from _variables(environment)
    if len(plan.rank_environments) > _MOST_RANKS:
        yield f"  and {len(plan.rank_environments) - _MOST_RANKS} ranks more, likewise"
    yield "  what can fail"
    yield from (f"    {risk}" for risk in plan.risks)
    yield "  mind"
    yield from (f"    {note}" for note in plan.notes)


def _devices(plan: Plan) -> str:
    pool, choice = plan.choice.pool, plan.choice
    accelerators = (
        f"{pool.accelerators_per_node} x {pool.accelerator}" if pool.accelerator else "no accelerators"
    )
    return (
        f"{accelerators}, {pool.vcpus} CPUs, {choice.usable_memory_mib / 1_024:.1f} of "
        f"{pool.memory_mib / 1_024:g} GiB memory (the host keeps about 4%)"
    )


def _cost(plan: Plan) -> str:
    cost, pool = plan.cost, plan.choice.pool
    if cost.hourly_usd is None:
        bought = f"{pool.instance_type} ({pool.capacity})"
        return f"unpriced: the catalog has no price for {bought} in {plan.target.region}"
    source = f"list price, {cost.price_source}, {cost.price_as_of}" + (
        f"; {cost.price_note}" if cost.price_note else ""
    )
    indicative = ", the lowest spot price seen" if pool.capacity == "spot" else ""
    if cost.most_usd is None:
        return f"${cost.hourly_usd:,.2f} an hour{indicative}, without end: the job has no timeout ({source})"
    attempts = f" in {plan.job.retry.attempts} attempts" if plan.job.retry.attempts > 1 else ""
    most = f"at most ${cost.most_usd:,.2f}{attempts} up to the timeout"
    return f"${cost.hourly_usd:,.2f} an hour{indicative}, {most} ({source})"


def _limits(plan: Plan) -> str:
    seconds, retry = plan.job.timeout_seconds, plan.job.retry
    timeout = f"{duration_text(seconds)} an attempt" if seconds is not None else "no timeout"
    again = f" on exit codes {', '.join(map(str, retry.exit_codes))}" if retry.exit_codes else ""
    return f"{timeout}, {retry.attempts} attempt{'s' * (retry.attempts > 1)}{again}"


def _variables(environment: Mapping[str, str]) -> Iterator[str]:
    for name, value in environment.items():
        yield f"    {name}={visible(value)}"
