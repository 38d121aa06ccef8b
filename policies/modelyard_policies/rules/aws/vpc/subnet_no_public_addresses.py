"""Subnets give no machine a public address by themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from modelyard_policies.aws.types import DEFAULT_SUBNET, SUBNET
from modelyard_policies.reading import Failure, GraphView, Resource
from modelyard_policies.rule import Rule, Severity

RULE = Rule(
    id="subnet-no-public-addresses",
    code="NW7",
    title="Subnets don't give out public addresses by themselves",
    severity=Severity.MEDIUM,
    resources=(SUBNET, DEFAULT_SUBNET),
    why="Every machine that starts there, whoever starts it, can be reached from the internet.",
    mend="Set mapPublicIpOnLaunch to false; a machine that serves the public stands behind a load balancer.",
    maps_to={"checkov": ["CKV_AWS_130"], "security_hub": ["EC2.15"]},
    snippet="""\
aws.ec2.Subnet("nodes", vpc_id=vpc.id, cidr_block="10.0.0.0/20", map_public_ip_on_launch=False)
""",
)


@RULE.check
def no_public_addresses(subnet: Resource, graph: GraphView) -> Iterator[Failure]:
    """Judge what it does when nothing else is asked for."""
    if _gives_addresses(subnet):
        shown = subnet.shown("mapPublicIpOnLaunch")
        default = "" if subnet.has("mapPublicIpOnLaunch") else ", and a default subnet gives public addresses"
        yield subnet.failure("mapPublicIpOnLaunch", f"is {shown}{default}")


@RULE.remedy
def give_none(subnet: Resource, graph: GraphView) -> Mapping[str, Any]:
    """Machines that run keep the address that they have."""
    return {"mapPublicIpOnLaunch": False} if _gives_addresses(subnet) else {}


def _gives_addresses(subnet: Resource) -> bool:
    # A subnet gives none unless it is told to; those of a default VPC do (Amazon VPC User Guide, "Default VPC
    # components", 2026-11).
    if subnet.type == DEFAULT_SUBNET and not subnet.has("mapPublicIpOnLaunch"):
        return True
    return subnet.is_true("mapPublicIpOnLaunch")
