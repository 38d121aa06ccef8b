"""What AWS Batch adds to submitting: the definition, the call, and looking a job up by its name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from modelyard.errors import InputError, ModelyardError
from modelyard_launcher.backends.aws_batch.calls import job_name
from modelyard_launcher.backends.aws_batch.client import BatchApi
from modelyard_launcher.backends.aws_batch.limits import submission_problems
from modelyard_launcher.backends.aws_batch.shipment import BACKEND, Shipment
from modelyard_launcher.backends.aws_batch.sweeps import (
    SUBMITS_PER_SECOND,
    Rate,
    keep_jobs,
    send_variants,
    sent_or_found,
    sent_variants,
)
from modelyard_launcher.outcomes import BrokenOffError, UnclearOutcomeError
from modelyard_launcher.records import RunRecord, Submission, now
from modelyard_launcher.stores import Store


class BatchCaller:
    """Submits a shipment to AWS Batch."""

    def __init__(
        self,
        api: BatchApi,
        store: Store,
        shipment: Shipment,
        on_event: Callable[[str], None],
        *,
        look_up_seconds: float,
    ) -> None:
        self._api = api
        self._store = store
        self._shipment = shipment
        self._on_event = on_event
        self._look_up_seconds = look_up_seconds

    def prepare(self) -> None:
        """Register the job definition, unless there is one with this content."""
        definition = self._shipment.definition
        if not self._api.is_defined(self._shipment.definition_name):
            self._api.define(definition)

    def draft(self, run_id: str, number: int) -> Submission:
        """The submission of that number."""
        shipment = self._shipment
        return Submission(
            number=number,
            backend=BACKEND,
            region=shipment.target.region,
            recovery=shipment.target.recovery,
            pool=shipment.pool_name,
            job_name=job_name(run_id, number),
            queue=shipment.queue,
            job_definition=shipment.definition_name,
            submitted=now(),
        )

    def call(self, record: RunRecord) -> Submission:
        """SubmitJob: once, or of a sweep of gangs once for each variant."""
        submission = record.submissions[-1]
        if self._shipment.jobs == 1:
            job_id = self._api.submit(self._checked(record, None))
        else:
            job_id = self._call_each(record)[0]
        return submission.model_copy(update={"job_id": job_id})

    def look_up(self, submission: Submission) -> Submission | None:
        """The submission, if Batch has its job; of several, all of them."""
        run_id = submission.job_name.rpartition("-")[0]
        queue = submission.queue or self._shipment.queue
        if self._shipment.jobs > 1:
            sent = sent_variants(self._api, queue, run_id, submission.number)
            if len(sent) < self._shipment.jobs:
                return None
            keep_jobs(self._store, run_id, submission.number, (sent[index] for index in sorted(sent)))
            return submission.model_copy(update={"job_id": sent[0]})
        return found_by_name(self._api, submission)

    def _call_each(self, record: RunRecord) -> list[str]:
        submission, queue = record.submissions[-1], self._shipment.queue

        def send(index: int) -> str:
            request = self._checked(record, index)
            return sent_or_found(
                self._api, queue, request["jobName"], lambda: self._api.submit(request), self._look_up_seconds
            )

        sent = sent_variants(self._api, queue, record.run_id, submission.number)
        rate, count = Rate(SUBMITS_PER_SECOND), self._shipment.jobs
        try:
            ids = send_variants(count, sent, send, rate, self._on_event)
        except (ModelyardError, UnclearOutcomeError) as error:
            if not sent:
                raise
            raise BrokenOffError(
                f"{len(sent):,} of {count:,} variants of run {record.run_id} are submitted, and no more: "
                f"{str(error).splitlines()[0]}",
                "submit the same job again: the others follow, under the same run",
            ) from error
        keep_jobs(self._store, record.run_id, submission.number, ids)
        return ids

    def _checked(self, record: RunRecord, variant: int | None) -> dict[str, Any]:
        """The request, within Batch's limits."""
        number, sha256 = record.submissions[-1].number, record.spec_sha256 or ""
        request = self._shipment.request(record.run_id, number, sha256, variant)
        problems = submission_problems(request)
        if problems:
            raise InputError(problems)
        return request


def found_by_name(api: BatchApi, submission: Submission) -> Submission | None:
    """A submission of one job as Batch knows it by its name; None if it doesn't."""
    named = api.named(submission.queue or "", submission.job_name)
    own = [job for job in named if job["jobName"] == submission.job_name]
    if not own:
        return None
    first = min(own, key=lambda job: job.get("createdAt") or 0)
    return submission.model_copy(update={"job_id": first["jobId"]})
