"""Jobs: submitted, described by node and by array index, listed, cancelled.

They run nowhere, so each succeeds at once, but for those that AWS would not start either: a multi-node job on
Spot machines only stays RUNNABLE, and what depends on it PENDING. Source: AWS Batch API reference, the
operations of these names, JobDetail and JobSummary, 2026-11.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from moto.batch.models import Job

from modelyard_sandbox.moto_extensions.batch import lag
from modelyard_sandbox.moto_extensions.batch.answers import (
    PAGE_MAX,
    keep,
    kept,
    one_of,
    page,
    require,
    without_nulls,
)
from modelyard_sandbox.moto_extensions.batch.job_details import STATUSES, described, is_child, summarised
from modelyard_sandbox.moto_extensions.batch.submissions import Submission, checked

REASON_LENGTH_MAX = 1024
OVER = ("SUCCEEDED", "FAILED")
FILTERS = ("JOB_NAME", "JOB_DEFINITION", "BEFORE_CREATED_AT", "AFTER_CREATED_AT", "SHARE_IDENTIFIER")

new_job: Any = Job
"""(moto's base of models hides from type checkers what its classes make)"""


def submitjob(self: Any) -> str:
    """SubmitJob."""
    lag.settle(self)
    submission = checked(self)
    job = _made(self, submission, None)
    keep(
        self,
        job.arn,
        container_overrides=submission.container_overrides,
        node_properties=submission.node_properties,
        retryStrategy=self._get_param("retryStrategy") or submission.definition.retry_strategy,
        shareIdentifier=self._get_param("shareIdentifier"),
        schedulingPriority=self._get_param("schedulingPriorityOverride")
        or kept(self).get(submission.definition.arn, {}).get("schedulingPriority"),
        propagateTags=self._get_param("propagateTags"),
    )
    if submission.size:
        job._child_jobs = [  # noqa: SLF001 (moto's own place for them)
            _made(self, submission, f"{job.job_id}:{index}") for index in range(submission.size)
        ]
    elif submission.node_properties:
        nodes = submission.node_properties["numNodes"]
        keep(
            self,
            job.arn,
            nodes=[_made(self, submission, f"{job.job_id}#{index}") for index in range(nodes)],
        )
    _go_on(self, job)
    return json.dumps({"jobArn": job.arn, "jobName": job.job_name, "jobId": job.job_id})


def describejobs(self: Any) -> str:
    """DescribeJobs: what isn't there is left out; `id#0` is a node of a job, `id:0` a child of an array."""
    ids = self._get_param("jobs") or []
    require(len(ids) <= PAGE_MAX, f"jobs takes {PAGE_MAX} at most, not {len(ids)}")
    found = filter(None, map(self.batch_backend.get_job_by_id, ids))
    return json.dumps(without_nulls({"jobs": [described(self, job) for job in found]}))


def listjobs(self: Any) -> str:
    """ListJobs: of a queue, of an array or of a multi-node job; those that run, unless a status is given."""
    places = ("jobQueue", "arrayJobId", "multiNodeJobId")
    given = [name for name in places if self._get_param(name)]
    require(len(given) == 1, f"one of {', '.join(places)} must be given, and no other")
    status, filters = self._get_param("jobStatus"), self._get_param("filters") or []
    if status:
        one_of("jobStatus", status, STATUSES)
    require(len(filters) <= 1, "one filter can be used at a time")
    jobs = list(_jobs_of(self, given[0], self._get_param(given[0])))
    if filters:
        one_of("filters.name", filters[0]["name"], FILTERS)
        jobs = [job for job in jobs if _fits(self, job, filters[0]["name"], filters[0]["values"])]
    if not filters or (filters[0]["name"] == "SHARE_IDENTIFIER" and status):
        jobs = [job for job in jobs if job.status == (status or "RUNNING")]
    return page(self, "jobSummaryList", [summarised(self, job) for job in jobs])


def canceljob(self: Any) -> str:
    """CancelJob: what has not started is cancelled; for anything else it succeeds and does nothing."""
    return _end(self)


def terminatejob(self: Any) -> str:
    """TerminateJob; what is over stays as it is."""
    return _end(self)


def _made(self: Any, submission: Submission, id_: str | None) -> Any:
    """A job in moto's backend, or a child of one."""
    backend = self.batch_backend
    job = new_job(
        submission.name,
        submission.definition,
        submission.queue,
        backend,
        log_backend=backend.logs_backend,
        container_overrides=submission.container_overrides,
        eks_properties_override=self._get_param("eksPropertiesOverride"),
        depends_on=submission.depends_on,
        parameters=self._get_param("parameters"),
        all_jobs=backend._jobs,  # noqa: SLF001 (moto has no public list)
        timeout=self._get_param("timeout") or submission.definition.timeout,
        array_properties={},
        provided_job_id=id_,
        tags=None if id_ else self._get_param("tags"),
    )
    backend._jobs[job.job_id] = job  # noqa: SLF001 (moto has no public way)
    return job


def _go_on(self: Any, job: Any) -> None:
    """Bring a job as far as it comes by itself."""
    for one in _with_children(self, job):
        waiting = [self.batch_backend.get_job_by_id(id_).status for id_ in _needed(one)]
        if "FAILED" in waiting:
            _finish(one, "Dependent Job failed")
        elif any(status != "SUCCEEDED" for status in waiting):
            one.status = "PENDING"
        elif _never_starts(one):
            one.status = "RUNNABLE"
        else:
            _finish(one, None)


def _needed(job: Any) -> list[str]:
    return [item["jobId"] for item in job.depends_on or [] if item.get("jobId")]


def _never_starts(job: Any) -> bool:
    # Batch runs multi-node parallel jobs on other machines than Spot's only (ComputeResource).
    if job.job_definition.type != "multinode":
        return False
    kinds = {(item.compute_resources or {}).get("type") for item in job.job_queue.environments}
    return kinds == {"SPOT"}


def _finish(job: Any, reason: str | None) -> None:
    job.log_stream_name = job._stream_name  # noqa: SLF001 (the name that it would have had)
    job.job_stopped_reason = reason
    if reason is None:
        job.job_started_at = job.job_created_at
        job.exit_code = 0
        job._start_attempt()  # noqa: SLF001 (moto has no public way)
    job._mark_stopped(success=reason is None)  # noqa: SLF001 (moto has no public way)


def _with_children(self: Any, job: Any) -> Iterator[Any]:
    yield job
    yield from job._child_jobs or []  # noqa: SLF001 (moto's own place for them)
    yield from kept(self).get(job.arn, {}).get("nodes", [])


def _end(self: Any) -> str:
    id_, reason = self._get_param("jobId"), self._get_param("reason")
    require(id_, "jobId is required")
    require(reason, "reason is required")
    require(len(reason) <= REASON_LENGTH_MAX, f"reason can have {REASON_LENGTH_MAX} characters at most")
    job = self.batch_backend.get_job_by_id(id_)
    if job is not None and job.status not in OVER:
        keep(self, job.arn, ended_by=self._get_action())
        for one in _with_children(self, job):
            _finish(one, reason)
        _free_dependents(self)
    return json.dumps({})


def _free_dependents(self: Any) -> None:
    for job in list(self.batch_backend._jobs.values()):  # noqa: SLF001 (moto has no public list)
        if job.status == "PENDING":
            _go_on(self, job)


def _jobs_of(self: Any, place: str, name: str) -> Iterator[Any]:
    backend = self.batch_backend
    if place == "jobQueue":
        queue = backend.get_job_queue(name)
        require(queue is not None, f"JobQueue {name} not found")
        yield from (job for job in reversed(queue.jobs) if not is_child(job))
        return
    job = backend.get_job_by_id(name)
    if job is not None:
        array = place == "arrayJobId"
        yield from (job._child_jobs or []) if array else kept(self).get(job.arn, {}).get("nodes", [])  # noqa: SLF001 (moto's own place)


def _fits(self: Any, job: Any, name: str, values: list[str]) -> bool:
    created = int(job.job_created_at.timestamp() * 1000)
    if name == "BEFORE_CREATED_AT":
        return created < int(values[0])
    if name == "AFTER_CREATED_AT":
        return created > int(values[0])
    definition = job.job_definition
    text = {
        "JOB_NAME": [job.job_name],
        "JOB_DEFINITION": [definition.arn, definition.name, f"{definition.name}:{definition.revision}"],
        "SHARE_IDENTIFIER": [kept(self).get(job.arn, {}).get("shareIdentifier") or ""],
    }[name]
    return any(_matches(item, value) for item in text for value in values)


def _matches(text: str, pattern: str) -> bool:
    text, pattern = text.lower(), pattern.lower()
    return text.startswith(pattern[:-1]) if pattern.endswith("*") else text == pattern
