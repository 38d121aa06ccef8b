"""The plan of a job on Azure Machine Learning: what it will be told, and what of that may be unexpected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from modelyard.outputs.azure import AzureLaunchTarget
from modelyard_launcher.archives import Archive, pack_job
from modelyard_launcher.azure.lots import most_days, nodes_text
from modelyard_launcher.backends.azure_ml.assets import Code, prepare_calls
from modelyard_launcher.backends.azure_ml.body import (
    SETTING_UP_SECONDS,
    service_timeout_seconds,
    shared_memory_gib,
    starts_of_a_node,
)
from modelyard_launcher.backends.azure_ml.checks import image_of, job_problems, pool_of, refuse
from modelyard_launcher.backends.azure_ml.limits import job_limit_problems
from modelyard_launcher.backends.azure_ml.names import API_VERSION, BACKEND, job_name, job_path
from modelyard_launcher.backends.azure_ml.shipment import Shipment
from modelyard_launcher.contract import GangContext, common_variables, rank_variables
from modelyard_launcher.durations import duration_text
from modelyard_launcher.job import image_reference, shown_envs
from modelyard_launcher.load import LoadedJob
from modelyard_launcher.outlook import Outlook
from modelyard_launcher.owners import owner
from modelyard_launcher.plan import RUN_ID_PLACEHOLDER, Call, Plan
from modelyard_launcher.pools import PoolChoice, accelerators_of_a_node
from modelyard_launcher.resolved import ResolvedTarget
from modelyard_launcher.spec import store_uris
from modelyard_launcher.submission_calls import SPEC_PLACEHOLDER, UNLESS_THERE, Parcel, submission_calls
from modelyard_launcher.submission_digest import submission_digest
from modelyard_launcher.sweeps import VariantsFile, variants_file
from modelyard_launcher.uploads import pack_runtime

MOST_RANKS_SHOWN = 64
"""Ranks whose variables a plan lists: those of more differ by their number alone."""


@dataclass(frozen=True, slots=True)
class Packed:
    """What travels with a job besides its code."""

    files: Sequence[Archive]
    variants: VariantsFile | None


def pack(loaded: LoadedJob) -> Packed:
    """Pack what travels with a job besides its code. Raises InputError for files that can't."""
    sweep = loaded.job.sweep
    return Packed(pack_job(loaded), None if sweep is None else variants_file(sweep))


def checked_shipment(loaded: LoadedJob, target: AzureLaunchTarget, choice: PoolChoice) -> Shipment:
    """What a job is in the workspace. Raises InputError for what the service wouldn't take."""
    pool = pool_of(choice)
    refuse(loaded, job_problems(loaded, target, pool))
    code = Code(pack_runtime())
    shipment = Shipment(loaded.job, target, pool, code, image_of(loaded, target), owner())
    body = shipment.body(f"{loaded.job.name}-20260101-000000-0000", 1, "0" * 64)
    refuse(loaded, job_limit_problems(body["properties"]))
    return shipment


def make_plan(
    loaded: LoadedJob, resolved: ResolvedTarget, outlook: Outlook, packed: Packed, shipment: Shipment
) -> Plan:
    """The plan of a job that is within all limits."""
    job, target = loaded.job, shipment.target
    digest = submission_digest(job, packed.files, target, BACKEND)
    parcel = Parcel(packed.files, None, packed.variants, digest)
    uris = store_uris(job, target)
    context = GangContext(
        run_id=RUN_ID_PLACEHOLDER,
        attempt="<from 1>",
        master_addr="<address of the main node>",
        master_port="<by the run's id>",
        gpus_per_node=accelerators_of_a_node(job, shipment.pool),
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
            **shipment.pool.fabric.environment,
            "DEFAULT_IDENTITY_CLIENT_ID": target.job_identity.client_id,
            **common_variables(job, context),
        },
        rank_environments=[
            rank_variables(job, rank, "<a file on the node>")
            for rank in range(min(job.num_ranks, MOST_RANKS_SHOWN))
        ],
        notes=notes(shipment),
        risks=outlook.risks,
        warnings=outlook.warnings,
        calls=submission_calls(
            target.stores.checkpoints.uri,
            parcel,
            prepare_calls(target, shipment.code, shipment.assets),
            _calls(shipment),
        ),
        files=packed.files,
    )


