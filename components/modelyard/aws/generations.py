"""Which compute environments the running stack had after its last `up`."""

from typing import Any, cast

import pulumi

OUTPUT = "pool_generations"
"""Output of the stack that holds them, by region and pool."""

READ_STACK_OUTPUTS = "pulumi:pulumi:readStackOutputs"
"""The engine's own data source behind stack references. It is asked in place of one, because what it says
decides what is made: a reference is a resource, whose outputs are known too late for that, and would stand in
the stack besides (docs/decisions/0013-generations-of-compute-environments.md)."""


def previous_generations() -> dict[str, dict[str, str]]:
    """Generation of each pool's compute environment, by region and pool; empty before the first `up`.

    An `up` that fails before a queue has turned leaves them as they were.
    """
    name = f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}"
    answer = cast("dict[str, Any]", pulumi.runtime.invoke(READ_STACK_OUTPUTS, {"name": name}).value)
    return answer["outputs"].get(OUTPUT) or {}
