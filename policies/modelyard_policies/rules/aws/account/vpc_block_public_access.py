"""The account lets nobody on the internet reach a VPC, whatever gateways and addresses VPCs are given.

It is a setting of each region: a stack that is the account's has it in each in which it has anything. What
has to be reached from the internet is excluded by name (VpcBlockPublicAccessExclusion).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

from modelyard_policies.aws.account_settings import is_the_accounts, missing
from modelyard_policies.aws.types import STACK, VPC_BLOCK_PUBLIC_ACCESS
from modelyard_policies.declared import ACCOUNT_COMPONENT
from modelyard_policies.options import Options, choice, option
from modelyard_policies.reading import Failure, GraphView, Resource
from modelyard_policies.rule import Rule, Severity

BOTH_WAYS: Final = "block-bidirectional"
INWARDS: Final = "block-ingress"


@dataclass(frozen=True, slots=True)
class BlockedTraffic(Options):
    """How much is blocked."""

    rule: ClassVar[str] = "vpc-block-public-access"
    least: str = option(
        choice(INWARDS, BOTH_WAYS),
        INWARDS,
        "What has to be blocked at least: block-ingress leaves NAT gateways their way out",
    )


RULE = Rule(
    id="vpc-block-public-access",
    code="NW11",
    title="The account blocks traffic from the internet to its VPCs",
    severity=Severity.MEDIUM,
    resources=(STACK, VPC_BLOCK_PUBLIC_ACCESS),
    reads=(VPC_BLOCK_PUBLIC_ACCESS, ACCOUNT_COMPONENT),
    options=BlockedTraffic,
    why="One gateway, one public address and one open security group are enough to expose a machine.",
    mend=(
        "Give the account's stack VpcBlockPublicAccessOptions with internetGatewayBlockMode block-ingress "
        "or block-bidirectional in each region that is used."
    ),
    maps_to={"security_hub": ["EC2.172"]},
    snippet="""\
aws.ec2.VpcBlockPublicAccessOptions("internet", internet_gateway_block_mode="block-ingress")
""",
)


RULE.applies(is_the_accounts)


@RULE.check
def the_internet_is_kept_out(resource: Resource, graph: GraphView) -> Iterator[Failure]:
    """Judge the stack for having the setting, and each setting for what it blocks."""
    if resource.type == STACK:
        what = "no VpcBlockPublicAccessOptions keeps the internet out of its VPCs"
        yield from missing(resource, graph, VPC_BLOCK_PUBLIC_ACCESS, what)
        return
    least = graph.options(BlockedTraffic).least
    if resource.text("internetGatewayBlockMode") not in (least, BOTH_WAYS):
        shown = resource.shown("internetGatewayBlockMode")
        yield resource.failure("internetGatewayBlockMode", f"is {shown}, not {least}")
