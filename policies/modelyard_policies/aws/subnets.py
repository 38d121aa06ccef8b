"""Subnets, and what runs in them."""

from __future__ import annotations

from typing import Final

from modelyard_policies.aws.types import (
    AUTO_SCALING_GROUP,
    COMPUTE_ENVIRONMENT,
    INSTANCE,
    LAUNCH_TEMPLATE,
    NODE_GROUP,
)
from modelyard_policies.reading import GraphView, Resource, some

MACHINES: Final = {
    COMPUTE_ENVIRONMENT: "computeResources",
    AUTO_SCALING_GROUP: "vpcZoneIdentifiers",
    NODE_GROUP: "subnetIds",
    INSTANCE: "subnetId",
    LAUNCH_TEMPLATE: "networkInterfaces",
}
"""What puts machines into subnets, and where it names them."""


def has_machines(subnet: Resource, graph: GraphView) -> bool:
    """Whether anything of the stack puts machines into the subnet."""
    return some(MACHINES.items(), lambda user: bool(graph.linked(subnet, user[0], user[1])))
