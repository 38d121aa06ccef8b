"""A job as the sandbox keeps it: alone, an array and its children, several nodes and each of them.

Source: AWS Batch API reference, JobDetail and AttemptDetail, 2026-11.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from modelyard_sandbox.moto_extensions.batch.submissions import Submission

OVER = ("SUCCEEDED", "FAILED")
BEFORE_STARTING = ("SUBMITTED", "PENDING", "RUNNABLE")

Container = dict[str, Any]
"""The properties of a container, a job's overrides in them."""


@dataclass(slots=True, eq=False)
class Job:
    """One job. Everything that changes is guarded by the server's turn."""

    submission: Submission
    """What was asked for; children share their parent's."""
    job_id: str
    backend: Any
    """moto's, of the account and region."""
    created_at: datetime
    parent: Job | None = None
    index: int | None = None
    """Of a child among its siblings."""
    children: list[Job] = field(default_factory=list["Job"])
    """Of an array its children, of a multi-node job its nodes."""
    status: str = "SUBMITTED"
    reason: str | None = None
    reason_since: datetime | None = None
    """Since when it has been stuck for that reason; None if it isn't."""
    runnable_at: datetime | None = None
    started_at: datetime | None = None
    stopped_at: datetime | None = None
    attempts: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    """Those that are over, as AttemptDetail."""
    container: dict[str, Any] = field(default_factory=dict[str, Any])
    """Exit code, reason, log stream, task and container instance of the attempt that runs or was the last."""
    ended_by: str | None = None
    """The operation that ends it, `canceljob` or `terminatejob`, if any does."""
    end_reason: str | None = None
    waits_for: int = 0
    """Dependencies that haven't succeeded yet."""
    unfinished: int = 0
    """Children that aren't over, of an array."""
    stop: bool = False
    """(moto sets it when it forgets everything)"""

    @property
    def arn(self) -> str:
        """Its ARN."""
        place = self.backend
        return f"arn:{place.partition}:batch:{place.region_name}:{place.account_id}:job/{self.job_id}"

    @property
    def names(self) -> tuple[str, str]:
        """What faults can call it by."""
        return self.job_id, self.submission.name

    @property
    def is_array(self) -> bool:
        """Whether it is the parent of an array."""
        return self.parent is None and bool(self.submission.size)

    @property
    def is_gang(self) -> bool:
        """Whether it is a multi-node job, not one of its nodes."""
        return self.parent is None and self.submission.node_properties is not None

    @property
    def node(self) -> int | None:
        """Its index among the nodes of a multi-node job, if it is one."""
        return None if self.parent is None or self.parent.is_array else self.index

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        return self.status in OVER

    @property
    def main_node(self) -> int:
        """The index of a multi-node job's main node."""
        assert self.submission.node_properties is not None, "it has nodes"  # noqa: S101
        return self.submission.node_properties["mainNode"]

    @property
    def attempts_max(self) -> int:
        """How often it may be attempted."""
        return (self.submission.retry_strategy or {}).get("attempts") or 1

    @property
    def timeout_seconds(self) -> int | None:
        """How long an attempt may take."""
        return (self.submission.timeout or {}).get("attemptDurationSeconds")

    def properties(self) -> Container:
        """Its container's properties, of a node those of its range; not for a job of several nodes."""
        return self.submission.container(self.node)

    def units(self) -> list[Job]:
        """What has a container each: the nodes, or the job itself."""
        return self.children if self.is_gang else [self]

    def with_children(self) -> Iterator[Job]:
        """The job, then its children."""
        yield self
        yield from self.children

    def is_alive(self) -> bool:
        """For moto, which asks whether a thread of the job's runs."""
        return False
