"""What AWS Batch shows of a run's newest submission."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from modelyard_launcher.backends.aws_batch.client import BatchApi, Job
from modelyard_launcher.backends.aws_batch.sweeps import kept_jobs, sent_variants
from modelyard_launcher.records import RunRecord, Submission
from modelyard_launcher.stores import Store

OVER = ("SUCCEEDED", "FAILED")

WAITING = ("SUBMITTED", "PENDING", "RUNNABLE")

STATES = {"STARTING": "starting", "RUNNING": "running", "SUCCEEDED": "succeeded", "FAILED": "failed"}
"""How a status of Batch is called here; a job that waits is `queued`."""

_BY_PROGRESS = ("RUNNING", "STARTING", "RUNNABLE", "PENDING", "SUBMITTED")


@dataclass(frozen=True, slots=True)
class Sight:
    """What Batch shows of a submission."""

    job: Job
    """The job; of an array, the parent; of several jobs, the one that says most: a failed one, if any."""
    status: str
    """Its status at Batch; of several variants, that of all together."""
    counts: Mapping[str, int] = field(default_factory=dict[str, int])
    """Variants of a sweep by their status."""

    @property
    def over(self) -> bool:
        """Whether nothing of it goes on."""
        return self.status in OVER

    @property
    def state(self) -> str:
        """How it stands: queued, starting, running, succeeded or failed."""
        return STATES.get(self.status, "queued")


def look(api: BatchApi, store: Store, record: RunRecord) -> Sight | None:
    """What Batch shows of a run; None if it doesn't know the job, or no longer."""
    submission = record.submissions[-1]
    if is_many_jobs(record):
        jobs = api.describe(job_ids(api, store, record, submission))
        return _together(list(jobs.values()), record.variants or 0) if jobs else None
    if submission.job_id is None:
        return None
    job = api.describe([submission.job_id]).get(submission.job_id)
    if job is None:
        return None
    array = job.get("arrayProperties") or {}
    counts = {name: count for name, count in (array.get("statusSummary") or {}).items() if count}
    return Sight(job, job["status"] if job["status"] in OVER or not counts else _status(counts), counts)


def is_many_jobs(record: RunRecord) -> bool:
    """Whether each variant of a run is a job of its own."""
    return record.variants is not None and record.num_nodes > 1


def job_ids(api: BatchApi, store: Store, record: RunRecord, submission: Submission) -> list[str]:
    """Ids of the jobs of a submission whose variants are jobs of their own."""
    kept = kept_jobs(store, record.run_id, submission.number)
    if kept:
        return kept
    sent = sent_variants(api, submission.queue or "", record.run_id, submission.number)
    return [sent[index] for index in sorted(sent)]


def child_ids(record: RunRecord, submission: Submission, kept: Sequence[str]) -> Iterator[str]:
    """Ids by which Batch shows each rank of a submission; of a sweep, the main node of each variant.

    Args:
        record: the run.
        submission: which of its submissions.
        kept: the ids of its jobs, where each variant is one.
    """
    if is_many_jobs(record):
        yield from (f"{id_}#0" for id_ in kept)
    elif submission.job_id is None:
        return
    elif record.variants is not None:
        yield from (f"{submission.job_id}:{index}" for index in range(record.variants))
    elif record.num_nodes > 1:
        yield from (f"{submission.job_id}#{rank}" for rank in range(record.num_nodes))
    else:
        yield submission.job_id


def attempts_of(job: Job) -> list[Mapping[str, Any]]:
    """The attempts of a job that have ended."""
    return [attempt for attempt in job.get("attempts") or [] if attempt.get("stoppedAt")]


def _together(jobs: Sequence[Job], count: int) -> Sight:
    """Several jobs as one."""
    counts = Counter(str(job["status"]) for job in jobs)
    counts["SUBMITTED"] += max(count - len(jobs), 0)
    telling = next((job for job in jobs if job["status"] == "FAILED"), jobs[0])
    found = {status: number for status, number in counts.items() if number}
    return Sight(telling, _status(found), found)


def _status(counts: Mapping[str, int]) -> str:
    """The status of several together."""
    if all(status in OVER for status in counts):
        return "FAILED" if counts.get("FAILED") else "SUCCEEDED"
    if any(status in OVER for status in counts):
        return "RUNNING"
    return next(status for status in _BY_PROGRESS if counts.get(status))
