"""Which of an environment's pools a job goes to, and why not to the others."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from math import floor

from modelyard.catalog.fact import Fact
from modelyard.errors import InputError, Problem
from modelyard.outputs import PoolTarget
from modelyard_launcher.clouds import AnyPool, AnyTarget, is_cluster
from modelyard_launcher.job import Job
from modelyard_launcher.job.fields import instant
from modelyard_launcher.load import LoadedJob
from modelyard_launcher.records import USD_DIGITS

NEURON = "/dev/neuron"
"""How the paths of Neuron devices begin. Batch counts GPUs only: these are given as devices."""

HOST_SHARE = 0.04
"""Part of a node's memory that the system and the ECS agent keep, as torchx 0.7 counts it too (2026-11). No
figure is known for what Azure Machine Learning keeps: as much is assumed there."""


@dataclass(frozen=True, slots=True)
class PoolChoice:
    """The pool of a job."""

    pool: AnyPool
    node_price: Fact[float] | None
    """What an hour of one node costs; None if unpriced."""
    passed_over: dict[str, str]
    """Why each of the other pools was not chosen."""
    parts: int = 1
    """Equal parts that its nodes are divided into, each for a job; 1 where jobs have nodes of their own."""

    @property
    def vcpus(self) -> int:
        """Virtual CPUs that the job has of each node."""
        return self.pool.vcpus // self.parts

    @property
    def memory_mib(self) -> int:
        """Memory that the job has of each node, after the host's share, in MiB."""
        return usable_memory_mib(self.pool) // self.parts

    @property
    def hourly_usd(self) -> float | None:
        """What an hour of what the job has of one node costs; None if unpriced."""
        # Rounded as money is: a half of 1.428 and 0.714 are one price.
        return None if self.node_price is None else round(self.node_price.value / self.parts, USD_DIGITS)

    @property
    def taken(self) -> str:
        """What the job takes of each node's type, for people: p5.48xlarge, or 1/8 of p5.48xlarge."""
        name = self.pool.instance_type
        return name if self.parts == 1 else f"1/{self.parts} of {name}"


def choose_pool(loaded: LoadedJob, target: AnyTarget, *, now: datetime | None = None) -> PoolChoice:
    """The cheapest pool that has what the job asks for, at a moment. Raises InputError if none has."""
    job, moment = loaded.job, now or datetime.now(UTC)
    reasons = {
        pool.name: reason for pool in target.pools if (reason := why_not(job, pool, moment)) is not None
    }
    fitting = [pool for pool in target.pools if pool.name not in reasons]
    if not fitting:
        raise InputError([_no_pool(loaded, target, reasons)])
    choices = [
        PoolChoice(pool, node_price(pool, target.region), {}, parts_of_a_node(job, pool)) for pool in fitting
    ]

    def by_price(choice: PoolChoice) -> tuple[float, int, str]:
        price = choice.hourly_usd
        return (float("inf") if price is None else price, choice.parts, choice.pool.name)

    chosen = min(choices, key=by_price)
    for choice in choices:
        reasons.setdefault(choice.pool.name, _second(choice, chosen))
    names = [pool.name for pool in target.pools if pool is not chosen.pool]
    return replace(chosen, passed_over={name: reasons[name] for name in names})


