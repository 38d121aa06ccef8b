"""What the jobs of AWS Backup have in common: backups, copies and restores."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from moto.core.responses import ActionResult
from moto.moto_api._internal import mock_random

from modelyard_sandbox.moto_extensions.backup.errors import NotFoundError
from modelyard_sandbox.moto_extensions.backup.records import chosen, one_page
from modelyard_sandbox.moto_extensions.store import store_of

Job = dict[str, Any]
FILTERS = {
    "ByAccountId": "AccountId",
    "ByCompleteAfter": "CompletionDate",
    "ByCompleteBefore": "CompletionDate",
    "ByCreatedAfter": "CreationDate",
    "ByCreatedBefore": "CreationDate",
    "ByParentJobId": "ParentJobId",
    "ByResourceType": "ResourceType",
}
"""The filters of every list of jobs."""


@dataclass(frozen=True, slots=True)
class Jobs:
    """One kind of job, and where its jobs are kept; a `request` is moto's object of the service's class."""

    name: str
    """`Backup`, `Copy` or `Restore`."""
    filters: Mapping[str, str] = field(default_factory=dict[str, str])
    """Those that only this kind has: each one's member of a job."""

    @property
    def id_member(self) -> str:
        """The member that holds a job's id."""
        return f"{self.name}JobId"

    def start(self, request: Any, make: Callable[[], Job]) -> ActionResult:
        """The job that the request's token has started before, or a new one."""
        tokens = store_of(request.backup_backend, f"{self.name}_job_tokens")
        token = request._get_param("IdempotencyToken")  # noqa: SLF001 (as moto's own operations do)
        if token in tokens:
            return ActionResult(tokens[token])
        job = make()
        self._kept(request)[job[self.id_member]] = job
        if token:
            tokens[token] = job
        return ActionResult(job)

    def named(self, request: Any) -> Job:
        """The job that a request names."""
        id_ = request._get_param(self.id_member)  # noqa: SLF001 (as moto's own operations do)
        if id_ not in self._kept(request):
            raise NotFoundError(f"{self.name} job {id_} does not exist")
        return self._kept(request)[id_]

    def listed(self, request: Any) -> ActionResult:
        """The jobs that a request's filters leave, the newest first."""
        jobs = chosen(request, reversed(self._kept(request).values()), {**FILTERS, **self.filters})
        return ActionResult(one_page(request, f"{self.name}Jobs", jobs))

    def _kept(self, request: Any) -> dict[str, Job]:
        return store_of(request.backup_backend, f"{self.name}_jobs")


def new_id() -> str:
    """A new job's id."""
    return str(mock_random.uuid4()).upper()
