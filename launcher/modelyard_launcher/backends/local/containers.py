"""Nodes as containers of this machine: what they are like, and the command of each."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from modelyard.errors import InputError
from modelyard.outputs import Host
from modelyard.planning.host import ENTRYPOINT_PATH, NOTICES_PATH, SCRATCH_PATH
from modelyard_launcher.backends.local.environment import (
    MASTER_ADDR,
    NodePlace,
    access_variables,
    node_name,
    place_variables,
)
from modelyard_launcher.backends.local.gang import NodeCommand
from modelyard_launcher.clouds import AnyTarget, on_azure
from modelyard_launcher.containers.engines import Engine
from modelyard_launcher.containers.gpus import can_give_gpus
from modelyard_launcher.containers.leftovers import own_label
from modelyard_launcher.containers.node import (
    RUN_LABEL,
    SUPERVISOR_LABEL,
    ContainerPlace,
    ContainerSetup,
    Mount,
    opening,
    remove_command,
    run_command,
)
from modelyard_launcher.containers.tools import make_room
from modelyard_launcher.images import image_in
from modelyard_launcher.job import Job
from modelyard_launcher.load import LoadedJob

if TYPE_CHECKING:
    from modelyard_launcher.backends.local.trial import TrialPlan
    from modelyard_launcher.stores import Access
    from modelyard_launcher.uploads import Runtime

TOOLS = "container"
"""Directory of a run's scratch space with what its containers mount."""

SHARED_SHARE = 2
"""Shared memory may take one part in so many of the memory, unless the job says otherwise, as on clusters."""


def must_have_an_image(loaded: LoadedJob) -> None:
    """Raise InputError for a job without an image."""
    if loaded.job.image is None:
        problem = loaded.problem(
            "image",
            "nothing",
            "a container needs an image, and the job has none",
            allowed="the name of an image, as cnn:1.0",
            mend="build one by `modelyard job build JOB`, which says what to write; or leave --container out",
        )
        raise InputError([problem])


def container_setup(
    job: Job, target: AnyTarget, engine: Engine, access: Access, runtime: Runtime
) -> ContainerSetup:
    """What all nodes of a job have in common, as containers of this machine. The job has an image."""
    host = (None if on_azure(target) else target.host) or Host(
        entrypoint_path=ENTRYPOINT_PATH, notices_path=NOTICES_PATH, scratch_path=SCRATCH_PATH
    )
    stores = list(_store_mounts(target))
    bundle = access_variables(target, access).get("AWS_CA_BUNDLE")
    trusted = [] if bundle is None else [Mount(bundle, bundle, read_only=True)]
    resources = job.resources
    return ContainerSetup(
        engine=engine,
        image=image_in(target, job.image or ""),
        entrypoint_path=host.entrypoint_path,
        notices_path=host.notices_path,
        scratch_path=host.scratch_path,
        runtime_uri=f"{target.stores.checkpoints.uri.rstrip('/')}/{runtime.key}",
        region=target.region,
        stores=[*stores, *trusted],
        # Directories of this machine belong to who submits, and the image's own user couldn't write there.
        user=f"{os.getuid()}:{os.getgid()}" if stores else None,
        cpus=None if resources.cpus is None else min(resources.cpus, os.cpu_count() or resources.cpus),
        memory_gib=resources.memory,
        shared_memory_mib=_shared_memory_mib(job),
        gpus=resources.accelerators is not None and can_give_gpus(engine),
    )


def container_command(
    plan: TrialPlan, setup: ContainerSetup, place: NodePlace, log: Path, grace_seconds: float
) -> NodeCommand:
    """The command of one node, with its directories made; `grace_seconds` are the runtime's."""
    name = node_name(place)
    scratch = plan.scratch / "scratch" / name
    make_room(scratch, plan.scratch / "notices")
    own = ContainerPlace(
        name=f"modelyard-{place.run_id}-{place.submission}-{place.attempt}-{name}",
        labels={RUN_LABEL: place.run_id, SUPERVISOR_LABEL: own_label()},
        variables=place_variables(place),
        tools=plan.scratch / TOOLS,
        notices=plan.scratch / "notices",
        scratch=scratch,
        grace_seconds=grace_seconds,
    )
    return NodeCommand(
        rank=place.rank,
        scripts=(),
        environment=os.environ,
        directory=plan.directory,
        log=log,
        container=run_command(setup, own),
        opening=opening(plan.given),
        clearing=remove_command(setup.engine, own.name),
    )


def planned_command(setup: ContainerSetup, num_nodes: int) -> list[str]:
    """The command of one node as a plan shows it."""
    place = ContainerPlace(
        name="modelyard-<run id>-1-1-<rank>",
        labels={RUN_LABEL: "<run id>", SUPERVISOR_LABEL: "<this process>"},
        variables={
            "NODE_RANK": "<rank>",
            "NUM_NODES": str(num_nodes),
            "MASTER_ADDR": MASTER_ADDR,
            "MASTER_PORT": "<a free port>",
        },
        tools=Path(".modelyard/runs/<run id>") / TOOLS,
        notices=Path(".modelyard/runs/<run id>/notices"),
        scratch=Path(".modelyard/runs/<run id>/scratch/<rank>"),
        grace_seconds=0,
    )
    return run_command(setup, place)


def _store_mounts(target: AnyTarget) -> Iterator[Mount]:
    """Stores that are directories of this machine, at the same paths. Datasets are read only."""
    checkpoints = _directory(target.stores.checkpoints.uri)
    datasets = _directory(target.stores.datasets.uri)
    if checkpoints is not None:
        yield Mount(str(checkpoints), str(checkpoints), read_only=False)
    is_apart = checkpoints is None or datasets is None or not datasets.is_relative_to(checkpoints)
    if datasets is not None and is_apart and Path(datasets).is_dir():
        yield Mount(str(datasets), str(datasets), read_only=True)


def _directory(uri: str) -> PurePosixPath | None:
    parts = urlsplit(uri)
    return PurePosixPath(unquote(parts.path)) if parts.scheme == "file" else None


def _shared_memory_mib(job: Job) -> int:
    asked = job.resources
    if asked.shm is not None:
        return asked.shm * 1_024
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20
    return (whole if asked.memory is None else asked.memory * 1_024) // SHARED_SHARE