def parts_of_a_node(job: Job, pool: AnyPool) -> int:
    """Into how many equal parts a job on one node divides it: as many as each has all that the job asks for.

    Parts are equal in all that a node has, so that the last isn't short of memory while CPUs are left. A job
    that says neither accelerators nor CPUs nor memory has the node to itself, and so have a gang's nodes.
    Neuron devices are given by their number, which no two jobs may be given alike. On Azure jobs have whole
    nodes.
    """
    wanted = job.resources
    if job.num_nodes > 1 or is_cluster(pool) or has_neuron(pool):
        return 1
    if not (wanted.accelerators or wanted.cpus or wanted.memory):
        return 1
    usable_gib = usable_memory_mib(pool) // 1_024
    asked = (
        (pool.accelerators_per_node, wanted.accelerator_count),
        (pool.vcpus, wanted.cpus),
        (usable_gib, wanted.memory),
        (usable_gib, wanted.shm),
    )
    return max(1, min(has // each for has, each in asked if each))


def accelerators_of_a_node(job: Job, pool: AnyPool) -> int:
    """Accelerators that a node is given: as many as the job asks for."""
    return min(job.resources.accelerator_count, pool.accelerators_per_node)


def has_neuron(pool: AnyPool) -> bool:
    """Whether the accelerators of a pool's nodes are Neuron devices."""
    return any(path.startswith(NEURON) for path in pool.fabric.device_paths)


def _second(other: PoolChoice, chosen: PoolChoice) -> str:
    """Why a pool that would do isn't chosen."""
    price, best, name = other.hourly_usd, chosen.hourly_usd, chosen.pool.name
    if best is None:
        return f"it would do, but neither is priced, and {_comes_first(other, chosen)}"
    if price is None:
        return f"it would do, but {name} is priced"
    if price == best:
        return f"it would do at the same price, but {_comes_first(other, chosen)}"
    return f"it would do, but {name} is cheaper"


def _comes_first(other: PoolChoice, chosen: PoolChoice) -> str:
    if other.parts != chosen.parts:
        return f"fewer jobs share a node of {chosen.pool.name}"
    return f"{chosen.pool.name} comes first by its name"


def node_price(pool: AnyPool, region: str) -> Fact[float] | None:
    """What an hour of a node costs; a capacity block is paid beforehand and has no price by the hour.

    A low-priority node of Azure has the price of a spot machine.
    """
    if is_cluster(pool):
        from modelyard.catalog.azure import prices
    else:
        from modelyard.catalog import prices
    if pool.capacity == "capacity_block":
        return None
    if pool.capacity == "spot":
        return prices.spot_usd_per_hour(pool.instance_type, region)
    return prices.on_demand_usd_per_hour(pool.instance_type, region)


def usable_memory_mib(pool: AnyPool) -> int:
    """Memory that a job may have of a node, in MiB."""
    return floor(pool.memory_mib * (1 - HOST_SHARE))


def drains_at(pool: PoolTarget) -> datetime | None:
    """When EC2 begins to take the machines of a capacity block back; None if that isn't known."""
    return instant(pool.window.drain_at) if pool.window is not None else None


def why_not(job: Job, pool: AnyPool, now: datetime) -> str | None:
    """The first reason for which a job can't go to a pool, at a moment; None if it can."""
    wanted = job.resources
    if wanted.pool is not None and wanted.pool != pool.name:
        return f"resources.pool names {wanted.pool}"
    return (
        _why_not_the_capacity(job, pool)
        or (None if is_cluster(pool) else _why_not_now(pool, now))
        or _why_not_the_accelerators(job, pool)
        or _why_not_the_size(job, pool)
    )


def _why_not_the_capacity(job: Job, pool: AnyPool) -> str | None:
    if job.resources.use_spot and pool.capacity != "spot":
        return f"its capacity is {pool.capacity}, and the job asks for spot"
    if not job.resources.use_spot and pool.capacity == "spot":
        return "its capacity is spot, and the job doesn't say resources.use_spot: true"
    if job.num_nodes > 1 and pool.capacity == "spot" and not is_cluster(pool):
        return f"AWS Batch runs no multi-node jobs on spot, and the job wants {job.num_nodes} nodes"
    most = min(pool.max_nodes_per_job, pool.max_nodes)
    if job.num_nodes > most:
        return f"the job wants {job.num_nodes} nodes, and one job may use {most} of it"
    return None


def _why_not_now(pool: PoolTarget, now: datetime) -> str | None:
    drains = drains_at(pool)
    if pool.window is not None and drains is not None and drains <= now:
        return (
            f"its capacity block has ended: machines are taken back since {pool.window.drain_at}, "
            f"and it ends at {pool.window.ends_at}"
        )
    return None


def _why_not_the_accelerators(job: Job, pool: AnyPool) -> str | None:
    wanted = job.resources
    has = f"{pool.accelerators_per_node} {pool.accelerator}" if pool.accelerator else "none"
    if wanted.accelerator_kind is None:
        if pool.accelerator is not None and wanted.pool is None:
            return (
                f"its nodes have accelerators ({has}), and the job asks for none; "
                "name it by resources.pool to use it so"
            )
        return None
    if pool.accelerator is None or wanted.accelerator_kind.lower() != pool.accelerator.lower():
        return f"the job asks for {wanted.accelerator_kind}, and its nodes have {has}"
    if wanted.accelerator_count > pool.accelerators_per_node:
        asked = f"{wanted.accelerator_count} {pool.accelerator}"
        return f"the job asks for {asked} on a node, and its nodes have {has}"
    return None


def _why_not_the_size(job: Job, pool: AnyPool) -> str | None:
    wanted = job.resources
    if wanted.cpus is not None and wanted.cpus > pool.vcpus:
        return f"the job asks for {wanted.cpus} CPUs on a node, and {pool.instance_type} has {pool.vcpus}"
    usable = usable_memory_mib(pool)
    for asked, what in ((wanted.memory, "GiB"), (wanted.shm, "GiB of shared memory")):
        if asked is not None and asked * 1_024 > usable:
            return (
                f"the job asks for {asked} {what} on a node, and {pool.instance_type} can give "
                f"{usable / 1_024:.1f} of its {pool.memory_mib / 1_024:g}: "
                f"the host keeps about {HOST_SHARE:.0%}"
            )
    return None


def _no_pool(loaded: LoadedJob, target: AnyTarget, reasons: dict[str, str]) -> Problem:
    wanted = loaded.job.resources
    names = [pool.name for pool in target.pools]
    if wanted.pool is not None and wanted.pool not in names:
        return loaded.problem(
            "resources.pool",
            wanted.pool,
            f"environment {target.environment} has no such pool",
            allowed=", ".join(names),
            mend="name one of these, or leave pool out",
        )
    asked = [f"{loaded.job.num_nodes} node{'s' * (loaded.job.num_nodes > 1)}"]
    asked += [wanted.accelerators] if wanted.accelerators else []
    asked += [f"{wanted.cpus} CPUs"] if wanted.cpus else []
    asked += [f"{wanted.memory} GiB"] if wanted.memory else []
    asked += [f"{wanted.shm} GiB of shared memory"] if wanted.shm else []
    asked += ["spot"] if wanted.use_spot else []
    return loaded.problem(
        "resources",
        ", ".join(asked),
        f"no pool of environment {target.environment} fits: "
        + "; ".join(f"{name}: {reason}" for name, reason in reasons.items()),
        allowed="; ".join(_offer(pool) for pool in target.pools),
        mend="ask for what a pool has, or add a pool to the environment",
    )


def _offer(pool: AnyPool) -> str:
    accelerators = f" with {pool.accelerator}:{pool.accelerators_per_node}" if pool.accelerator else ""
    most = min(pool.max_nodes_per_job, pool.max_nodes)
    return (
        f"{pool.name}: up to {most} {pool.capacity} node{'s' * (most > 1)} of "
        f"{pool.instance_type}{accelerators}, "
        f"{pool.vcpus} CPUs and {usable_memory_mib(pool) // 1_024} GiB each"
    )
