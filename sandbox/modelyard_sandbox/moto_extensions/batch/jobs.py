"""Jobs: submitted, described by node and by array index, listed, cancelled. They run: see `running`.

Source: AWS Batch API reference, the operations of these names, JobDetail and JobSummary, 2026-11.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from moto.moto_api._internal import mock_random

from modelyard_sandbox.moto_extensions import clock
from modelyard_sandbox.moto_extensions.batch import lag
from modelyard_sandbox.moto_extensions.batch.answers import PAGE_MAX, one_of, page, require, without_nulls
from modelyard_sandbox.moto_extensions.batch.job_details import STATUSES, described, summarised
from modelyard_sandbox.moto_extensions.batch.running import requests
from modelyard_sandbox.moto_extensions.batch.running.job import Job
from modelyard_sandbox.moto_extensions.batch.running.world import milliseconds
from modelyard_sandbox.moto_extensions.batch.submissions import checked

REASON_LENGTH_MAX = 1024
FILTERS = ("JOB_NAME", "JOB_DEFINITION", "BEFORE_CREATED_AT", "AFTER_CREATED_AT", "SHARE_IDENTIFIER")


def submitjob(self: Any) -> str:
    """SubmitJob."""
    lag.settle(self)
    submission = checked(self)
    # moto's two Batch backends are one account: this is the one that holds everything.
    backend = getattr(self.batch_backend, "backend", self.batch_backend)
    job = Job(submission, str(mock_random.uuid4()), backend, clock.now())
    nodes = (submission.node_properties or {}).get("numNodes", 0)
    mark, count = (":", submission.size) if submission.size else ("#", nodes)
    job.children = [
        Job(submission, f"{job.job_id}{mark}{index}", backend, job.created_at, job, index)
        for index in range(count)
    ]
    job.unfinished = submission.size
    backend.tag_resource(job.arn, self._get_param("tags") or {})
    for one in job.with_children():
        backend._jobs[one.job_id] = one  # noqa: SLF001 (moto has no public way)
    submission.queue.jobs.append(job)
    requests.submit(job)
    return json.dumps({"jobArn": job.arn, "jobName": submission.name, "jobId": job.job_id})


def describejobs(self: Any) -> str:
    """DescribeJobs: what isn't there is left out; `id#0` is a node of a job, `id:0` a child of an array."""
    ids = self._get_param("jobs") or []
    require(len(ids) <= PAGE_MAX, f"jobs takes {PAGE_MAX} at most, not {len(ids)}")
    found = filter(None, map(self.batch_backend.get_job_by_id, ids))
    return json.dumps(without_nulls({"jobs": [described(job) for job in found]}))


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
        jobs = [job for job in jobs if _fits(job, filters[0]["name"], filters[0]["values"])]
    if not filters or (filters[0]["name"] == "SHARE_IDENTIFIER" and status):
        jobs = [job for job in jobs if job.status == (status or "RUNNING")]
    return page(self, "jobSummaryList", jobs, summarised)


def canceljob(self: Any) -> str:
    """CancelJob: what has not started is cancelled; for anything else it succeeds and does nothing."""
    return _end(self, requests.cancel)


def terminatejob(self: Any) -> str:
    """TerminateJob; what is over stays as it is."""
    return _end(self, requests.terminate)


def _end(self: Any, end: Callable[[Job, str], None]) -> str:
    id_, reason = self._get_param("jobId"), self._get_param("reason")
    require(id_, "jobId is required")
    require(reason, "reason is required")
    require(len(reason) <= REASON_LENGTH_MAX, f"reason can have {REASON_LENGTH_MAX} characters at most")
    job: Job | None = self.batch_backend.get_job_by_id(id_)
    if job is not None and job.node is not None:
        job = job.parent
    if job is not None and not job.is_over:
        end(job, reason)
    return json.dumps({})


def _jobs_of(self: Any, place: str, name: str) -> Iterable[Job]:
    backend = self.batch_backend
    if place == "jobQueue":
        queue = backend.get_job_queue(name)
        require(queue is not None, f"JobQueue {name} not found")
        return reversed(queue.jobs)
    job: Job | None = backend.get_job_by_id(name)
    if job is None:
        return ()
    return job.children if (job.is_array if place == "arrayJobId" else job.is_gang) else ()


def _fits(job: Job, name: str, values: list[str]) -> bool:
    created = milliseconds(job.created_at)
    if name == "BEFORE_CREATED_AT":
        return created < int(values[0])
    if name == "AFTER_CREATED_AT":
        return created > int(values[0])
    definition = job.submission.definition
    text = {
        "JOB_NAME": [job.submission.name],
        "JOB_DEFINITION": [definition.arn, definition.name, f"{definition.name}:{definition.revision}"],
        "SHARE_IDENTIFIER": [job.submission.share or ""],
    }[name]
    return any(_matches(item, value) for item in text for value in values)


def _matches(text: str, pattern: str) -> bool:
    text, pattern = text.lower(), pattern.lower()
    return text.startswith(pattern[:-1]) if pattern.endswith("*") else text == pattern
