"""What stands at the front of a queue (GetJobQueueSnapshot, which moto lacks).

Source: AWS Batch API reference, GetJobQueueSnapshot, FrontOfQueueDetail and FrontOfQueueJobSummary; 2026-11.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from modelyard_sandbox.moto_extensions.batch.answers import require
from modelyard_sandbox.moto_extensions.batch.job_details import is_child
from modelyard_sandbox.moto_extensions.clock import now

FRONT = 100


def getjobqueuesnapshot(self: Any) -> str:
    """GetJobQueueSnapshot: the first hundred jobs that wait, in the order in which they were submitted."""
    name = self._get_param("jobQueue")
    queue = self.batch_backend.get_job_queue(name)
    require(queue is not None, f"JobQueue {name} not found")
    jobs = [job for job in queue.jobs if not is_child(job)]
    waiting = [job for job in jobs if job.status == "RUNNABLE"]
    front = [
        {"jobArn": job.arn, "earliestTimeAtPosition": _milliseconds(_there_since(job, jobs))}
        for job in waiting[:FRONT]
    ]
    return json.dumps({"frontOfQueue": {"jobs": front, "lastUpdatedAt": _milliseconds(now())}})


def _there_since(job: Any, jobs: list[Any]) -> datetime:
    """When the last one went that had been before it; or when it came itself."""
    before = jobs[: jobs.index(job)]
    gone = [other.job_stopped_at for other in before if other.job_stopped and other.job_stopped_at]
    return max([job.job_created_at, *gone])


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
