"""Which compute environments the running stack had after its last `up`."""

from typing import Any, cast

import pulumi
from tenacity import Retrying, retry_if_exception_message, stop_after_attempt, wait_exponential

OUTPUT = "pool_generations"
"""Output of the stack that holds them, by region and pool."""

READ_STACK_OUTPUTS = "pulumi:pulumi:readStackOutputs"
"""The engine's own data source behind stack references. It is asked in place of one, because what it says
decides what is made: a reference is a resource, whose outputs are known too late for that, and would stand in
the stack besides (docs/decisions/0013-generations-of-compute-environments.md)."""


HALF_WRITTEN = r"(?s).*failed to load checkpoint.*"
"""What the engine says while it is writing the state that it is asked for: its backend of plain files is read
as far as it is written (Pulumi 3.259.0, 2026-11)."""

TRIES_MAX = 8
FIRST_WAIT_SECONDS = 0.05
LONGEST_WAIT_SECONDS = 1.0


def previous_generations() -> dict[str, dict[str, str]]:
    """Generation of each pool's compute environment, by region and pool; empty before the first `up`.

    An `up` that fails before a queue has turned leaves them as they were.
    """
    name = f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}"
    patient = Retrying(
        retry=retry_if_exception_message(match=HALF_WRITTEN),
        stop=stop_after_attempt(TRIES_MAX),
        wait=wait_exponential(FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS),
        reraise=True,
    )
    read = patient(pulumi.runtime.invoke, READ_STACK_OUTPUTS, {"name": name})
    answer = cast("dict[str, Any]", read.value)
    return answer["outputs"].get(OUTPUT) or {}
