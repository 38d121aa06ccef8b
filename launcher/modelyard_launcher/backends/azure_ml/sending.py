"""What the service adds to submitting: code and environment, the call, and looking a job up by its name.

The job's name is chosen here, and a job can't be changed: whoever finds it there starts nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelyard.errors import InputError, SurroundingsError
from modelyard_launcher.azure.arm import Arm
from modelyard_launcher.backends.azure_ml.assets import make_ready
from modelyard_launcher.backends.azure_ml.body import RUN_TAG
from modelyard_launcher.backends.azure_ml.limits import job_limit_problems
from modelyard_launcher.backends.azure_ml.names import API_VERSION, BACKEND, job_name, job_path
from modelyard_launcher.backends.azure_ml.shipment import Shipment
from modelyard_launcher.records import RunRecord, Submission, now
from modelyard_launcher.stores import Store


class AzureMlCaller:
    """Submits a shipment to a workspace."""

    def __init__(self, arm: Arm, store: Store, shipment: Shipment) -> None:
        self._arm, self._store, self._shipment = arm, store, shipment

    def prepare(self) -> None:
        """Make the code and the environment, unless they are there."""
        make_ready(self._arm, self._store, self._shipment.code, self._shipment.assets)

    def draft(self, run_id: str, number: int) -> Submission:
        """The submission of that number."""
        shipment = self._shipment
        return Submission(
            number=number,
            backend=BACKEND,
            region=shipment.target.region,
            recovery=shipment.target.recovery,
            pool=shipment.pool.name,
            job_name=job_name(run_id, number),
            queue=shipment.compute,
            job_definition=shipment.environment,
            submitted=now(),
        )

    def call(self, record: RunRecord) -> Submission:
        """PUT the job, once, unless it is there."""
        submission = record.submissions[-1]
        found = self.look_up(submission)
        if found is not None:
            return found
        body = self._shipment.body(record.run_id, submission.number, record.spec_sha256 or "")
        problems = job_limit_problems(body["properties"])
        if problems:
            raise InputError(problems)
        path = job_path(self._shipment.target, submission.job_name)
        made = self._arm.put(path, API_VERSION, body, once=True)
        return _with_id(submission, made, path)

    def look_up(self, submission: Submission) -> Submission | None:
        """The submission, if the workspace has its job."""
        path = job_path(self._shipment.target, submission.job_name)
        return found_job(self._arm, path, submission)


def found_job(arm: Arm, path: str, submission: Submission) -> Submission | None:
    """A submission as the workspace knows it; None if it doesn't.

    Raises SurroundingsError if a job of that name is somebody else's.
    """
    job = arm.find(path, API_VERSION)
    if job is None:
        return None
    run_id = submission.job_name.rpartition("-")[0]
    tagged = ((job.get("properties") or {}).get("tags") or {}).get(RUN_TAG)
    if tagged != run_id:
        raise SurroundingsError(
            f"{path} is there and isn't a job of run {run_id}: its tag {RUN_TAG} is {tagged!r}",
            "look in the portal whose it is, and submit again, which makes another run",
        )
    return _with_id(submission, job, path)


def _with_id(submission: Submission, job: Mapping[str, Any], path: str) -> Submission:
    return submission.model_copy(update={"job_id": str(job.get("id") or path)})
