"""What running a job on this machine would mean."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from modelyard.errors import InputError, Problem
from modelyard_launcher.backends.local.environment import MASTER_ADDR, access_variables, passed_on
from modelyard_launcher.backends.local.processes import host_name
from modelyard_launcher.clouds import AnyPool, is_cluster
from modelyard_launcher.contract import GangContext, common_variables, rank_variables
from modelyard_launcher.costs import Cost
from modelyard_launcher.job import Job, shown_envs
from modelyard_launcher.load import LoadedJob
from modelyard_launcher.outlook import look_ahead
from modelyard_launcher.plan import RUN_ID_PLACEHOLDER, Call, Plan
from modelyard_launcher.pools import PoolChoice
from modelyard_launcher.resolved import ResolvedTarget
from modelyard_launcher.spec import store_uris
from modelyard_launcher.stores import Access

if TYPE_CHECKING:
    from modelyard_launcher.containers.engines import Engine

MOST_NODES = 32
"""Each node is a few processes on one machine."""


def plan_here(
    loaded: LoadedJob, resolved: ResolvedTarget, access: Access, engine: Engine | None = None
) -> Plan:
    """What submitting would mean: as processes, or as containers of an engine. Raises InputError."""
    job, target = loaded.job, resolved.target
    problems = [*_too_many(loaded), *_by_mpi(loaded), *(_mounts(loaded) if engine is None else [])]
    if problems:
        raise InputError(problems)
    outlook = look_ahead(loaded, target)
    stores = store_uris(job, target)
    planned = GangContext(
        run_id=RUN_ID_PLACEHOLDER,
        attempt="<from 1>",
        master_addr=MASTER_ADDR,
        master_port="<a free port>",
        gpus_per_node=0,
        datasets_uri=stores["datasets_uri"],
        checkpoints_uri=stores["checkpoints_uri"],
    )
    plan = Plan(
        loaded=loaded,
        resolved=resolved,
        backend="local",
        choice=outlook.choice,
        cost=outlook.cost,
        common_environment={**shown_envs(job.envs), **common_variables(job, planned)},
        rank_environments=[
            rank_variables(job, rank, f".modelyard/runs/{RUN_ID_PLACEHOLDER}/metrics/{rank}.jsonl")
            for rank in range(job.num_nodes)
        ],
        notes=_notes(job, resolved, outlook.choice, outlook.cost, access),
        risks=outlook.risks,
        warnings=outlook.warnings,
        calls=_calls(loaded),
    )
    if engine is None:
        return plan
    from modelyard_launcher.backends.local.container_plan import in_containers

    return in_containers(plan, engine, access)


def _too_many(loaded: LoadedJob) -> Iterator[Problem]:
    """More nodes than this machine can stand in for."""
    if loaded.job.num_nodes > MOST_NODES:
        yield loaded.problem(
            "num_nodes",
            str(loaded.job.num_nodes),
            "the local backend runs all nodes on this machine",
            allowed=f"1 to {MOST_NODES} with the local backend",
            mend="take fewer nodes to try the job here",
        )


def _by_mpi(loaded: LoadedJob) -> Iterator[Problem]:
    """Ranks that an mpirun would have to start."""
    if loaded.job.distribution == "mpi":
        yield loaded.problem(
            "distribution",
            "mpi",
            "the local backend starts one process for each node, and no mpirun",
            allowed="torchrun, jax or none with the local backend",
            mend="try it here with distribution: none and mpirun in run, or submit it to an environment on "
            "Azure",
        )


def _mounts(loaded: LoadedJob) -> Iterator[Problem]:
    """Files at paths of their own, where there is no container."""
    if loaded.job.file_mounts:
        yield loaded.problem(
            "file_mounts",
            ", ".join(loaded.job.file_mounts),
            "this machine is no container: nothing is put at paths of its own",
            allowed="file_mounts with --container, or none with the local backend",
            mend="try the job in its image by --container, or put the files below workdir",
        )


def _calls(loaded: LoadedJob) -> list[Call]:
    """What is started: one process a node, or a node of each variant."""
    job = loaded.job
    sweep = job.sweep
    request = {
        "processes": job.num_nodes,
        "directory": str(loaded.directory),
        "command": "python -I runtime.pyz",
        **({} if sweep is None else {"variants": sweep.size}),
    }
    return [Call("local", "StartProcesses", request)]


def _notes(job: Job, resolved: ResolvedTarget, choice: PoolChoice, cost: Cost, access: Access) -> list[str]:
    pool = choice.pool
    price = "what the pool costs is unpriced" if cost.hourly_usd is None else "the cost is that of the pool"
    notes = [
        (
            f"local: {job.num_nodes} processes on {host_name()} stand in for the pool's nodes; "
            f"they cost nothing, {price}"
            if job.num_nodes > 1
            else f"local: a process on {host_name()} stands in for the pool's node; it costs nothing, {price}"
        )
    ]
    if job.image:
        notes.append(
            f"the image {job.image} isn't used: the job runs with this machine's Python and packages"
        )
    if job.resources.accelerators:
        notes.append(
            f"no accelerators are given here (GPUS_PER_NODE is 0), "
            f"{job.resources.accelerators} on each node there"
        )
    notes += left_out(pool)
    notes.append(
        f"besides, ranks find: {', '.join([*passed_on(), 'HOME (of their own)', 'PYTHONUNBUFFERED'])}"
    )
    return [*notes, *_reach(resolved, access)]


def left_out(pool: AnyPool) -> list[str]:
    """Variables of the pool's network that mean nothing here."""
    fast = pool.fabric.infiniband_gbps if is_cluster(pool) else pool.fabric.efa_interfaces
    if not pool.fabric.environment or not fast:
        return []
    kind = "InfiniBand" if is_cluster(pool) else "EFA"
    return [f"left out here, for want of {kind}: {', '.join(sorted(pool.fabric.environment))}"]


def _reach(resolved: ResolvedTarget, access: Access) -> list[str]:
    """How the job's processes reach their stores."""
    reach = ", ".join(access_variables(resolved.target, access))
    if not reach:
        return []
    if not access.seems_usable:
        return [
            (
                f"the stores lie in {access.place}, and there are no credentials for it here: "
                "submitting would fail"
            )
        ]
    if access.kind == "sandbox":
        return [f"and, to reach {access.place} with its false credentials: {reach}"]
    return [f"and, to reach {access.place} as you yourself, not as the job's role: {reach}"]
