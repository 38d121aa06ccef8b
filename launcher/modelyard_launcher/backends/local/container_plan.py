"""What running a job here in containers of its image would mean."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import replace

from modelyard_launcher.archives import Archive, pack_job
from modelyard_launcher.backends.local.containers import (
    container_setup,
    must_have_an_image,
    planned_command,
)
from modelyard_launcher.backends.local.environment import access_variables
from modelyard_launcher.backends.local.planning import left_out
from modelyard_launcher.backends.local.processes import host_name
from modelyard_launcher.containers.engines import Engine
from modelyard_launcher.containers.node import ContainerSetup
from modelyard_launcher.plan import RUN_ID_PLACEHOLDER, Call, Plan
from modelyard_launcher.stores import Access
from modelyard_launcher.uploads import Runtime, pack_runtime
from modelyard_node.keys import archive_key


def in_containers(plan: Plan, engine: Engine, access: Access) -> Plan:
    """The plan of a job here, with containers in place of processes.

    Raises InputError if the job has no image, or has files that can't travel.
    """
    must_have_an_image(plan.loaded)
    runtime, files = pack_runtime(), pack_job(plan.loaded)
    setup = container_setup(plan.job, plan.target, engine, access, runtime)
    metrics = f"{setup.scratch_path}/<a directory of the node's own>/metrics.jsonl"
    gpus = {"GPUS_PER_NODE": "<all of this machine>"} if setup.gpus else {}
    return replace(
        plan,
        common_environment={**plan.common_environment, **gpus},
        rank_environments=[{**one, "MODELYARD_METRICS": metrics} for one in plan.rank_environments],
        notes=[*_notes(plan, setup), *_reach(plan, access)],
        calls=list(_calls(plan, setup, runtime, files)),
        files=files,
    )


def _calls(plan: Plan, setup: ContainerSetup, runtime: Runtime, files: Sequence[Archive]) -> Iterator[Call]:
    """What is written into the store, and the command of each node."""
    store = plan.target.stores.checkpoints.uri.rstrip("/")
    for key, size in [
        *((archive_key(archive.sha256), archive.size_bytes) for archive in files),
        (runtime.key, len(runtime.data)),
    ]:
        yield Call(
            "local", "Put", {"uri": f"{store}/{key}", "bytes": size}, "left out if it is there already"
        )
    sweep = plan.job.sweep
    request = {
        "containers": plan.job.num_nodes,
        "command": shlex.join(planned_command(setup, plan.job.num_nodes)),
        **({} if sweep is None else {"variants": sweep.size}),
    }
    yield Call("local", "RunContainers", request)


def _notes(plan: Plan, setup: ContainerSetup) -> Iterator[str]:
    """What is otherwise than a reader may think."""
    job, several = plan.job, plan.job.num_nodes > 1
    cost = (
        "what the pool costs is unpriced" if plan.cost.hourly_usd is None else "the cost is that of the pool"
    )
    yield (
        f"local: {f'{job.num_nodes} containers' if several else 'a container'} of {setup.engine.kind} on "
        f"{host_name()} stand{'s' * (not several)} in for the pool's node{'s' * several}; "
        f"{'they cost' if several else 'it costs'} nothing, {cost}"
    )
    yield (
        f"the image is {setup.image}, as it is on this machine, or else pulled; entrypoint, runtime and "
        "files come to it as on the cluster"
    )
    if setup.user is not None:
        yield (
            f"it runs as user {setup.user}, to whom the stores belong that are directories of this machine, "
            "and not as the image's own"
        )
    if job.resources.cpus is not None and setup.cpus != job.resources.cpus:
        yield f"each gets {setup.cpus} CPUs, all that this machine has, in place of {job.resources.cpus}"
    if setup.gpus:
        yield "each is given all of this machine's accelerators, whatever the job asks for"
    elif job.resources.accelerators:
        yield (
            f"no accelerators are given here (GPUS_PER_NODE is 0), {job.resources.accelerators} on each node "
            f"there: NVIDIA's container toolkit isn't set up for {setup.engine.kind}"
        )
    yield from left_out(plan.choice.pool)
    if job.secrets:
        yield "secrets reach the container by its standard input: the engine is told of none"
    yield f"scratch space is .modelyard/runs/{RUN_ID_PLACEHOLDER}/scratch, which is removed at the end"


def _reach(plan: Plan, access: Access) -> Iterator[str]:
    """How containers reach their stores."""
    if not access_variables(plan.target, access):
        return
    if not access.seems_usable:
        yield (
            f"the stores lie in {access.place}, and there are no credentials for it here: "
            "submitting would fail"
        )
    elif access.kind == "sandbox":
        yield f"it reaches {access.place} with its false credentials"
    else:
        yield f"it reaches {access.place} as you yourself, not as the job's role"
