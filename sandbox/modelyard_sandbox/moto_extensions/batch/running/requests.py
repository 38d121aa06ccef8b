"""What requests ask of jobs. Whoever calls holds the server's turn."""

from __future__ import annotations

from typing import Any

from modelyard_sandbox.moto_extensions.batch.running.dependencies import finish
from modelyard_sandbox.moto_extensions.batch.running.endings import fail_machine, stop
from modelyard_sandbox.moto_extensions.batch.running.engine import engine, is_running
from modelyard_sandbox.moto_extensions.batch.running.job import Job

QUEUE_DELETED = "JobQueue deleted"
"""What jobs of a queue say that was deleted, as seen in a public record of a run on AWS."""


def submit(job: Job) -> None:
    """A job was accepted."""
    engine().world.submitted.append(job)
    engine().wake()


def cancel(job: Job, reason: str) -> None:
    """CancelJob: what has not started ends; for anything else nothing happens.

    A job that waits for others ends once they are over.
    """
    ended = False
    for one in reversed(job.children if job.is_array else [job]):
        if one.status in ("SUBMITTED", "PENDING", "RUNNABLE"):
            _note(one, "canceljob", reason)
            ended = True
            if one.status == "RUNNABLE":
                _fail(one, reason)
    if job.is_array and ended and not job.is_over:
        _note(job, "canceljob", reason)
    engine().wake()


def terminate(job: Job, reason: str) -> None:
    """TerminateJob: what runs is told to stop, what doesn't yet ends at once."""
    world = engine().world
    _note(job, "terminatejob", reason)
    for one in reversed(job.children if job.is_array else [job]):
        if one.is_over:
            continue
        _note(one, "terminatejob", reason)
        run = world.runs.get(one.job_id)
        if run is None:
            _fail(one, reason)
        else:
            stop(run, reason)
    engine().wake()


def queue_deleted(queue: Any) -> None:
    """All jobs of a queue end with it."""
    for job in queue.jobs:
        if not job.is_over:
            terminate(job, QUEUE_DELETED)


def environment_deleted(arn: str) -> None:
    """The machines of a compute environment end with it."""
    if not is_running():
        return
    world = engine().world
    fleet = world.fleets.pop(arn, None)
    if fleet is not None:
        for machine in list(fleet.machines):
            fail_machine(world, fleet, machine)
    engine().wake()


def instances_ended(_backend: Any, _answer: Any, instance_ids: list[str]) -> None:
    """Instances of EC2 are terminated, by whomever."""
    if not is_running():
        return
    world = engine().world
    for id_ in instance_ids:
        for fleet, machine in list(world.machine_of(id_)):
            fail_machine(world, fleet, machine)
    engine().wake()


def all_forgotten(backend: Any) -> None:
    """When moto forgets an account's region, nothing of it goes on."""
    for job in list(backend._jobs.values()):  # noqa: SLF001 (moto has no public list)
        if job.parent is None and not job.is_over:
            terminate(job, "the sandbox was reset")


def _note(job: Job, operation: str, reason: str) -> None:
    if job.ended_by is None:
        job.ended_by, job.end_reason = operation, reason


def _fail(job: Job, reason: str) -> None:
    for one in reversed(list(job.with_children())):
        finish(engine().world, one, "FAILED", reason)
