"""Jobs as DescribeJobs and ListJobs show them: alone, an array and its children, several nodes and each.

Source: AWS Batch API reference, JobDetail, JobSummary, ContainerDetail, NodeDetails and
NodePropertiesSummary, 2026-11.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from modelyard_sandbox.moto_extensions.batch.running.job import Job
from modelyard_sandbox.moto_extensions.batch.running.world import milliseconds

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
EXIT_MEMBERS = ("exitCode", "reason")
EMPTY_LISTS = (
    "command",
    "environment",
    "mountPoints",
    "resourceRequirements",
    "secrets",
    "ulimits",
    "volumes",
)


def summarised(job: Job) -> dict[str, Any]:
    """A job in a list."""
    nodes = job.submission.node_properties
    return {
        **_common(job),
        "container": {name: job.container[name] for name in EXIT_MEMBERS if name in job.container} or None,
        "arrayProperties": _array(job),
        "nodeProperties": None if nodes is None else {"numNodes": nodes["numNodes"], **_node_details(job)},
        "shareIdentifier": job.submission.share,
        "isCancelled": True if job.ended_by == "canceljob" else None,
        "isTerminated": True if job.ended_by == "terminatejob" else None,
    }


def described(job: Job) -> dict[str, Any]:
    """A job in all its details."""
    submission = job.submission
    definition = submission.definition
    return {
        **_common(job),
        "jobQueue": submission.queue.arn,
        "startedAt": _common(job)["startedAt"] or 0,
        "attempts": job.attempts,
        "retryStrategy": submission.retry_strategy or {"attempts": 1, "evaluateOnExit": []},
        "dependsOn": submission.depends_on,
        "parameters": submission.parameters,
        "container": None if job.is_gang else _container(job),
        "nodeDetails": _node_details(job) or None,
        "nodeProperties": submission.node_properties if job.is_gang else None,
        "arrayProperties": _array(job),
        "timeout": submission.timeout,
        "tags": job.backend.list_tags_for_resource(job.arn),
        "propagateTags": submission.propagate_tags,
        "platformCapabilities": definition.platform_capabilities,
        "shareIdentifier": submission.share,
        "schedulingPriority": submission.priority,
        "isCancelled": job.ended_by == "canceljob",
        "isTerminated": job.ended_by == "terminatejob",
    }


def _common(job: Job) -> dict[str, Any]:
    return {
        "jobId": job.job_id,
        "jobArn": job.arn,
        "jobName": job.submission.name,
        "jobDefinition": job.submission.definition.arn,
        "createdAt": milliseconds(job.created_at),
        "startedAt": milliseconds(job.started_at) if job.started_at else None,
        "stoppedAt": milliseconds(job.stopped_at) if job.stopped_at else None,
        "status": job.status,
        "statusReason": job.reason,
    }


def _container(job: Job) -> dict[str, Any]:
    properties = job.properties()
    shown = {name: properties[name] for name in CONTAINER_MEMBERS if name in properties}
    return {**{name: [] for name in EMPTY_LISTS}, "networkInterfaces": [], **shown, **job.container}


def _node_details(job: Job) -> dict[str, Any]:
    if job.node is None or job.parent is None:
        return {}
    return {"nodeIndex": job.node, "isMainNode": job.node == job.parent.main_node}


def _array(job: Job) -> dict[str, Any] | None:
    if job.is_array:
        counted = Counter(child.status for child in job.children)
        return {"size": len(job.children), "statusSummary": {status: counted[status] for status in STATUSES}}
    return {"index": job.index} if job.parent is not None and job.node is None else None
