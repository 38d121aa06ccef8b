"""What starts machines: compute environments, groups, and single instances."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from modelyard_policies.aws.types import (
    AUTO_SCALING_GROUP,
    COMPUTE_ENVIRONMENT,
    INSTANCE,
    LAUNCH_TEMPLATE,
    NODE_GROUP,
)
from modelyard_policies.reading import Block, GraphView, Resource, any_of, some

COMPUTE: Final = (COMPUTE_ENVIRONMENT, AUTO_SCALING_GROUP, NODE_GROUP, INSTANCE)
"""What starts machines: AWS Batch, EC2 Auto Scaling, EKS, and EC2 by itself."""

TEMPLATE_PLACES: Final = {
    COMPUTE_ENVIRONMENT: ("computeResources",),
    AUTO_SCALING_GROUP: ("launchTemplate", "mixedInstancesPolicy"),
    NODE_GROUP: ("launchTemplate",),
    INSTANCE: ("launchTemplate",),
}
"""Properties in which each of them names its launch template."""

_NAMES = ("launchTemplateId", "id", "launchTemplateName", "name")


def is_disabled(compute: Resource) -> bool:
    """Whether it is a compute environment that takes no new jobs."""
    return compute.type == COMPUTE_ENVIRONMENT and compute.text("state").upper() == "DISABLED"


def launch_template(compute: Resource, graph: GraphView) -> Resource | None:
    """The launch template; None if there is none. Raises Unread if it isn't in the graph."""
    for specification in _specifications(compute):
        for name in _NAMES:
            if specification.has(name):
                return graph.target(specification, name, LAUNCH_TEMPLATE)
    return None


def users_of(template: Resource, graph: GraphView) -> list[Resource]:
    """What starts machines by a launch template."""
    found = {
        user.urn: user
        for kind, places in TEMPLATE_PLACES.items()
        for place in places
        for user in graph.linked(template, kind, place)
    }
    return list(found.values())


def uses_efa(template: Resource) -> bool:
    """Whether any interface of a launch template is EFA's."""
    return some(template.list("networkInterfaces"), is_efa)


def is_efa(interface: Block) -> bool:
    """Whether a network interface is EFA's, with or without addresses of its own."""
    return interface.text("interfaceType") in ("efa", "efa-only")


def is_reserved(template: Resource) -> bool:
    """Whether a launch template's machines run in capacity that is reserved: a reservation or a block."""
    specification = template.block("capacityReservationSpecification")
    return any_of(
        lambda: bool(specification.block("capacityReservationTarget").keys()),
        lambda: specification.text("capacityReservationPreference") in ("open", "capacity-reservations-only"),
        lambda: template.block("instanceMarketOptions").text("marketType") == "capacity-block",
    )


def _specifications(compute: Resource) -> Iterator[Block]:
    if compute.type == COMPUTE_ENVIRONMENT:
        yield compute.block("computeResources").block("launchTemplate")
        return
    yield compute.block("launchTemplate")
    if compute.type == AUTO_SCALING_GROUP:
        mixed = compute.block("mixedInstancesPolicy").block("launchTemplate")
        yield mixed.block("launchTemplateSpecification")
