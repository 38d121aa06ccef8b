"""What a job is at AWS Batch, before there is a run of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from modelyard.outputs import LaunchTarget
from modelyard_launcher.backends.aws_batch.calls import Sending, submit_request
from modelyard_launcher.job import Job

BACKEND = "aws_batch"


@dataclass(frozen=True, slots=True)
class Shipment:
    """Everything about a job's submission that is known before there is a run."""

    job: Job
    target: LaunchTarget
    pool_name: str
    queue: str
    definition: dict[str, Any]
    """The request that registers its definition."""
    runtime_key: str
    depends_on: Sequence[str]
    owner: str

    @property
    def definition_name(self) -> str:
        """Name of the definition."""
        return self.definition["jobDefinitionName"]

    @property
    def array_size(self) -> int | None:
        """Children of the array, if the job is one."""
        return self.job.variants if self.job.num_nodes == 1 else None

    @property
    def jobs(self) -> int:
        """Jobs that a submission makes."""
        return (self.job.variants or 1) if self.array_size is None else 1

    def request(
        self, run_id: str, number: int, spec_sha256: str, variant: int | None = None
    ) -> dict[str, Any]:
        """The SubmitJob of a run."""
        sending = Sending(
            run_id=run_id,
            number=number,
            spec_sha256=spec_sha256,
            owner=self.owner,
            runtime_key=self.runtime_key,
            depends_on=self.depends_on if number == 1 else (),
            array_size=self.array_size,
            variant=variant,
        )
        return submit_request(self.job, self.target, self.queue, self.definition_name, sending)
