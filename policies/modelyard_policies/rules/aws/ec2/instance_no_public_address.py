"""Machines have no public address of their own, nor have tasks of ECS.

Judged is what asks for one, and elastic addresses that are given to instances. What says nothing gets what
its subnet gives, which a rule of its own judges. Elastic addresses of gateways and balancers are fine.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from modelyard_policies.aws.types import (
    ECS_SERVICE,
    EIP,
    EIP_ASSOCIATION,
    INSTANCE,
    LAUNCH_CONFIGURATION,
    LAUNCH_TEMPLATE,
    SPOT_INSTANCE_REQUEST,
    TASK_SET,
)
from modelyard_policies.reading import Block, Failure, GraphView, Resource, each
from modelyard_policies.rule import Rule, Severity

ASKING: Final = {
    LAUNCH_TEMPLATE: ("networkInterfaces", "associatePublicIpAddress"),
    **dict.fromkeys((ECS_SERVICE, TASK_SET), ("networkConfiguration", "assignPublicIp")),
    **dict.fromkeys(
        (INSTANCE, SPOT_INSTANCE_REQUEST, LAUNCH_CONFIGURATION), ("", "associatePublicIpAddress")
    ),
}
"""Where each asks for an address: in which mappings, if not by itself, and by which flag."""

GIVING: Final = {EIP: "instance", EIP_ASSOCIATION: "instanceId"}
"""What gives an address, and where it names the machine."""

RULE = Rule(
    id="instance-no-public-address",
    code="CO5",
    title="Machines and tasks have no public address",
    severity=Severity.HIGH,
    resources=(*ASKING, *GIVING),
    why="One security group that is opened by mistake, and the whole internet reaches the machine.",
    mend=(
        "Set associatePublicIpAddress to false (assignPublicIp of a service), and give the machine no "
        "elastic address; reach it by Session Manager, and let a load balancer face the public."
    ),
    maps_to={
        "checkov": ["CKV_AWS_88", "CKV_AWS_333"],
        "security_hub": ["EC2.9", "EC2.25", "ECS.2", "ECS.16"],
    },
    snippet="""\
aws.ec2.LaunchTemplate(
    "node",
    network_interfaces=[{"associate_public_ip_address": False, "security_groups": [security_group.id]}],
)
""",
)


@RULE.applies
def may_give_one(resource: Resource, graph: GraphView) -> bool:
    """An elastic address may be for something else than a machine."""
    return resource.type in ASKING or resource.has(GIVING[resource.type])


@RULE.check
def there_is_none(resource: Resource, graph: GraphView) -> Iterator[Failure]:
    """Whoever gives an address has done so, whichever the machine is."""
    if resource.type in GIVING:
        yield resource.failure(GIVING[resource.type], "gives an instance a public address")
        return
    place, key = ASKING[resource.type]
    yield from each(resource.list(place) if place else [resource], lambda holder: _asks(holder, key))


def _asks(holder: Block, key: str) -> Iterator[Failure]:
    if holder.is_true(key):
        yield holder.failure(key, f"is {holder.shown(key)}")
