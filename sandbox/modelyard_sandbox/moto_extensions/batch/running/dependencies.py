"""Who waits for whom: jobs go on once what they depend on has succeeded, and fail once it has failed.

Source: AWS Batch user guide, "Job dependencies" and "Array jobs"; AWS Batch API reference, JobDependency,
CancelJob ("A PENDING job is canceled after all dependency jobs are completed"); 2026-11.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from modelyard_sandbox.moto_extensions import clock
from modelyard_sandbox.moto_extensions.batch.running.job import Job
from modelyard_sandbox.moto_extensions.batch.running.reasons import ARRAY_CHILD_FAILED, DEPENDENT_FAILED
from modelyard_sandbox.moto_extensions.batch.running.world import World


def take_in(world: World) -> None:
    """Look at what was submitted: it waits for others, or in its queue."""
    while world.submitted:
        job = world.submitted.popleft()
        if not job.is_over:
            _take_in(world, job)


def finish(world: World, job: Job, status: str, reason: str | None) -> None:
    """End a job, and tell whoever waits for it."""
    pending = [(job, status, reason)]
    while pending:
        ended, outcome, why = pending.pop()
        if ended.is_over:
            continue
        ended.status, ended.reason, ended.reason_since = outcome, why, None
        ended.stopped_at = clock.now()
        pending += _consequences(world, ended)


def _consequences(world: World, ended: Job) -> Iterable[tuple[Job, str, str | None]]:
    for dependent in world.dependents.pop(ended.job_id, ()):
        if ended.status == "FAILED":
            dependent.waits_for -= 1
            yield from _failed(dependent)
        else:
            yield from _less(world, dependent)
    parent = ended.parent
    if parent is not None and parent.is_array:
        parent.unfinished -= 1
        if parent.unfinished == 0:
            yield _outcome(parent)


def _outcome(parent: Job) -> tuple[Job, str, str | None]:
    if parent.ended_by is not None:
        return parent, "FAILED", parent.end_reason
    reasons = {child.reason for child in parent.children if child.status == "FAILED"}
    if not reasons:
        return parent, "SUCCEEDED", None
    return parent, "FAILED", DEPENDENT_FAILED if reasons == {DEPENDENT_FAILED} else ARRAY_CHILD_FAILED


def _failed(dependent: Job) -> Iterable[tuple[Job, str, str | None]]:
    reason = dependent.end_reason if dependent.ended_by else DEPENDENT_FAILED
    # A parent's children hold it together: it ends with the last of them.
    for job in dependent.children if dependent.is_array else [dependent, *dependent.children]:
        yield job, "FAILED", reason


def _less(world: World, dependent: Job) -> Iterable[tuple[Job, str, str | None]]:
    dependent.waits_for -= 1
    held = dependent.parent is not None and dependent.parent.waits_for > 0
    if dependent.waits_for > 0 or held or dependent.is_over:
        return
    for job in dependent.children if dependent.is_array else [dependent]:
        if job.is_over or job.waits_for > 0:
            continue
        if job.ended_by is not None:
            yield from ((unit, "FAILED", job.end_reason) for unit in job.with_children())
        else:
            world.wait_in_line(job)


def _take_in(world: World, job: Job) -> None:
    plain = [item for item in job.submission.depends_on if _is_plain(job, item)]
    typed = [item for item in job.submission.depends_on if not _is_plain(job, item)]
    # One more, until all are counted: what goes on meanwhile would go on too early.
    job.waits_for = 1
    _wait_for(world, job, [item["jobId"] for item in plain])
    for child in job.children if job.is_array else ():
        child.waits_for = 0
        _wait_for(world, child, _needed_by_child(job, child, typed))
    if job.waits_for > 1:
        for one in job.with_children():
            if not one.is_over:
                one.status = "PENDING"
    for unit, status, reason in list(_less(world, job)):
        finish(world, unit, status, reason)
    for child in job.children if job.is_array else ():
        if child.status == "SUBMITTED":
            child.status = "PENDING"


def _is_plain(job: Job, item: dict[str, Any]) -> bool:
    return not (job.is_array and item.get("type"))


def _needed_by_child(parent: Job, child: Job, typed: list[dict[str, Any]]) -> list[str]:
    assert child.index is not None, "a child has an index"  # noqa: S101
    needed: list[str] = []
    for item in typed:
        if item["type"] == "SEQUENTIAL" and not item.get("jobId"):
            needed += [parent.children[child.index - 1].job_id] if child.index else []
            continue
        other: Job | None = parent.backend.get_job_by_id(item["jobId"])
        if other is not None and other.is_array and item["type"] == "N_TO_N":
            needed += [other.children[child.index].job_id] if child.index < len(other.children) else []
        else:
            needed.append(item["jobId"])
    return needed


def _wait_for(world: World, job: Job, ids: list[str]) -> None:
    for id_ in ids:
        other: Job | None = job.backend.get_job_by_id(id_)
        if other is None or other.status == "SUCCEEDED":
            continue
        if other.status == "FAILED":
            for unit, status, reason in list(_failed(job)):
                finish(world, unit, status, reason)
            return
        job.waits_for += 1
        world.dependents.setdefault(id_, []).append(job)