def _calls(shipment: Shipment) -> list[Call]:
    path = job_path(shipment.target, job_name(RUN_ID_PLACEHOLDER, 1))
    body = shipment.body(RUN_ID_PLACEHOLDER, 1, SPEC_PLACEHOLDER)
    asked = {"path": path, "api-version": API_VERSION}
    return [Call(BACKEND, "GET", asked), Call(BACKEND, "PUT", {**asked, "body": body}, UNLESS_THERE)]


def notes(shipment: Shipment) -> list[str]:
    """What the service does otherwise than a reader may think."""
    job, pool = shipment.job, shipment.pool
    who = "node" if job.num_nodes > 1 else "job"
    told = [
        (
            f"each {who} has a machine of its own, with up to {shared_memory_gib(job, pool)} GiB of its "
            "memory as shared memory"
        )
    ]
    if job.distribution == "mpi":
        told.append(
            f"the service's mpirun starts {job.processes_per_node} "
            f"{'process' if job.processes_per_node == 1 else 'processes'} on each node, and may number them "
            "otherwise than shown here; the image needs Open MPI, and a program that is ended from outside "
            "has no longer to save than mpirun and the service leave it"
        )
    elif job.num_nodes > 1:
        told.append(
            "the service starts one process on each node and tells it MASTER_ADDR and NODE_RANK; ranks of "
            "a node are the program's own to start, as by torchrun"
        )
    if image_reference(shipment.image).digest is None:
        told.append(
            f"the image is named by its tag: nodes pull what {shipment.image} stands for then; name it by "
            "its digest to be sure of it"
        )
    return [*told, *_starts(shipment), *_timeout(shipment), *_sweep(shipment)]


def _starts(shipment: Shipment) -> list[str]:
    job, pool = shipment.job, shipment.pool
    told: list[str] = []
    if job.starts_together and job.retry.most_starts > 1:
        several = "several nodes" if job.num_nodes > 1 else "processes of mpirun"
        told.append(
            f"Azure Machine Learning starts no failed job anew, and {several} can't start together by "
            "themselves: after a failure it is submitted again by `modelyard job supervise`, or by hand"
        )
    elif starts_of_a_node(job) > 1:
        told.append(
            "Azure Machine Learning starts no failed job anew: its node starts the program again itself, "
            "and what is lost with its node is submitted again by `modelyard job supervise`"
        )
    if pool.capacity == "spot":
        told.append(
            "where Azure takes a low-priority node back, the job begins anew under the same id, or fails "
            "with PreemptionError: either way it goes on from its newest checkpoint, in the second case "
            "once it is submitted again"
        )
    return told


def _timeout(shipment: Shipment) -> list[str]:
    job, pool = shipment.job, shipment.pool
    seconds, days = service_timeout_seconds(job, pool), most_days(pool)
    if seconds is not None and job.timeout is not None:
        return [
            (
                f"nodes hold the timeout of {job.timeout} themselves, from the start of the program, and "
                "leave it time to save; the service ends what is still there after "
                f"{duration_text(seconds)}, {duration_text(SETTING_UP_SECONDS)} of it for setting up"
            )
        ]
    if job.timeout is None:
        return []
    return [
        (
            f"nodes hold the timeout of {job.timeout} themselves, each time they start; the service ends a "
            f"job on {nodes_text(pool)} after {days} days in all"
        )
    ]


def _sweep(shipment: Shipment) -> list[str]:
    count = shipment.job.variants
    if count is None:
        return []
    return [
        (
            f"the {count:,} variants are the trials of one sweep job, a grid over their index: they have "
            "the values of this plan, whether they come from a grid, a list or a draw"
        )
    ]
