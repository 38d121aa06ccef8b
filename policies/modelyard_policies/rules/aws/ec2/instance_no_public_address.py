"""Machines have no public address of their own.

Judged is what asks for one. What says nothing gets what its subnet gives, which a rule of its own judges.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from modelyard_policies.aws.types import (
    INSTANCE,
    LAUNCH_CONFIGURATION,
    LAUNCH_TEMPLATE,
    SPOT_INSTANCE_REQUEST,
)
from modelyard_policies.reading import Block, Failure, GraphView, Resource, each
from modelyard_policies.rule import Rule, Severity

RULE = Rule(
    id="instance-no-public-address",
    code="CO5",
    title="Machines ask for no public address",
    severity=Severity.HIGH,
    resources=(LAUNCH_TEMPLATE, INSTANCE, SPOT_INSTANCE_REQUEST, LAUNCH_CONFIGURATION),
    why="One security group that is opened by mistake, and the whole internet reaches the machine.",
    mend=(
        "Set associatePublicIpAddress to false; reach the machine by Session Manager, and let a load "
        "balancer face the public."
    ),
    maps_to={"checkov": ["CKV_AWS_88"], "security_hub": ["EC2.9", "EC2.25"]},
    snippet="""\
aws.ec2.LaunchTemplate(
    "node",
    network_interfaces=[{"associate_public_ip_address": False, "security_groups": [security_group.id]}],
)
""",
)

KEY: Final = "associatePublicIpAddress"


@RULE.check
def asks_for_none(machine: Resource, graph: GraphView) -> Iterator[Failure]:  # noqa: ARG001
    """A launch template asks by its interfaces, the others by themselves."""
    if machine.type == LAUNCH_TEMPLATE:
        yield from each(machine.list("networkInterfaces"), _asks)
    else:
        yield from _asks(machine)


def _asks(holder: Block) -> Iterator[Failure]:
    if holder.is_true(KEY):
        yield holder.failure(KEY, f"is {holder.shown(KEY)}")
