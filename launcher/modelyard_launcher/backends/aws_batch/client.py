"""Calls of AWS Batch and of CloudWatch Logs, in one region.

What only looks is tried again by the SDK. What changes something is sent once: SubmitJob knows no token by
which a second one would be seen to be the same.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, cast

from modelyard.errors import SurroundingsError
from modelyard_launcher.access import S3Access
from modelyard_launcher.backends.aws_batch.errors import ThrottledError, failure, is_unclear, refusal
from modelyard_launcher.outcomes import UnclearOutcomeError

PAGE = 100
"""Jobs of one DescribeJobs, and of one page of a filtered ListJobs (AWS Batch API Reference, 2026-11)."""

CONNECT_SECONDS = 5
READ_SECONDS = 30

THROTTLED_PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Pauses before a call that was refused for its rate is sent again, in seconds."""

Job = Mapping[str, Any]
"""A job as DescribeJobs or ListJobs shows it."""


class BatchApi:
    """AWS Batch in one region."""

    def __init__(self, access: S3Access, region: str, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._access = access.in_region(region)
        self._sleep = sleep

    @property
    def access(self) -> S3Access:
        """How its region is reached."""
        return self._access

    @property
    def place(self) -> str:
        """Where it is, for people."""
        return self._access.place

    def describe(self, job_ids: Iterable[str]) -> dict[str, Job]:
        """Jobs by their ids; what Batch doesn't know, or no longer, is left out."""
        wanted = list(dict.fromkeys(job_ids))
        found: dict[str, Job] = {}
        for start in range(0, len(wanted), PAGE):
            for job in self._look("batch", "DescribeJobs", jobs=wanted[start : start + PAGE])["jobs"]:
                found[job["jobId"]] = job
        return found

    def named(self, queue: str, name: str) -> Iterator[Job]:
        """Jobs of a queue by their name, whatever their state; with an asterisk behind, by its beginning."""
        yield from self._pages("ListJobs", "jobSummaryList", jobQueue=queue, filters=[_named(name)])

    def in_state(self, queue: str, state: str) -> Iterator[Job]:
        """Jobs of a queue in one state."""
        yield from self._pages("ListJobs", "jobSummaryList", jobQueue=queue, jobStatus=state)

    def children(self, array_id: str, state: str) -> Iterator[Job]:
        """Jobs of an array in one state."""
        yield from self._pages("ListJobs", "jobSummaryList", arrayJobId=array_id, jobStatus=state)

    def is_defined(self, name: str) -> bool:
        """Whether there is a job definition of that name that may be used."""
        found = self._look("batch", "DescribeJobDefinitions", jobDefinitionName=name, status="ACTIVE")
        return bool(found["jobDefinitions"])

    def queue(self, arn: str) -> Job | None:
        """A job queue; None if there is none."""
        found = self._look("batch", "DescribeJobQueues", jobQueues=[arn])["jobQueues"]
        return found[0] if found else None

    def environments(self, arns: Sequence[str]) -> list[Job]:
        """Compute environments."""
        if not arns:
            return []
        answer = self._look("batch", "DescribeComputeEnvironments", computeEnvironments=list(arns))
        return answer["computeEnvironments"]

    def front_of(self, queue: str) -> list[str]:
        """ARNs of the jobs that are first to start, in their order: a hundred at most."""
        front = self._look("batch", "GetJobQueueSnapshot", jobQueue=queue).get("frontOfQueue") or {}
        return [job["jobArn"] for job in front.get("jobs") or []]

    def define(self, request: Mapping[str, Any]) -> None:
        """RegisterJobDefinition. If it got through without an answer, one more revision does no harm."""
        try:
            self._send("RegisterJobDefinition", request)
        except UnclearOutcomeError as error:
            if not self.is_defined(request["jobDefinitionName"]):
                raise SurroundingsError(str(error), "submit again") from error

    def submit(self, request: Mapping[str, Any]) -> str:
        """SubmitJob; the job's id. Raises UnclearOutcomeError if it may have got through all the same."""
        return self._send("SubmitJob", request)["jobId"]

    def terminate(self, job_id: str, reason: str) -> None:
        """TerminateJob: end a job whatever it does. What is over stays as it is."""
        self._end("TerminateJob", job_id, reason)

    def cancel(self, job_id: str, reason: str) -> None:
        """CancelJob: end a job that hasn't started. It does nothing to one that has."""
        self._end("CancelJob", job_id, reason)

    def log_events(self, group: str, stream: str, token: str | None) -> tuple[list[str], str | None]:
        """Lines of a log stream from a place on, and the place behind them; None if there is none yet."""
        start = {"nextToken": token} if token else {}
        request = {"logGroupName": group, "logStreamName": stream, "startFromHead": True, **start}
        answer = self._look("logs", "GetLogEvents", missing="ResourceNotFoundException", **request)
        if answer is None:
            return [], None
        return [event["message"] for event in answer["events"]], answer["nextForwardToken"]

    def _end(self, operation: str, job_id: str, reason: str) -> None:
        request = {"jobId": job_id, "reason": reason[:1_024]}
        try:
            self._send(operation, request)
        except UnclearOutcomeError:
            self._end_again(operation, request)

    def _end_again(self, operation: str, request: Mapping[str, Any]) -> None:
        """End a job a second time: twice is as good as once."""
        try:
            self._send(operation, request)
        except UnclearOutcomeError as error:
            raise SurroundingsError(str(error), "end it again: a second time does no harm") from error

    def _pages(self, operation: str, key: str, **request: Any) -> Iterator[Job]:
        token: str | None = None
        while True:
            more = {"nextToken": token} if token else {}
            answer = self._look("batch", operation, **request, **more)
            yield from answer[key]
            token = answer.get("nextToken")
            if not token:
                return

    def _look(self, service: str, operation: str, *, missing: str | None = None, **request: Any) -> Any:
        """What a call that changes nothing answers; None for the error code `missing`."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            return _invoke(self._readers[service], operation, request)
        except ClientError as error:
            if missing is not None and error.response.get("Error", {}).get("Code") == missing:
                return None
            raise refusal(error, operation, self.place) from error
        except (BotoCoreError, ValueError) as error:
            raise failure(error, operation, self.place) from error

    def _send(self, operation: str, request: Mapping[str, Any]) -> Any:
        """What a call answers that is carried out at most once; one that was throttled wasn't carried out."""
        for pause in THROTTLED_PAUSES:
            try:
                return self._send_once(operation, request)
            except ThrottledError:
                self._sleep(pause)
        return self._send_once(operation, request)

    def _send_once(self, operation: str, request: Mapping[str, Any]) -> Any:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            return _invoke(self._writer, operation, request)
        except (ClientError, BotoCoreError, ValueError) as error:
            if is_unclear(error):
                raise UnclearOutcomeError(
                    f"{operation} had no clear answer from {self.place} ({error})"
                ) from error
            if isinstance(error, ClientError):
                raise refusal(error, operation, self.place) from error
            raise failure(error, operation, self.place) from error

    @cached_property
    def _readers(self) -> dict[str, Any]:
        return {name: self._client(name, retries=3) for name in ("batch", "logs")}

    @cached_property
    def _writer(self) -> Any:
        return self._client("batch", retries=0)

    def _client(self, service: str, *, retries: int) -> Any:
        return self._access.client(
            service, retries=retries, connect_seconds=CONNECT_SECONDS, read_seconds=READ_SECONDS
        )


def _invoke(client: Any, operation: str, request: Mapping[str, Any]) -> Any:
    method = cast("Mapping[str, str]", client.meta.method_to_api_mapping)
    names = {api: name for name, api in method.items()}
    return getattr(client, names[operation])(**request)


def _named(name: str) -> dict[str, Any]:
    return {"name": "JOB_NAME", "values": [name]}
