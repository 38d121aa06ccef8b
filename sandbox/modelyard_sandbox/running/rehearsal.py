"""Faults of machines and of regions, to be rehearsed: which, when, and how often.

`Sandbox.set_job_faults` sets them, and `modelyard sandbox rehearse`, for the jobs of all clouds together.
Faults of calls are `modelyard_sandbox.faults`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from modelyard_sandbox.job_faults import JobFault


@dataclass(slots=True)
class Rehearsal:
    """The faults that are to come; guarded by the server's turn (`modelyard_sandbox.turn`)."""

    faults: list[JobFault] = field(default_factory=list[JobFault])
    lost_regions: frozenset[str] = frozenset()

    def is_lost(self, region: str) -> bool:
        """Whether nothing of a region answers or runs."""
        return region in self.lost_regions

    def lacks_capacity(self, names: Sequence[str], since: datetime, now: datetime) -> bool:
        """Whether there is no machine yet for a job of these names that has waited since then."""
        return any(
            fault.kind == "no_capacity"
            and _is_meant(fault, names)
            and (fault.after_seconds is None or now < since + timedelta(seconds=fault.after_seconds))
            for fault in self.faults
        )

    def of_start(self, names: Sequence[str], node: int | None, kinds: tuple[str, ...]) -> JobFault | None:
        """The fault that happens to a node of a job that starts, counted."""
        for fault in self.faults:
            if fault.kind in kinds and _is_meant(fault, names) and fault.node == (node or 0):
                fault.times -= 1
                self.faults = [kept for kept in self.faults if kept.times > 0]
                return fault
        return None


REHEARSAL = Rehearsal()
"""The server's one."""


def _is_meant(fault: JobFault, names: Sequence[str]) -> bool:
    """Whether a fault is for a job: by its id or its name, or the beginning of either before an asterisk."""
    pattern = fault.job
    if pattern.endswith("*"):
        return any(name.startswith(pattern[:-1]) for name in names)
    return pattern in names
