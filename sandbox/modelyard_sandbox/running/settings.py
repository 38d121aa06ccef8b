"""What can be set about jobs that run, by variables of the server's environment; read once."""

from __future__ import annotations

import os
from functools import cache

PROCESSES_VARIABLE = "MODELYARD_SANDBOX_BATCH_PROCESSES"
GRACE_VARIABLE = "MODELYARD_SANDBOX_BATCH_GRACE_SECONDS"
PROCESSES_PER_CORE = 8
PROCESSES_LEAST = 16
NODES_PER_PROCESSES = 8
GRACE_SECONDS = 30.0
"""Between SIGTERM and SIGKILL, unless the machine's agent is told otherwise (Amazon ECS API reference,
StopTask, 2026-11)."""


@cache
def processes_max() -> int:
    """How many containers run at once on this machine, in all accounts and regions together.

    While fewer run, the next job starts with all its nodes: so there are never more than this and one job's.
    """
    given = os.environ.get(PROCESSES_VARIABLE)
    return int(given) if given else max(PROCESSES_LEAST, PROCESSES_PER_CORE * (os.cpu_count() or 1))


def nodes_max() -> int:
    """How many nodes one job may have on this machine."""
    return NODES_PER_PROCESSES * processes_max()


@cache
def grace_seconds(of_the_machine: float | None = None) -> float:
    """How long a container that is told to stop has for it, on a machine whose agent is told that."""
    return float(os.environ.get(GRACE_VARIABLE) or of_the_machine or GRACE_SECONDS)
