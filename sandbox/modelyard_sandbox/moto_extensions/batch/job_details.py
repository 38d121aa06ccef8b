"""Jobs as DescribeJobs and ListJobs show them: alone, an array and its children, several nodes and each.

Source: AWS Batch API reference, JobDetail, JobSummary, ContainerDetail, NodeDetails and
NodePropertiesSummary, 2026-11.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from modelyard_sandbox.moto_extensions.batch.answers import kept
from modelyard_sandbox.moto_extensions.batch.node_ranges import effective, ranges_of
from modelyard_sandbox.moto_extensions.batch.submissions import overridden

STATUSES = ("SUBMITTED", "PENDING", "RUNNABLE", "STARTING", "RUNNING", "SUCCEEDED", "FAILED")
CONTAINER_MEMBERS = (
    "command",
    "enableExecuteCommand",
    "environment",
    "ephemeralStorage",
    "executionRoleArn",
    "fargatePlatformConfiguration",
    "image",
    "instanceType",
    "jobRoleArn",
    "linuxParameters",
    "logConfiguration",
    "memory",
    "mountPoints",
    "networkConfiguration",
    "privileged",
    "readonlyRootFilesystem",
    "repositoryCredentials",
    "resourceRequirements",
    "runtimePlatform",
    "secrets",
    "ulimits",
    "user",
    "vcpus",
    "volumes",
)
EMPTY_LISTS = (
    "command",
    "environment",
    "mountPoints",
    "resourceRequirements",
    "secrets",
    "ulimits",
    "volumes",
)


def is_child(job: Any) -> bool:
    """Whether a job is one of an array, or a node of another."""
    return ":" in job.job_id or "#" in job.job_id


def summarised(self: Any, job: Any) -> dict[str, Any]:
    """A job in a list."""
    record = _record(self, job)
    return {
        **_common(job),
        "container": _exit(job),
        "arrayProperties": _array(job),
        "nodeProperties": _node_summary(job, record),
        "shareIdentifier": record.get("shareIdentifier"),
        "isCancelled": True if record.get("ended_by") == "canceljob" else None,
        "isTerminated": True if record.get("ended_by") == "terminatejob" else None,
    }


def described(self: Any, job: Any) -> dict[str, Any]:
    """A job in all its details."""
    record = _record(self, job)
    node = _node_index(job)
    nodes: dict[str, Any] | None = record.get("node_properties")
    is_eks = job.job_definition.eks_properties is not None
    return {
        **_common(job),
        "jobQueue": job.job_queue.arn,
        "startedAt": _common(job)["startedAt"] or 0,
        "attempts": [_attempt(job, item) for item in job.attempts],
        "retryStrategy": record.get("retryStrategy") or {"attempts": 1, "evaluateOnExit": []},
        "dependsOn": job.depends_on or [],
        "parameters": job.parameters,
        "container": None if is_eks or (nodes and node is None) else _container(job, record, node),
        "eksProperties": job._eks_properties_details() if is_eks else None,  # noqa: SLF001 (moto's)
        "nodeDetails": None if nodes is None or node is None else _node_details(nodes, node),
        "nodeProperties": nodes if node is None else None,
        "arrayProperties": _array(job),
        "timeout": job.timeout,
        "tags": job.backend.list_tags_for_resource(job.arn),
        "propagateTags": record.get("propagateTags"),
        "platformCapabilities": job.job_definition.platform_capabilities,
        "shareIdentifier": record.get("shareIdentifier"),
        "schedulingPriority": record.get("schedulingPriority"),
        "isCancelled": record.get("ended_by") == "canceljob",
        "isTerminated": record.get("ended_by") == "terminatejob",
    }


def _record(self: Any, job: Any) -> dict[str, Any]:
    """What is kept of the job, or of the one that it is a child of."""
    parent_id = job.job_id.partition(":")[0].partition("#")[0]
    parent_arn = job.arn.removesuffix(job.job_id) + parent_id
    return kept(self).get(parent_arn, {})


def _common(job: Any) -> dict[str, Any]:
    started = bool(job.attempts)
    return {
        "jobId": job.job_id,
        "jobArn": job.arn,
        "jobName": job.job_name,
        "jobDefinition": job.job_definition.arn,
        "createdAt": _milliseconds(job.job_created_at),
        "startedAt": _milliseconds(job.job_started_at) if started else None,
        "stoppedAt": _milliseconds(job.job_stopped_at) if job.job_stopped else None,
        "status": _status(job),
        "statusReason": job.job_stopped_reason,
    }


def _milliseconds(moment: Any) -> int:
    return int(moment.timestamp() * 1000)


def _exit(job: Any) -> dict[str, Any] | None:
    return None if job.exit_code is None else {"exitCode": job.exit_code}


def _attempt(job: Any, attempt: dict[str, Any]) -> dict[str, Any]:
    container = {"logStreamName": job.log_stream_name, "networkInterfaces": [], **(_exit(job) or {})}
    return {**attempt, "container": container}


def _container(job: Any, record: dict[str, Any], node: int | None) -> dict[str, Any]:
    nodes = record.get("node_properties")
    if nodes is not None and node is not None:
        properties = nodes["nodeRangeProperties"][effective(ranges_of(nodes), node)]["container"]
    else:
        properties = overridden(
            job.job_definition.container_properties or {}, record.get("container_overrides", {})
        )
    shown = {name: properties[name] for name in CONTAINER_MEMBERS if name in properties}
    return {
        **{name: [] for name in EMPTY_LISTS},
        **shown,
        **(_exit(job) or {}),
        "logStreamName": job.log_stream_name,
        "networkInterfaces": [],
    }


def _node_index(job: Any) -> int | None:
    index = job.job_id.partition("#")[2]
    return int(index) if index else None


def _node_details(nodes: dict[str, Any], node: int) -> dict[str, Any]:
    return {"nodeIndex": node, "isMainNode": node == nodes["mainNode"]}


def _node_summary(job: Any, record: dict[str, Any]) -> dict[str, Any] | None:
    nodes = record.get("node_properties")
    if nodes is None:
        return None
    node = _node_index(job)
    details = {} if node is None else _node_details(nodes, node)
    return {"numNodes": nodes["numNodes"], **details}


def _array(job: Any) -> dict[str, Any] | None:
    index = job.job_id.partition(":")[2]
    if index:
        return {"index": int(index)}
    children = job._child_jobs  # noqa: SLF001 (moto's own place for them)
    if not children:
        return None
    counted = Counter(map(_status, children))
    return {"size": len(children), "statusSummary": {status: counted[status] for status in STATUSES}}


def _status(job: Any) -> str:
    """A job's status as text: moto has an enumeration for its own, and we text for ours."""
    return str(getattr(job.status, "value", job.status))
