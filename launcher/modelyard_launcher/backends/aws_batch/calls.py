"""The calls of AWS Batch that submitting makes: what these functions make is planned, and is sent."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from modelyard.outputs import LaunchTarget
from modelyard_launcher.backends.aws_batch.container import named
from modelyard_launcher.backends.aws_batch.definition import ALL_NODES, environment_tags
from modelyard_launcher.backends.aws_batch.limits.tagging import LONGEST_TAG_VALUE, TAG_TEXT_CHARACTER
from modelyard_launcher.job import Job
from modelyard_launcher.plan import Call
from modelyard_launcher.submission_calls import UNLESS_THERE
from modelyard_node.keys import run_prefix

RUN_TAG = "modelyard:run"
SUBMISSION_TAG = "modelyard:submission"
OWNER_TAG = "modelyard:owner"
VARIANT_TAG = "modelyard:variant"
"""Tags of a job. By these alone a run is found again."""


@dataclass(frozen=True, slots=True)
class Sending:
    """What differs from one submission of a job to the next."""

    run_id: str
    number: int
    """Of the submission, from 1."""
    spec_sha256: str
    owner: str
    runtime_key: str
    depends_on: Sequence[str] = ()
    """Ids of the jobs at Batch that it waits for."""
    array_size: int | None = None
    """Variants that are children of one array."""
    variant: int | None = None
    """Index of the variant that this job is, where each is a job of its own."""


def job_name(run_id: str, number: int, variant: int | None = None) -> str:
    """Name of a job at Batch, which no other has: it is looked up by it."""
    return f"{run_id}-{number}" if variant is None else f"{run_id}-{number}-{variant}"


def jobs_key(run_id: str, number: int) -> str:
    """Where the ids of a submission's jobs lie, by the index of their variants."""
    return f"{run_prefix(run_id)}jobs/{number}.json"


def submit_request(
    job: Job, target: LaunchTarget, queue: str, definition: str, sending: Sending
) -> dict[str, Any]:
    """The request that submits a job."""
    variables = {"environment": named(_variables(target, sending))}
    return {
        "jobName": job_name(sending.run_id, sending.number, sending.variant),
        "jobQueue": queue,
        "jobDefinition": definition,
        **_nodes(job, variables),
        **({"arrayProperties": {"size": sending.array_size}} if sending.array_size else {}),
        **({"dependsOn": [{"jobId": id_} for id_ in sending.depends_on]} if sending.depends_on else {}),
        "tags": job_tags(target, sending),
        "propagateTags": True,
    }


def job_tags(target: LaunchTarget, sending: Sending) -> dict[str, str]:
    """Tags of a job: the environment's, and what it is."""
    variant = {} if sending.variant is None else {VARIANT_TAG: str(sending.variant)}
    return {
        **environment_tags(target),
        RUN_TAG: sending.run_id,
        SUBMISSION_TAG: str(sending.number),
        OWNER_TAG: tag_text(sending.owner),
        **variant,
    }


def tag_text(text: str) -> str:
    """A text as a tag can hold it: names of users from a Windows domain have a backslash."""
    return re.sub(rf"(?!{TAG_TEXT_CHARACTER}).", "_", text, flags=re.DOTALL)[:LONGEST_TAG_VALUE]


def prepare_calls(definition: dict[str, Any]) -> list[Call]:
    """What comes before the intent: the job definition, unless there is one of this content."""
    look = {"jobDefinitionName": definition["jobDefinitionName"], "status": "ACTIVE"}
    return [
        Call("batch", "DescribeJobDefinitions", look),
        Call("batch", "RegisterJobDefinition", definition, UNLESS_THERE),
    ]


def submit_calls(request: dict[str, Any]) -> list[Call]:
    """The call that submits a job."""
    return [Call("batch", "SubmitJob", request)]


def sweep_calls(first: dict[str, Any], times: int, keep: Call) -> list[Call]:
    """The calls that submit a sweep of jobs with several nodes: one for each variant.

    Args:
        first: that of variant 0. Of others, name, MODELYARD_VARIANT and tag have their own index.
        times: how many there are.
        keep: what writes down their ids.
    """
    name = first["jobName"].removesuffix("0")
    named_so = [{"name": "JOB_NAME", "values": [f"{name}*"]}]
    return [
        Call("batch", "ListJobs", {"jobQueue": first["jobQueue"], "filters": named_so}),
        Call("batch", "SubmitJob", first, f"{times:,} calls: one for each variant, with its index"),
        keep,
    ]


def _variables(target: LaunchTarget, sending: Sending) -> dict[str, str]:
    checkpoints = target.stores.checkpoints.uri.rstrip("/")
    variant = {} if sending.variant is None else {"MODELYARD_VARIANT": str(sending.variant)}
    return {
        "MODELYARD_RUN_ID": sending.run_id,
        "MODELYARD_RUNTIME": f"{checkpoints}/{sending.runtime_key}",
        "MODELYARD_SPEC_SHA256": sending.spec_sha256,
        "MODELYARD_SUBMISSION": str(sending.number),
        **variant,
    }


def _nodes(job: Job, overrides: dict[str, Any]) -> dict[str, Any]:
    if job.num_nodes == 1:
        return {"containerOverrides": overrides}
    nodes = {"targetNodes": ALL_NODES, "containerOverrides": overrides}
    return {"nodeOverrides": {"numNodes": job.num_nodes, "nodePropertyOverrides": [nodes]}}
