"""Which failures AWS Batch starts a job again after.

The node decides on exit codes: it knows the job's rules and how often the program has failed, and says so by
a code of its own. So Batch has few rules to be told, the same for every job, and the last of them ends the
job: what matches none would be started again (AWS Batch User Guide, "Automated job retries", 2026-11).
"""

from __future__ import annotations

from typing import Any

from modelyard_launcher.job import Retry
from modelyard_node.codes import RETRY_EXIT_CODE

HOST_GONE = "Host EC2*"
"""What Batch says of an attempt whose machine is gone: Host EC2 (instance i-0123456789abcdef0) terminated."""

PULL_FAILED = "CannotPullContainerError*"
OUT_OF_MEMORY = "OutOfMemoryError*"
"""What the ECS agent says (Amazon ECS Developer Guide, "Stopped tasks error messages", 2026-11)."""


def retry_strategy(retry: Retry) -> dict[str, Any]:
    """The rules of a job: five at most."""
    again: list[dict[str, str]] = []
    if "host_failure" in retry.on_events:
        again.append({"onStatusReason": HOST_GONE})
    again.append({"onExitCode": str(RETRY_EXIT_CODE)})
    if "image_pull_failure" in retry.on_events:
        again.append({"onReason": PULL_FAILED})
    if "out_of_memory" in retry.on_events:
        again.append({"onReason": OUT_OF_MEMORY})
    return {
        "attempts": retry.most_starts,
        "evaluateOnExit": [
            *({**condition, "action": "RETRY"} for condition in again),
            {"onReason": "*", "action": "EXIT"},
        ],
    }
