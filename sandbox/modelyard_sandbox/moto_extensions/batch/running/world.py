"""All jobs that aren't over, and the machines that they are on; guarded by the server's turn."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

from modelyard_sandbox.moto_extensions import clock
from modelyard_sandbox.moto_extensions.batch.running.fleets import Fleet, Machine
from modelyard_sandbox.moto_extensions.batch.running.job import Job
from modelyard_sandbox.moto_extensions.batch.running.run import Run
from modelyard_sandbox.running.rehearsal import REHEARSAL, Rehearsal


@dataclass(slots=True)
class World:
    """What the thread works on."""

    submitted: deque[Job] = field(default_factory=deque[Job])
    """Jobs and parents that nobody has looked at yet."""
    dependents: dict[str, list[Job]] = field(default_factory=dict[str, list[Job]])
    """Who waits for a job, by its id."""
    waiting: dict[str, deque[Job]] = field(default_factory=dict[str, deque[Job]])
    """RUNNABLE jobs in their order, by their queue's ARN; those that are over by now are passed over."""
    runs: dict[str, Run] = field(default_factory=dict[str, Run])
    """By the job's id."""
    fleets: dict[str, Fleet] = field(default_factory=dict[str, Fleet])
    """By the compute environment's ARN."""
    served: dict[str, int] = field(default_factory=dict[str, int])
    """When a job of a queue was placed last, in turns, by the queue's ARN."""
    turns: Iterator[int] = field(default_factory=lambda: count(1))
    rehearsal: Rehearsal = field(default_factory=lambda: REHEARSAL)

    def fleet_of(self, environment: Any, job: Job) -> Fleet:
        """The machines of a compute environment."""
        fleet = self.fleets.get(environment.arn)
        if fleet is None or fleet.environment is not environment:
            fleet = self.fleets[environment.arn] = Fleet(environment, job.backend)
        return fleet

    def machine_of(self, instance_id: str) -> Iterator[tuple[Fleet, Machine]]:
        """The machine that is an instance of EC2, if any is."""
        for fleet in self.fleets.values():
            yield from ((fleet, item) for item in fleet.machines if item.instance_id == instance_id)

    def containers(self) -> int:
        """How many containers run, or are about to."""
        return sum(not task.is_over for run in self.runs.values() for task in run.tasks)

    def unfinished(self) -> Iterator[Job]:
        """Every job that waits or runs."""
        yield from self.submitted
        for jobs in self.dependents.values():
            yield from jobs
        for jobs in self.waiting.values():
            yield from (job for job in jobs if job.status == "RUNNABLE")
        yield from (run.job for run in self.runs.values())

    def wait_in_line(self, job: Job, *, first: bool = False) -> None:
        """Let a job be RUNNABLE, last in its queue, or first as one that is tried again."""
        job.runnable_at = clock.now()
        for unit in {id(unit): unit for unit in (job, *job.units())}.values():
            unit.status, unit.reason, unit.reason_since = "RUNNABLE", None, None
            unit.started_at = unit.stopped_at = None
        line = self.waiting.setdefault(job.submission.queue.arn, deque())
        if first:
            line.appendleft(job)
        else:
            line.append(job)
        parent = job.parent
        if parent is not None and parent.is_array and parent.status == "SUBMITTED":
            parent.status = "PENDING"


def milliseconds(moment: datetime) -> int:
    """A moment as Batch writes it."""
    return int(moment.timestamp() * 1000)
