"""What takes time at AWS: updates, deletions, and above all a queue's letting go of a compute environment.

After UpdateJobQueue has taken a compute environment from a queue's order, and the queue is VALID again, its
deletion is still refused for a while (pulumi/pulumi-aws#6233, hashicorp/terraform-provider-aws#46925; seen to
last from seconds to about a minute). A queue that is being deleted holds its environments until it is gone.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from functools import cache
from typing import Any

from modelyard_sandbox.moto_extensions.batch.answers import keep, kept, refused

LAG_VARIABLE = "MODELYARD_SANDBOX_BATCH_LAG_SECONDS"
LAG_DEFAULT_SECONDS = 5.0
TRANSITIONS_PER_LAG = 20
"""How much shorter an update or a deletion is than the lag."""
WHEN_GONE: list[Callable[[str], None]] = []
"""Who is told the ARN of a compute environment that is gone."""


@cache
def lag_seconds() -> float:
    """How long a queue doesn't let go of a compute environment; read once."""
    return float(os.environ.get(LAG_VARIABLE) or LAG_DEFAULT_SECONDS)


def in_transition(self: Any, arn: str, status: str) -> None:
    """Let a resource be UPDATING or DELETING for a moment."""
    keep(self, arn, transition=status, settled_at=time.monotonic() + lag_seconds() / TRANSITIONS_PER_LAG)


def status_of(self: Any, arn: str) -> str:
    """The status of a resource: VALID, or what it is going through."""
    record = kept(self).get(arn, {})
    return record["transition"] if record.get("settled_at", 0.0) > time.monotonic() else "VALID"


def must_be_settled(self: Any, arn: str, verb: str) -> None:
    """Refuse to touch what is still being changed (hashicorp/terraform-provider-aws, issues on Batch)."""
    if status_of(self, arn) != "VALID":
        raise refused(f"Cannot {verb}, resource is being modified.")


def release(self: Any, environment_arn: str) -> None:
    """Begin the time in which an environment, although no queue names it any more, is still related to it."""
    keep(self, environment_arn, released_at=time.monotonic() + lag_seconds())


def is_held(self: Any, environment_arn: str) -> bool:
    """Whether a queue names the environment, or did until a moment ago."""
    queues = self.batch_backend._job_queues.values()  # noqa: SLF001 (moto has no public list)
    named = any(environment.arn == environment_arn for queue in queues for environment in queue.environments)
    return named or kept(self).get(environment_arn, {}).get("released_at", 0.0) > time.monotonic()


def settle(self: Any) -> None:
    """Take away what was being deleted and is gone by now."""
    backend = self.batch_backend
    over = [
        arn
        for arn, record in list(kept(self).items())
        if record.get("transition") == "DELETING" and record["settled_at"] <= time.monotonic()
    ]
    # Two requests may come at once: whoever is second finds nothing more to do.
    for arn in over:
        kept(self).pop(arn, None)
        if backend.get_job_queue_by_arn(arn) is not None:
            backend.delete_job_queue(arn)
        elif backend.get_compute_environment_by_arn(arn) is not None:
            backend.delete_compute_environment(arn)
            for tell in WHEN_GONE:
                tell(arn)
