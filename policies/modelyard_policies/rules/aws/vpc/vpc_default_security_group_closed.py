"""The security group that a VPC has by default lets nothing in or out."""

from __future__ import annotations

from collections.abc import Iterator

from modelyard_policies.aws.types import (
    DEFAULT_SECURITY_GROUP,
    DEFAULT_VPC,
    SECURITY_GROUP,
    SECURITY_GROUP_EGRESS_RULE,
    SECURITY_GROUP_INGRESS_RULE,
    SECURITY_GROUP_RULE,
    VPC,
)
from modelyard_policies.reading import Failure, GraphView, Resource, each
from modelyard_policies.rule import Rule, Severity

RULES = (SECURITY_GROUP_INGRESS_RULE, SECURITY_GROUP_EGRESS_RULE, SECURITY_GROUP_RULE)
GROUPS = (SECURITY_GROUP, DEFAULT_SECURITY_GROUP)
KEY = "securityGroupId"

RULE = Rule(
    id="vpc-default-security-group-closed",
    code="NW4",
    title="The default security group of a VPC has no rules",
    severity=Severity.HIGH,
    resources=(VPC, DEFAULT_VPC),
    reads=(*GROUPS, *RULES),
    why="Whatever starts without a group of its own lands in this one, whose members reach each other.",
    mend="Give the VPC a DefaultSecurityGroup without ingress and egress.",
    maps_to={"checkov": ["CKV2_AWS_12"], "security_hub": ["EC2.2"], "cis_aws": ["5.5"]},
    snippet="""\
vpc = aws.ec2.Vpc("main", cidr_block="10.0.0.0/16")
aws.ec2.DefaultSecurityGroup("closed", vpc_id=vpc.id, ingress=[], egress=[])
""",
)


@RULE.check
def default_group_is_empty(vpc: Resource, graph: GraphView) -> Iterator[Failure]:
    """A DefaultSecurityGroup takes over AWS's own group and removes every rule that it doesn't list."""
    groups = graph.linked(vpc, DEFAULT_SECURITY_GROUP, "vpcId")
    if not groups:
        yield vpc.failure("", "no DefaultSecurityGroup empties this VPC's default security group")
    yield from each((*groups, vpc), lambda holder: _has_no_rules(holder, vpc, graph))


def _has_no_rules(holder: Resource, vpc: Resource, graph: GraphView) -> Iterator[Failure]:
    """Of the group, and of the VPC, which names its default group as well."""

    def side_is_empty(direction: str) -> Iterator[Failure]:
        if holder is not vpc and list(holder.list(direction)):
            yield holder.failure(direction, f"the default security group has {direction} rules")

    yield from each(("ingress", "egress"), side_is_empty)
    for rule in graph.linked(holder, RULES, KEY):
        if holder is not vpc or not graph.candidates(rule, KEY, GROUPS):
            yield rule.failure(KEY, "adds a rule to the default security group")
