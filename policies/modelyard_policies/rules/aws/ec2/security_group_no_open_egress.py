"""Machines don't reach the whole internet by every protocol.

A security group without egress of its own lets nothing out: AWS makes one that allows all, but the provider
removes it (pulumi-aws 7, ec2.SecurityGroup). A VPC's default group has a rule of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

from modelyard_policies.aws.protocols import ALL, TCP, UDP
from modelyard_policies.aws.security_groups import EGRESS, is_about, traffic
from modelyard_policies.aws.traffic import Traffic
from modelyard_policies.aws.types import SECURITY_GROUP, SECURITY_GROUP_EGRESS_RULE, SECURITY_GROUP_RULE
from modelyard_policies.ports import is_every
from modelyard_policies.reading import Failure, GraphView, Resource, all_of, any_of, each
from modelyard_policies.rule import Rule, Severity

RULE = Rule(
    id="security-group-no-open-egress",
    code="NW3",
    title="Security groups don't let everything out to the world",
    severity=Severity.MEDIUM,
    resources=(SECURITY_GROUP, SECURITY_GROUP_EGRESS_RULE, SECURITY_GROUP_RULE),
    why=(
        "What breaks into a machine fetches its tools and takes training data out by whatever protocol is "
        "open."
    ),
    mend=(
        "Let out the ports that are needed, such as 443, to the prefix lists, security groups or addresses "
        "that they are needed for."
    ),
    maps_to={"checkov": ["CKV_AWS_382"]},
    snippet="""\
aws.vpc.SecurityGroupEgressRule(
    "https-out",
    security_group_id=security_group.id,
    cidr_ipv4="0.0.0.0/0",
    ip_protocol="tcp",
    from_port=443,
    to_port=443,
    description="HTTPS to services",
)
""",
)


@RULE.applies
def lets_traffic_out(resource: Resource, graph: GraphView) -> bool:
    """A SecurityGroupRule may be for ingress."""
    return is_about(resource, EGRESS)


@RULE.check
def not_everything_is_let_out(resource: Resource, graph: GraphView) -> Iterator[Failure]:
    """Judge the resource itself if it is one rule, else each of its inline rules."""
    yield from each(traffic(resource, EGRESS), _openings)


def _openings(let_out: Traffic) -> Iterator[Failure]:
    def opening(peer: str) -> Iterator[Failure]:
        if all_of(lambda: _is_of_every_port(let_out), lambda: let_out.is_of_the_world(peer)):
            what = (
                "all traffic"
                if let_out.is_by(ALL)
                else f"every {'TCP' if let_out.is_by(TCP) else 'UDP'} port"
            )
            yield let_out.rule.failure(peer, f"lets {what} out to the whole internet")

    yield from each(let_out.peers, opening)


def _is_of_every_port(let_out: Traffic) -> bool:
    def has_every_port() -> bool:
        ports = let_out.ports()
        return ports is not None and is_every(ports)

    return any_of(
        lambda: let_out.is_by(ALL), lambda: all_of(lambda: let_out.is_by(TCP | UDP), has_every_port)
    )
