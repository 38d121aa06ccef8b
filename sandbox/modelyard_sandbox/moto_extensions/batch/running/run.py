"""An attempt of a job while it runs: its containers, and where they are."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from modelyard_sandbox.moto_extensions.batch.running.fleets import Fleet, Machine
from modelyard_sandbox.moto_extensions.batch.running.job import Job

if TYPE_CHECKING:
    from modelyard_sandbox.moto_extensions.batch.running.logs import LogStream
    from modelyard_sandbox.running.processes import Process


@dataclass(slots=True, eq=False)
class Task:
    """One container: of a job, of a child of an array, or of a node."""

    unit: Job
    """The job that it is shown as."""
    run: Run
    task_id: str
    machine: Machine
    host: Path
    """The directory that stands for its machine's disk."""
    process: Process | None = None
    log: LogStream | None = None
    is_over: bool = False
    exit_code: int | None = None
    reason: str | None = None
    """The container's, if there is one."""
    status_reason: str | None = None
    """Why it ends, if it isn't by itself."""
    started_at: datetime | None = None
    is_lost: bool = False
    """Whether its machine is gone, so that nobody knows its exit code."""

    @property
    def is_main(self) -> bool:
        """Whether the job's outcome is this one's."""
        return self.unit.node is None or self.unit.node == self.run.job.main_node


@dataclass(slots=True, eq=False)
class Run:
    """An attempt of a job, from STARTING to its end."""

    job: Job
    fleet: Fleet
    attempt: int
    """Counted from 1."""
    tasks: list[Task] = field(default_factory=list[Task])
    deadline: datetime | None = None
    """When it has taken too long."""
    status_reason: str | None = None
    """Why it ends, if somebody or something ended it."""
    is_judged: bool = False
    """Whether its outcome is known; tasks may still be stopping."""
    is_retried: bool = False
    """Whether another attempt follows."""

    @property
    def main(self) -> Task:
        """The task whose outcome is the job's."""
        return next(task for task in self.tasks if task.is_main)

    @property
    def is_over(self) -> bool:
        """Whether nothing of it is left."""
        return all(task.is_over for task in self.tasks)

    def begin(self, now: datetime) -> None:
        """The main container runs: from now on its time is counted."""
        seconds = self.job.timeout_seconds
        self.deadline = now + timedelta(seconds=seconds) if seconds else None
