"""The plan of a job on AWS Batch: what it will be told, and what of that a reader may not expect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from modelyard.outputs import LaunchTarget
from modelyard_launcher.archives import Archive, pack_job
from modelyard_launcher.backends.aws_batch.calls import jobs_key, prepare_calls, submit_calls, sweep_calls
from modelyard_launcher.backends.aws_batch.checks import as_if_known, host_of, job_problems, refuse
from modelyard_launcher.backends.aws_batch.container import amounts, shared_memory_mib
from modelyard_launcher.backends.aws_batch.definition import batch_timeout_seconds, definition_request
from modelyard_launcher.backends.aws_batch.limits import (
    definition_problems,
    joint_problems,
    submission_problems,
)
from modelyard_launcher.backends.aws_batch.shipment import BACKEND, Shipment
from modelyard_launcher.clouds import aws_pool
from modelyard_launcher.contract import GangContext, common_variables, rank_variables
from modelyard_launcher.durations import duration_text
from modelyard_launcher.job import Job, shown_envs
from modelyard_launcher.load import LoadedJob
from modelyard_launcher.outlook import Outlook
from modelyard_launcher.owners import owner
from modelyard_launcher.plan import RUN_ID_PLACEHOLDER, Call, Plan
from modelyard_launcher.pools import PoolChoice, accelerators_of_a_node
from modelyard_launcher.resolved import ResolvedTarget
from modelyard_launcher.spec import store_uris
from modelyard_launcher.submission_calls import SPEC_PLACEHOLDER, Parcel, StoreCalls, submission_calls
from modelyard_launcher.submission_digest import submission_digest
from modelyard_launcher.sweeps import VariantsFile, variants_file
from modelyard_launcher.uploads import Runtime

MOST_RANKS_SHOWN = 64
"""Ranks whose variables a plan lists: those of more differ by their number alone."""


_SOME_RUN_ID = "{}-20260101-000000-0000"
"""A run's id, by its job's name: each is as long."""


@dataclass(frozen=True, slots=True)
class Packed:
    """What travels with a job."""

    files: Sequence[Archive]
    runtime: Runtime
    variants: VariantsFile | None


def pack(loaded: LoadedJob, runtime: Runtime) -> Packed:
    """Pack what travels with a job. Raises InputError for files that can't."""
    sweep = loaded.job.sweep
    return Packed(pack_job(loaded), runtime, None if sweep is None else variants_file(sweep))


def planned_jobs(loaded: LoadedJob) -> list[str]:
    """What stands in a plan for the jobs of runs that can't be asked after."""
    return [f"<job of {run_id}>" for run_id in loaded.job.depends_on]


def shipment_of(
    job: Job, target: LaunchTarget, choice: PoolChoice, runtime: Runtime, depends_on: Sequence[str]
) -> Shipment:
    """What a job is at Batch. Raises SurroundingsError for a target that is too old."""
    return Shipment(
        job=job,
        target=target,
        pool_name=choice.pool.name,
        queue=aws_pool(choice.pool).queue_arn,
        definition=definition_request(job, target, choice, host_of(target)),
        runtime_key=runtime.key,
        depends_on=depends_on,
        owner=owner(),
    )


def check(loaded: LoadedJob, target: LaunchTarget, choice: PoolChoice) -> None:
    """Raise InputError for what AWS Batch can't run at all: what it would be told can't be made then."""
    refuse(loaded, job_problems(loaded, target, choice))


def check_limits(loaded: LoadedJob, shipment: Shipment) -> None:
    """Raise InputError for what is beyond a limit of Batch's."""
    variant = (loaded.job.variants or 1) - 1 if shipment.jobs > 1 else None
    definition = as_if_known(shipment.definition)
    submission = as_if_known(shipment.request(_SOME_RUN_ID.format(loaded.job.name), 1, "0" * 64, variant))
    problems = [
        *definition_problems(definition),
        *submission_problems(submission),
        *joint_problems(definition, submission),
    ]
    # What both are told, tags above all, is wrong once.
    refuse(loaded, list(dict.fromkeys(problems)))


