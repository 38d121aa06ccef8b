"""The document of a job in a workspace: what is planned is this, and is sent.

Sources, 2026-11: REST reference of Jobs, 2025-12-01 (CommandJob, SweepJob, Mpi); "Distributed GPU training
guide", 2024-01-29 (one process a node, MASTER_ADDR, NODE_RANK); "Use identity-based service authentication",
2025-06-10.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from modelyard.outputs.azure import AzureLaunchTarget, AzurePool
from modelyard_launcher.backends.azure_ml.names import compute_path
from modelyard_launcher.job import Job
from modelyard_launcher.pools import accelerators_of_a_node
from modelyard_launcher.spec import GRACE_SECONDS
from modelyard_node.place import PROCESSES_VARIABLE

RUN_TAG = "modelyard:run"
SUBMISSION_TAG = "modelyard:submission"
OWNER_TAG = "modelyard:owner"
"""Tags of a job. By the first a job is known to be a run's."""

VARIANT = "variant"
"""The parameter of a sweep: the index of the variant, which nodes look up in the list of variants."""

PRIMARY_METRIC = "loss"
"""A sweep of the service has to name one. Nothing is ended or chosen by it here."""

SETTING_UP_SECONDS = 1_800
"""What the service gives nodes beyond the job's own timeout, to pull the image, to fetch files and to set
up: the nodes hold the timeout themselves."""

MOST_STARTS = 10
"""Starts on one node within a job, as many as AWS Batch allows; a choice of ours."""

_ULIMITS = "--ulimit memlock=-1 --ulimit stack=67108864 --ulimit nofile=1048576:1048576"
"""What RDMA registers is locked; stack and files as NVIDIA's containers and NCCL want them (2026-11)."""


@dataclass(frozen=True, slots=True)
class Sending:
    """What differs from one submission of a job to the next."""

    run_id: str
    number: int
    spec_sha256: str
    owner: str


def shared_memory_gib(job: Job, pool: AzurePool) -> int:
    """Size of /dev/shm in GiB: the service's own 2 are too few for NCCL and data loaders."""
    return pool.shared_memory_gib if job.resources.shm is None else job.resources.shm


def starts_of_a_node(job: Job) -> int:
    """How often a node starts the runtime within one job: what starts together doesn't do so again."""
    return 1 if job.starts_together else min(job.retry.most_starts, MOST_STARTS)


def service_timeout_seconds(job: Job, pool: AzurePool) -> int | None:
    """When the service itself ends a job; None if it has no timeout, or may be begun again by the service or
    on its node: what its time counts from then isn't documented.
    """
    seconds = job.timeout_seconds
    if seconds is None or pool.capacity == "spot" or starts_of_a_node(job) > 1:
        return None
    return seconds + GRACE_SECONDS + SETTING_UP_SECONDS


def job_body(
    job: Job, target: AzureLaunchTarget, pool: AzurePool, assets: tuple[str, str], sending: Sending
) -> dict[str, Any]:
    """What is put at a job's id.

    Args:
        job: what runs.
        target: where.
        pool: on which cluster.
        assets: ids of its code and its environment.
        sending: which submission it is.
    """
    common = {
        "displayName": sending.run_id,
        "experimentName": job.name,
        "computeId": compute_path(target, pool.compute_name),
        "identity": {"identityType": "Managed", "clientId": target.job_identity.client_id},
        "tags": job_tags(target, sending),
    }
    command = "exec python3 -I start.py"
    if job.sweep is None:
        seconds = service_timeout_seconds(job, pool)
        limits = {"limits": {"jobLimitsType": "Command", "timeout": f"PT{seconds}S"}} if seconds else {}
        trial = _trial(job, target, pool, assets, sending, command)
        return {"properties": {"jobType": "Command", **common, **trial, **limits}}
    command = f"export MODELYARD_VARIANT=${{{{search_space.{VARIANT}}}}}; {command}"
    return {
        "properties": {
            "jobType": "Sweep",
            **common,
            **_sweep(job, pool),
            "trial": _trial(job, target, pool, assets, sending, command),
        }
    }


def job_tags(target: AzureLaunchTarget, sending: Sending) -> dict[str, str]:
    """Tags of a job: the environment's, and what it is."""
    return {
        **target.tags,
        "environment": target.environment,
        RUN_TAG: sending.run_id,
        SUBMISSION_TAG: str(sending.number),
        OWNER_TAG: sending.owner,
    }


def _trial(
    job: Job,
    target: AzureLaunchTarget,
    pool: AzurePool,
    assets: tuple[str, str],
    sending: Sending,
    command: str,
) -> dict[str, Any]:
    code, environment = assets
    return {
        "codeId": code,
        "environmentId": environment,
        "command": command,
        "environmentVariables": dict(sorted(variables(job, target, pool, sending).items())),
        **_distribution(job),
        "resources": {
            "instanceCount": job.num_nodes,
            "shmSize": f"{shared_memory_gib(job, pool)}g",
            "dockerArgs": _ULIMITS,
        },
    }


def _distribution(job: Job) -> dict[str, Any]:
    """Who starts the processes. As PyTorch it is one runtime on each node, whatever the program is then."""
    if job.distribution == "mpi":
        return {
            "distribution": {"distributionType": "Mpi", "processCountPerInstance": job.processes_per_node}
        }
    if job.num_nodes > 1:
        return {"distribution": {"distributionType": "PyTorch", "processCountPerInstance": 1}}
    return {}


def variables(job: Job, target: AzureLaunchTarget, pool: AzurePool, sending: Sending) -> Mapping[str, str]:
    """What nodes are told. NODE_RANK, MASTER_ADDR and MASTER_PORT are the service's to say."""
    by_mpi = {PROCESSES_VARIABLE: str(job.processes_per_node)} if job.distribution == "mpi" else {}
    return {
        **by_mpi,
        **pool.fabric.environment,
        "DEFAULT_IDENTITY_CLIENT_ID": target.job_identity.client_id,
        "GPUS_PER_NODE": str(accelerators_of_a_node(job, pool)),
        "MODELYARD_ATTEMPT_UNTOLD": "1",
        "MODELYARD_CHECKPOINTS": target.stores.checkpoints.uri,
        "MODELYARD_RUN_ID": sending.run_id,
        "MODELYARD_SPEC_SHA256": sending.spec_sha256,
        "MODELYARD_STARTS": str(starts_of_a_node(job)),
        "MODELYARD_SUBMISSION": str(sending.number),
        "NUM_NODES": str(job.num_nodes),
    }


def _sweep(job: Job, pool: AzurePool) -> dict[str, Any]:
    """A sweep as the service has it: a grid of one parameter, the variants' index, says grids, lists and
    draws at random alike, with the very values that the plan shows.
    """
    count = job.variants or 1
    room = max(1, pool.max_nodes // job.num_nodes)
    asked = job.sweep.parallel if job.sweep is not None else None
    at_once = min(count, room, asked or count)
    return {
        "objective": {"goal": "Minimize", "primaryMetric": PRIMARY_METRIC},
        "samplingAlgorithm": {"samplingAlgorithmType": "Grid"},
        "searchSpace": {VARIANT: ["choice", [list(range(count))]]},
        "limits": {"jobLimitsType": "Sweep", "maxTotalTrials": count, "maxConcurrentTrials": at_once},
    }
