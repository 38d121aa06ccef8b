"""What may start machines with accelerators, on whichever cloud."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from modelyard_policies.aws import compute as aws
from modelyard_policies.aws.instance_types import machines_of
from modelyard_policies.aws.types import LAUNCH_TEMPLATE
from modelyard_policies.azure import compute as azure
from modelyard_policies.azure.accelerators import accelerators_of
from modelyard_policies.errors import Unread
from modelyard_policies.graph import canonical
from modelyard_policies.reading import Block, GraphView, Resource, some

COMPUTE: Final = (*aws.COMPUTE, *azure.COMPUTE)
"""What starts machines."""

READS: Final = (*COMPUTE, LAUNCH_TEMPLATE)
"""What has to be looked at to know which."""


def has_accelerators(compute: Resource, graph: GraphView) -> bool:
    """Whether any machine that a resource of COMPUTE may start has an accelerator."""
    if canonical(compute.type) in azure.COMPUTE:
        return some(azure.pools(compute), is_accelerated)
    return bool(machines_of(compute, graph))


def is_accelerated(pool: azure.Pool) -> bool:
    """Whether a pool on Azure may have machines with accelerators."""
    return some(_accelerators(pool), bool)


def _accelerators(pool: azure.Pool) -> Iterator[float]:
    for block, key in pool.sizes:
        yield of_size(block, key)


def of_size(block: Block, key: str) -> float:
    """Accelerators of the size that stands at `key`. Raises Unread if that isn't known."""
    size = block.text(key)
    found = accelerators_of(size)
    if found is None:
        raise Unread(block.node.urn, block.path, f"how many accelerators {size} has isn't known")
    return found