def make_plan(
    loaded: LoadedJob, resolved: ResolvedTarget, outlook: Outlook, packed: Packed, shipment: Shipment
) -> Plan:
    """The plan of a job that is within all limits."""
    job, target = loaded.job, resolved.target
    digest = submission_digest(job, packed.files, target, BACKEND)
    parcel = Parcel(packed.files, packed.runtime, packed.variants, digest)
    uris = store_uris(job, target)
    context = GangContext(
        run_id=RUN_ID_PLACEHOLDER,
        attempt="<from 1>",
        master_addr="<address of the main node>",
        master_port="<by the job's id>",
        gpus_per_node=accelerators_of_a_node(job, outlook.choice.pool),
        datasets_uri=uris["datasets_uri"],
        checkpoints_uri=uris["checkpoints_uri"],
    )
    return Plan(
        loaded=loaded,
        resolved=resolved,
        backend=BACKEND,
        choice=outlook.choice,
        cost=outlook.cost,
        common_environment={
            **shown_envs(job.envs),
            **dict.fromkeys(sorted(job.secrets), "<a secret>"),
            **outlook.choice.pool.fabric.environment,
            **common_variables(job, context),
        },
        rank_environments=[
            rank_variables(job, rank, "<a file on the node>")
            for rank in range(min(job.num_nodes, MOST_RANKS_SHOWN))
        ],
        notes=notes(job, outlook.choice, shipment),
        risks=outlook.risks,
        warnings=outlook.warnings,
        calls=submission_calls(
            target.stores.checkpoints.uri,
            parcel,
            prepare_calls(shipment.definition),
            _calls(shipment.target, shipment),
        ),
        files=packed.files,
    )


def _calls(target: LaunchTarget, shipment: Shipment) -> list[Call]:
    """The backend's call itself; of a sweep of jobs with several nodes, all of them."""
    if shipment.jobs == 1:
        return submit_calls(shipment.request(RUN_ID_PLACEHOLDER, 1, SPEC_PLACEHOLDER))
    first = shipment.request(RUN_ID_PLACEHOLDER, 1, SPEC_PLACEHOLDER, 0)
    store = StoreCalls(target.stores.checkpoints.uri)
    keep = store.put(jobs_key(RUN_ID_PLACEHOLDER, 1), "modelyard.jobs/1: the ids of its jobs")
    return sweep_calls(first, shipment.jobs, keep)


def notes(job: Job, choice: PoolChoice, shipment: Shipment) -> list[str]:
    """What Batch does otherwise than a reader may think."""
    taken = amounts(job, choice)
    gpus = f", {taken['GPU']} GPUs" if "GPU" in taken else ""
    given = (
        f"{taken['VCPU']} CPUs, {taken['MEMORY'] / 1_024:.1f} GiB memory{gpus}, up to "
        f"{shared_memory_mib(job, choice) / 1_024:.1f} GiB of it as shared memory"
    )
    who = "node" if job.num_nodes > 1 else "job"
    told = [f"each {who} has a machine of its own: {given}"]
    if choice.parts > 1:
        told = _of_parts(choice.parts, given)
    seconds = batch_timeout_seconds(job)
    if seconds is not None and job.timeout is not None:
        told.append(
            f"nodes hold the timeout of {job.timeout} themselves, from the start of the program, and leave "
            f"it time to save; Batch ends what is still there after {duration_text(seconds)}, without"
        )
    if shipment.array_size:
        told.append(f"the {shipment.array_size:,} variants are one array job, and one call")
    elif shipment.jobs > 1:
        told.append(
            f"Batch has no arrays of jobs with several nodes: the {shipment.jobs:,} variants are sent one by "
            "one, up to 50 a second; sent again, a broken off sweep is completed"
        )
    return told


def _of_parts(parts: int, given: str) -> list[str]:
    """What a reader may not think of where jobs share machines."""
    beside = (
        f"up to {parts} such jobs share a machine, each with {given}; they share its network too, so "
        "programs listen on MASTER_PORT and on no port of their own"
    )
    paid = "machines are paid whole: while nothing else is on one, the environment pays for its rest too"
    return [beside, paid]
