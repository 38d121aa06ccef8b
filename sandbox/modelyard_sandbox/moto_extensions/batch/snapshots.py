"""What stands at the front of a queue (GetJobQueueSnapshot, which moto lacks).

Source: AWS Batch API reference, GetJobQueueSnapshot, FrontOfQueueDetail and FrontOfQueueJobSummary; 2026-11.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from modelyard_sandbox.moto_extensions.batch.answers import require
from modelyard_sandbox.moto_extensions.batch.running.job import Job
from modelyard_sandbox.moto_extensions.batch.running.world import milliseconds
from modelyard_sandbox.moto_extensions.clock import now

FRONT = 100


def getjobqueuesnapshot(self: Any) -> str:
    """GetJobQueueSnapshot: the first hundred jobs that wait, in the order in which they were submitted."""
    name = self._get_param("jobQueue")
    queue = self.batch_backend.get_job_queue(name)
    require(queue is not None, f"JobQueue {name} not found")
    front = [
        {"jobArn": job.arn, "earliestTimeAtPosition": milliseconds(since)}
        for job, since in islice(_waiting(queue.jobs), FRONT)
    ]
    return json.dumps({"frontOfQueue": {"jobs": front, "lastUpdatedAt": milliseconds(now())}})


def _waiting(jobs: list[Job]) -> Iterator[tuple[Job, datetime]]:
    """The jobs that wait, and since when each has its place: one before it went, or it came itself."""
    last_gone = datetime.min.replace(tzinfo=UTC)
    for job in (unit for one in jobs for unit in (one.children if one.is_array else [one])):
        if job.status == "RUNNABLE":
            is_new = not job.attempts and not job.submission.depends_on
            came = job.created_at if is_new else job.runnable_at or job.created_at
            yield job, max(last_gone, came)
        else:
            last_gone = max([last_gone, *filter(None, (job.started_at, job.stopped_at))])
