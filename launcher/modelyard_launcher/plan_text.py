"""The plan for people: a heading for each question that it answers, in lines of 96 characters at most."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping
from contextvars import ContextVar

from modelyard.validation import visible
from modelyard_launcher.call_text import call_lines
from modelyard_launcher.clouds import is_cluster
from modelyard_launcher.durations import duration_text
from modelyard_launcher.job import shown_envs
from modelyard_launcher.node_table import node_rows, table_lines
from modelyard_launcher.plan import Plan
from modelyard_launcher.pools import HOST_SHARE
from modelyard_launcher.sweeps import variant_at

WIDTH = 96
"""Columns of a line at most; what can't be broken, as a path, is longer."""

NARROWEST = 50
"""Columns that are needed for a line to say anything beside its label."""

_MOST_RANKS = 4
"""A plan for a thousand nodes is read by nobody: these stand for all."""

_LABEL = 13
"""Columns of the labels at the left."""


_width = ContextVar("_width", default=WIDTH)


def plan_text(plan: Plan, width: int = WIDTH) -> str:
    """The plan in lines of so many columns; what is shortened is whole in its JSON form."""
    before = _width.set(min(max(width, NARROWEST), WIDTH))
    try:
        return "\n".join(_lines(plan))
    finally:
        _width.reset(before)


def _lines(plan: Plan) -> Iterator[str]:
    job, pool = plan.job, plan.choice.pool
    yield f"job {job.name} on {plan.target.environment}, backend {plan.backend}"
    yield from _entry("target", plan.resolved.note)
    yield from _entry("pool", f"{pool.name}: {pool.instance_type}, {pool.capacity}")
    for name, reason in plan.choice.passed_over.items():
        yield from _entry("", f"not {name}: {reason}")
    yield from _nodes(plan)
    yield from _files(plan)
    yield from _sweep(plan)
    yield from _entry("cost", _cost(plan))
    yield from _entry("limits", _limits(plan))
    if job.depends_on:
        yield from _entry("waits for", ", ".join(job.depends_on))
    yield from _entry("record", plan.record_uri)
    yield from _section("warnings", plan.warnings)
    yield from _section("what can fail", plan.risks)
    yield from _section("mind", plan.notes)
    yield "  every rank finds"
    yield from _variables({**plan.common_environment, **_secrets(plan)})
    for rank, environment in enumerate(plan.rank_environments[:_MOST_RANKS]):
        yield f"  rank {rank}"
        yield from _variables(environment)
    if len(plan.rank_environments) > _MOST_RANKS:
        yield f"  and {len(plan.rank_environments) - _MOST_RANKS} ranks more, likewise"
    if plan.calls:
        yield "  calls, in their order (whole with --format json)"
        yield from call_lines(plan.calls, _width.get())


def _entry(label: str, text: str) -> Iterator[str]:
    yield from _wrapped(f"  {label:<{_LABEL - 2}}", " " * _LABEL, text)


def _section(title: str, sentences: Iterable[str]) -> Iterator[str]:
    given = list(sentences)
    if given:
        yield f"  {title}"
        for sentence in given:
            yield from _wrapped("    ", "      ", sentence)


