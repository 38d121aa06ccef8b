"""What a job is in a workspace, before there is a run of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from modelyard.outputs.azure import AzureLaunchTarget, AzurePool
from modelyard_launcher.backends.azure_ml.assets import Asset, Code, assets_of
from modelyard_launcher.backends.azure_ml.body import Sending, job_body
from modelyard_launcher.backends.azure_ml.names import compute_path
from modelyard_launcher.job import Job


@dataclass(frozen=True)
class Shipment:
    """Everything about a job's submission that is known before there is a run."""

    job: Job
    target: AzureLaunchTarget
    pool: AzurePool
    code: Code
    image: str
    """As nodes pull it."""
    owner: str

    @cached_property
    def assets(self) -> tuple[Asset, Asset]:
        """Its code and its environment."""
        return assets_of(self.target, self.code, self.image)

    @property
    def compute(self) -> str:
        """Id of its cluster."""
        return compute_path(self.target, self.pool.compute_name)

    @property
    def environment(self) -> str:
        """Id of its environment."""
        return self.assets[1].path

    def body(self, run_id: str, number: int, spec_sha256: str) -> dict[str, Any]:
        """The document of a run's job."""
        ids = (self.assets[0].path, self.assets[1].path)
        sending = Sending(run_id, number, spec_sha256, self.owner)
        return job_body(self.job, self.target, self.pool, ids, sending)
