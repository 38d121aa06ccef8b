"""Nodes that use EFA share a security group that lets all traffic in from itself and out to itself."""

from __future__ import annotations

from collections.abc import Iterator

from modelyard_policies.aws.compute import is_efa, uses_efa
from modelyard_policies.aws.protocols import ALL, protocol_among
from modelyard_policies.aws.types import (
    LAUNCH_TEMPLATE,
    SECURITY_GROUP,
    SECURITY_GROUP_EGRESS_RULE,
    SECURITY_GROUP_INGRESS_RULE,
    SECURITY_GROUP_RULE,
)
from modelyard_policies.reading import Block, Failure, GraphView, Resource, all_of, any_of, each, some
from modelyard_policies.rule import Rule, Severity

RULE = Rule(
    id="launch-template-efa-security-group",
    code="CO6",
    title="EFA interfaces have a security group open to itself, in and out",
    severity=Severity.HIGH,
    resources=(LAUNCH_TEMPLATE,),
    reads=(
        SECURITY_GROUP,
        SECURITY_GROUP_INGRESS_RULE,
        SECURITY_GROUP_EGRESS_RULE,
        SECURITY_GROUP_RULE,
    ),
    why=(
        "EFA passes traffic between members of one group only, and a rule for addresses, even 0.0.0.0/0, "
        "doesn't count: without both rules collective operations hang until they time out."
    ),
    mend=(
        'Give the interfaces\' security group an ingress and an egress rule with ipProtocol "-1" whose '
        "referencedSecurityGroupId is the group itself."
    ),
    maps_to={},
    snippet="""\
aws.vpc.SecurityGroupIngressRule(
    "from-itself",
    security_group_id=security_group.id,
    referenced_security_group_id=security_group.id,
    ip_protocol="-1",
)
aws.vpc.SecurityGroupEgressRule(
    "to-itself",
    security_group_id=security_group.id,
    referenced_security_group_id=security_group.id,
    ip_protocol="-1",
)
aws.ec2.LaunchTemplate(
    "node",
    network_interfaces=[{"device_index": 0, "interface_type": "efa", "security_groups": [security_group.id]}],
)
""",
)

DIRECTIONS = {
    "ingress": (SECURITY_GROUP_INGRESS_RULE, "in from"),
    "egress": (SECURITY_GROUP_EGRESS_RULE, "out to"),
}


@RULE.applies
def has_efa(template: Resource, graph: GraphView) -> bool:
    """Whether any interface is EFA's."""
    return uses_efa(template)


@RULE.check
def groups_are_open_to_themselves(template: Resource, graph: GraphView) -> Iterator[Failure]:
    """One failure a direction, however many network cards the template has."""

    def direction_is_open(direction: str) -> Iterator[Failure]:
        def is_shut(interface: Block) -> bool:
            return all_of(
                lambda: is_efa(interface),
                lambda: (
                    not graph.any_target(
                        interface,
                        "securityGroups",
                        SECURITY_GROUP,
                        lambda group: graph.once(_is_open, group, direction),
                    )
                ),
            )

        if some(template.list("networkInterfaces"), is_shut):
            words = DIRECTIONS[direction][1]
            yield template.failure(
                "networkInterfaces",
                f"an EFA interface has no security group that lets all traffic {words} itself",
            )

    yield from each(DIRECTIONS, direction_is_open)


def _is_open(graph: GraphView, group: Resource, direction: str) -> bool:
    def by_own_rule(rule: Resource) -> bool:
        return all_of(
            lambda: protocol_among(rule, "ipProtocol", ALL),
            lambda: graph.refers_to(rule, "referencedSecurityGroupId", group),
        )

    def by_older_rule(rule: Resource) -> bool:
        return all_of(
            lambda: rule.text("type") == direction,
            lambda: protocol_among(rule, "protocol", ALL),
            lambda: any_of(
                lambda: rule.is_true("self"),
                lambda: graph.refers_to(rule, "sourceSecurityGroupId", group),
            ),
        )

    def by_inline_rule(rule: Block) -> bool:
        return all_of(lambda: protocol_among(rule, "protocol", ALL), lambda: rule.is_true("self"))

    kind = DIRECTIONS[direction][0]
    return any_of(
        lambda: some(graph.linked(group, kind, "securityGroupId"), by_own_rule),
        lambda: some(graph.linked(group, SECURITY_GROUP_RULE, "securityGroupId"), by_older_rule),
        lambda: some(group.list(direction), by_inline_rule),
    )
