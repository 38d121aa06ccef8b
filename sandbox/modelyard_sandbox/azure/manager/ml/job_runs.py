"""What becomes of a job: its state, kept beside what it was asked to be.

States and what they mean: REST reference of Jobs, 2025-12-01, JobStatus; as of 2026-11.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from modelyard_sandbox.azure.manager.store import Body, Resource

RUN = "run"
"""The member of a job's body in which its run is kept; it isn't shown."""
Status = Literal[
    "NotStarted",
    "Queued",
    "Starting",
    "Running",
    "Finalizing",
    "CancelRequested",
    "Completed",
    "Failed",
    "Canceled",
]
OVER: tuple[Status, ...] = ("Completed", "Failed", "Canceled")
WAITING: tuple[Status, ...] = ("NotStarted", "Queued")


@dataclass(eq=False)
class JobRun:
    """A job's run."""

    parent: str = ""
    """The job whose trial it is, by its name; empty if it is none."""
    status: Status = "NotStarted"
    queued: datetime | None = None
    started: datetime | None = None
    """When its command began to run, the last time."""
    ended: datetime | None = None
    error: Body | None = None
    """Code and message, as run history shows them."""
    warnings: list[str] = field(default_factory=list[str])
    cancel_asked: bool = False
    attempts: int = 0
    """How often it has begun: a preempted job begins again."""
    logs: dict[str, Path] = field(default_factory=dict[str, Path])
    """The files of its output, by the names that Azure gives them."""
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    """By which its logs can be read, as by the signature of a URL."""

    @property
    def is_over(self) -> bool:
        """Whether it has come to its end."""
        return self.status in OVER

    def end(self, status: Status, now: datetime, error: Body | None = None) -> None:
        """It has come to its end."""
        self.status, self.ended, self.error = status, now, error


def run_of(job: Resource) -> JobRun:
    """A job's run."""
    run: JobRun = job.body[RUN]
    return run


def failure(code: str, message: str) -> Body:
    """An error as run history words it."""
    return {"code": code, "message": message, "messageParameters": {}, "details": []}