def _wrapped(first: str, further: str, text: str) -> list[str]:
    lines = textwrap.wrap(
        visible(text),
        _width.get(),
        initial_indent=first,
        subsequent_indent=further,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return lines or [first.rstrip()]


def _nodes(plan: Plan) -> Iterator[str]:
    job, choice = plan.job, plan.choice
    shm = f"; {job.resources.shm} GiB of it for /dev/shm" if job.resources.shm is not None else ""
    processes = "one process" if job.processes_per_node == 1 else f"{job.processes_per_node} processes"
    yield from _entry(
        "nodes",
        f"{job.num_nodes}, {processes} each ({job.distribution}); the host keeps about {HOST_SHARE:.0%} of a "
        f"node's memory{shm}",
    )
    if choice.parts > 1:
        gpus = f", {job.resources.accelerators}" if job.resources.accelerators else ""
        has = f"{choice.vcpus} CPUs, {choice.memory_mib / 1_024:.1f} GiB{gpus}"
        yield from _entry("", f"1 of {choice.parts} equal parts of a node: {has}")
    yield from (f"    {line}" for line in table_lines(node_rows(plan.target, plan.choice)))


def _files(plan: Plan) -> Iterator[str]:
    job = plan.job
    travelling = [] if job.workdir is None else [f"{job.workdir} as its working directory"]
    travelling += [f"{source} as {target}" for target, source in job.file_mounts.items()]
    if travelling:
        yield from _entry("files", ", ".join(travelling))


def _sweep(plan: Plan) -> Iterator[str]:
    sweep = plan.job.sweep
    if sweep is None:
        return
    kind = "a grid" if sweep.grid is not None else "a list" if sweep.list is not None else "random"
    drawn = f", seed {sweep.seed}" if sweep.random is not None else ""
    yield from _entry("sweep", f"{sweep.size:,} variants ({kind}{drawn}), {plan.cost.at_a_time:,} at a time")
    for index in (0, sweep.size - 1):
        variables = shown_envs(variant_at(sweep, index))
        yield _cut(
            f"{' ' * _LABEL}{index}: {' '.join(f'{name}={visible(v)}' for name, v in variables.items())}"
        )


def _cost(plan: Plan) -> str:
    cost, pool, job = plan.cost, plan.choice.pool, plan.job
    if cost.hourly_usd is None:
        bought = f"{pool.instance_type} ({pool.capacity})"
        return f"unpriced: the catalog has no price for {bought} in {plan.target.region}{_why_unpriced(plan)}"
    source = f"list price, {cost.price_source}, {cost.price_as_of}" + (
        f"; {cost.price_note}" if cost.price_note else ""
    )
    seen = "a spot machine's list price" if is_cluster(pool) else "the lowest spot price seen"
    indicative = f", {seen}" if pool.capacity == "spot" else ""
    whole = plan.choice.node_price
    if plan.choice.parts > 1 and whole is not None:
        indicative += f", its part of a node at ${whole.value:,.2f}"
    hourly = f"${cost.hourly_usd:,.2f} an hour{indicative}"
    if job.sweep is not None:
        hourly = (
            f"${cost.hourly_usd:,.2f} a variant and hour{indicative}, ${cost.peak_hourly_usd:,.2f} at a time"
        )
    return f"{hourly}, {_in_all(plan)} ({source})"


def _why_unpriced(plan: Plan) -> str:
    """Why a price that a list does name is none, where that is known."""
    pool = plan.choice.pool
    if not is_cluster(pool):
        return ""
    from modelyard.catalog.azure import why_unpriced

    why = why_unpriced(pool.instance_type, plan.target.region, pool.capacity)
    return f": {why.value}" if why is not None else ""


def _in_all(plan: Plan) -> str:
    cost, job = plan.cost, plan.job
    if cost.most_usd is None:
        return "without end: the job has no timeout"
    if cost.budget_comes_first:
        return f"at most ${cost.most_usd:,.2f}, the total budget"
    of = f" of {job.variants:,} variants" if job.variants else ""
    starts = f" in {cost.starts} starts{' of each' * bool(of)}" if cost.starts > 1 else ""
    return f"at most ${cost.most_usd:,.2f}{of}{starts} up to the timeout"


def _limits(plan: Plan) -> str:
    job, retry = plan.job, plan.job.retry
    seconds = job.timeout_seconds
    limits = [f"{duration_text(seconds)} an attempt" if seconds is not None else "no timeout"]
    again = f" on exit codes {', '.join(map(str, retry.exit_codes))}" if retry.exit_codes else ""
    spare = retry.most_starts - retry.attempts
    hosts = f", {spare} start{'s' * (spare > 1)} more if hosts fail" if spare else ""
    limits.append(f"{retry.attempts} attempt{'s' * (retry.attempts > 1)}{again}{hosts}")
    if job.max_total_cost is not None:
        limits.append(f"${job.max_total_cost:,.2f} in all")
    if job.deadline_at is not None:
        limits.append(f"until {job.deadline_at:%Y-%m-%d %H:%M} UTC")
    if job.recovery == "recovery_region":
        limits.append("may go on in the recovery region")
    return ", ".join(limits)


def _secrets(plan: Plan) -> dict[str, str]:
    return {name: f"(from {reference})" for name, reference in plan.job.secrets.items()}


def _variables(environment: Mapping[str, str]) -> Iterator[str]:
    for name, value in environment.items():
        yield _cut(f"    {name}={visible(value)}")


def _cut(line: str) -> str:
    width = _width.get()
    return line if len(line) <= width else f"{line[: width - 1]}…"
