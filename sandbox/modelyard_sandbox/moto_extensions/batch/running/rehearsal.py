"""Faults of machines and of regions, to be rehearsed: which, when, and how often.

`Sandbox.set_job_faults` sets them, and `modelyard sandbox rehearse`. Faults of calls are
`modelyard_sandbox.faults`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from modelyard_sandbox.job_faults import JobFault
from modelyard_sandbox.moto_extensions import clock
from modelyard_sandbox.moto_extensions.batch.running.job import Job


@dataclass(slots=True)
class Rehearsal:
    """The faults that are to come."""

    faults: list[JobFault] = field(default_factory=list[JobFault])
    lost_regions: frozenset[str] = frozenset()

    def is_lost(self, region: str) -> bool:
        """Whether nothing of a region answers or runs."""
        return region in self.lost_regions

    def lacks_capacity(self, job: Job) -> bool:
        """Whether there is no machine for a job yet."""
        return any(
            fault.kind == "no_capacity"
            and _is_meant(fault, job)
            and (fault.after_seconds is None or clock.now() < _since(job, fault.after_seconds))
            for fault in self.faults
        )

    def of_start(self, job: Job, node: int | None, kinds: tuple[str, ...]) -> JobFault | None:
        """The fault that happens to a container of an attempt that starts, counted."""
        for fault in self.faults:
            if fault.kind in kinds and _is_meant(fault, job) and fault.node == (node or 0):
                fault.times -= 1
                self.faults = [kept for kept in self.faults if kept.times > 0]
                return fault
        return None


def _is_meant(fault: JobFault, job: Job) -> bool:
    """Whether a fault is for a job: by its id or its name, or the beginning of either before an asterisk."""
    names = (job.job_id, job.submission.name)
    pattern = fault.job
    if pattern.endswith("*"):
        return any(name.startswith(pattern[:-1]) for name in names)
    return pattern in names


def _since(job: Job, seconds: float) -> datetime:
    return (job.runnable_at or job.created_at) + timedelta(seconds=seconds)
