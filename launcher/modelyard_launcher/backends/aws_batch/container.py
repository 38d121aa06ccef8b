"""The container of a job's nodes, as AWS Batch is told of it.

Nothing that differs between runs of a job is in it, so that runs share one job definition: what a run is
about comes with SubmitJob, and what nodes do stands in the run's spec. Sources: AWS Batch API Reference,
ContainerProperties; AWS Batch User Guide, "Elastic Fabric Adapter" and "Memory management"; 2026-11.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from modelyard.outputs import Host, LaunchTarget
from modelyard_launcher.clouds import AnyPool
from modelyard_launcher.images import image_uri
from modelyard_launcher.job import Job, reference_in
from modelyard_launcher.pools import NEURON, PoolChoice, accelerators_of_a_node, has_neuron

UNLIMITED = -1

ULIMITS: tuple[tuple[str, int], ...] = (
    # What RDMA registers is locked (AWS Batch User Guide, "Elastic Fabric Adapter", 2026-11).
    ("memlock", UNLIMITED),
    # What NVIDIA's containers of PyTorch and JAX ask for as they start (2026-11).
    ("stack", 64 << 20),
    # Sockets of NCCL and files of data loaders, all ranks of a node together.
    ("nofile", 1 << 20),
)

SHARED_SHARE = 2
"""Shared memory may take one part in so many of the memory, unless the job says otherwise: data loaders and
NCCL use it, and only what is used counts as memory. Docker's own 64 MiB are too little for either."""

_READ_WRITE = ["READ", "WRITE", "MKNOD"]


def container_properties(job: Job, target: LaunchTarget, choice: PoolChoice, host: Host) -> dict[str, Any]:
    """What each node's container is like. The job has an image."""
    pool = choice.pool
    return {
        "image": image_uri(job.image or "", target.registry.repository_url),
        "command": [f"{host.entrypoint_path}/run"],
        "jobRoleArn": target.roles.job_role_arn,
        "executionRoleArn": target.roles.execution_role_arn,
        "environment": named(
            {
                "AWS_DEFAULT_REGION": target.region,
                "AWS_REGION": target.region,
                "MODELYARD_CHECKPOINTS": target.stores.checkpoints.uri,
                "MODELYARD_NOTICES": host.notices_path,
                "MODELYARD_SCRATCH": host.scratch_path,
                **pool.fabric.environment,
            }
        ),
        "secrets": [
            {"name": name, "valueFrom": secret_at(reference, target)}
            for name, reference in sorted(job.secrets.items())
        ],
        "resourceRequirements": [
            {"type": kind, "value": str(amount)} for kind, amount in amounts(job, choice).items()
        ],
        "linuxParameters": {
            "sharedMemorySize": shared_memory_mib(job, choice),
            "devices": [
                {"hostPath": path, "containerPath": path, "permissions": _READ_WRITE}
                for path in device_paths(job, pool)
            ],
        },
        "ulimits": [{"name": name, "softLimit": limit, "hardLimit": limit} for name, limit in ULIMITS],
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": target.log_group,
                "awslogs-region": target.region,
                "awslogs-stream-prefix": job.name,
            },
        },
        **_mounts(host),
        "privileged": False,
    }


def secret_at(reference: str, target: LaunchTarget) -> str:
    """A secret as nodes read it: in the recovery region, its replica there."""
    return reference_in(reference, target.region) if target.recovery else reference


def named(variables: Mapping[str, str]) -> list[dict[str, str]]:
    """Variables as Batch takes them."""
    return [{"name": name, "value": value} for name, value in sorted(variables.items())]


def amounts(job: Job, choice: PoolChoice) -> dict[str, int]:
    """What a container takes of its node: its part of all that the host leaves, or all of that."""
    pool = choice.pool
    gpus = accelerators_of_a_node(job, pool) if not has_neuron(pool) else 0
    return {
        **({"GPU": gpus} if gpus else {}),
        "MEMORY": choice.memory_mib,
        "VCPU": choice.vcpus,
    }


def device_paths(job: Job, pool: AnyPool) -> Iterator[str]:
    """Devices that a node is given: all of EFA, and of Neuron as many as the job asks for."""
    left = accelerators_of_a_node(job, pool)
    for path in pool.fabric.device_paths:
        if not path.startswith(NEURON):
            yield path
        elif left > 0:
            left -= 1
            yield path


def shared_memory_mib(job: Job, choice: PoolChoice) -> int:
    """Size of /dev/shm in MiB."""
    asked = job.resources.shm
    return choice.memory_mib // SHARED_SHARE if asked is None else asked * 1_024


def _mounts(host: Host) -> dict[str, Any]:
    """The host's directories, at the same paths: all but scratch are read only."""
    places = (
        ("entrypoint", host.entrypoint_path, True),
        ("notices", host.notices_path, True),
        ("scratch", host.scratch_path, False),
    )
    return {
        "volumes": [{"name": name, "host": {"sourcePath": path}} for name, path, _ in places],
        "mountPoints": [
            {"sourceVolume": name, "containerPath": path, "readOnly": read_only}
            for name, path, read_only in places
        ],
    }
