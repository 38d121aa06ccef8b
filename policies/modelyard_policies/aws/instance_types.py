"""Which types of instances a resource starts."""

from __future__ import annotations

from collections.abc import Iterator

from modelyard_policies.aws.accelerators import Machine, machines_named
from modelyard_policies.aws.compute import launch_template
from modelyard_policies.aws.types import COMPUTE_ENVIRONMENT
from modelyard_policies.errors import Unread
from modelyard_policies.reading import Block, GraphView, Resource

Named = tuple[Block, str, str]
"""Where a type stands, under which key, and its name."""


def types_named(resource: Resource) -> Iterator[Named]:
    """The types that the resource names itself: of AWS Batch also families (`p5`) and `optimal`.

    Raises Unread where any type will do that has what is asked for.
    """
    if resource.type == COMPUTE_ENVIRONMENT:
        compute = resource.block("computeResources")
        if not compute.text("type").upper().startswith("FARGATE"):
            yield from ((compute, "instanceTypes", name) for name in compute.strings("instanceTypes"))
        return
    mixed = resource.block("mixedInstancesPolicy").block("launchTemplate")
    for override in mixed.list("overrides"):
        yield from _of_block(override)
    yield from _of_block(resource)


def machines_of(compute: Resource, graph: GraphView) -> list[Machine]:
    """The accelerated machines that a compute environment, a group or an instance may start, by itself or by
    its launch template; of several types all.

    Raises Unread where a type isn't known, or how many accelerators it has.
    """
    named = list(types_named(compute))
    if not named and compute.type != COMPUTE_ENVIRONMENT:
        template = launch_template(compute, graph)
        named = [] if template is None else list(types_named(template))
    return [machine for block, _, name in named for machine in _accelerated(block, name)]


def _of_block(block: Block) -> Iterator[Named]:
    if block.has("instanceRequirements"):
        asked = block.block("instanceRequirements")
        if not asked.has("allowedInstanceTypes"):
            raise Unread(block.node.urn, block.path_of("instanceRequirements"), "may be met by any type")
        yield from ((asked, "allowedInstanceTypes", name) for name in asked.strings("allowedInstanceTypes"))
        return
    for key in ("instanceType", "instanceTypes"):
        yield from ((block, key, name) for name in block.strings(key) if name)


def _accelerated(block: Block, name: str) -> tuple[Machine, ...]:
    found = machines_named(name)
    if found is None:
        raise Unread(block.node.urn, block.path, f"how many accelerators {name} has isn't known")
    return found
