"""Nobody on the internet may knock on SSH or RDP.

A node group of EKS that names a key for SSH, and no security groups to come from, opens the port to everybody
by itself (Amazon EKS API Reference, "RemoteAccessConfig", 2026-11).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from modelyard_policies.aws.protocols import TCP, UDP
from modelyard_policies.aws.security_groups import INGRESS, LET_IN, is_about, traffic
from modelyard_policies.aws.traffic import Traffic
from modelyard_policies.aws.types import NODE_GROUP
from modelyard_policies.reading import Block, Failure, GraphView, Resource, all_of, each
from modelyard_policies.rule import Rule, Severity

RULE = Rule(
    id="security-group-no-world-admin",
    code="NW1",
    title="Security groups don't open SSH or RDP to the world",
    severity=Severity.CRITICAL,
    resources=(*LET_IN, NODE_GROUP),
    why="Ports for administration that the whole internet reaches are tried day and night.",
    mend=(
        "Name the addresses that need it, in a node group's remoteAccess the sourceSecurityGroupIds, or drop "
        "it and use Session Manager."
    ),
    maps_to={
        "checkov": ["CKV_AWS_24", "CKV_AWS_25", "CKV_AWS_100"],
        "security_hub": ["EC2.13", "EC2.14"],
        "cis_aws": ["5.3", "5.4"],
    },
    snippet="""\
aws.vpc.SecurityGroupIngressRule(
    "ssh-from-office",
    security_group_id=security_group.id,
    cidr_ipv4="203.0.113.0/24",
    ip_protocol="tcp",
    from_port=22,
    to_port=22,
    description="SSH from the office",
)
""",
)

PORTS = ((22, "SSH", TCP), (3389, "RDP", TCP | UDP))


@RULE.applies
def lets_traffic_in(resource: Resource, graph: GraphView) -> bool:
    """A SecurityGroupRule may be for egress, a node group without a key."""
    if resource.type == NODE_GROUP:
        return resource.block("remoteAccess").has("ec2SshKey")
    return is_about(resource, INGRESS)


@RULE.check
def admin_ports_are_closed(resource: Resource, graph: GraphView) -> Iterator[Failure]:
    """Judge the resource itself if it is one rule, else each of its inline rules."""
    if resource.type == NODE_GROUP:
        yield from _nodes_are_closed(resource.block("remoteAccess"))
    else:
        yield from each(traffic(resource, INGRESS), _openings)


def _nodes_are_closed(remote: Block) -> Iterator[Failure]:
    key = "sourceSecurityGroupIds"
    if not remote.has(key) or remote.raw(key) == []:
        yield remote.failure(
            key, f"is {remote.shown(key) or 'empty'}: opens SSH or RDP to the whole internet"
        )
    elif not isinstance(remote.raw(key), list):
        remote.get(key)  # isn't known


def _openings(let_in: Traffic) -> Iterator[Failure]:
    def opening(case: tuple[tuple[int, str, frozenset[str]], str]) -> Iterator[Failure]:
        (port, service, protocols), source = case
        if all_of(
            lambda: let_in.is_by(protocols),
            lambda: let_in.has_port(port),
            lambda: let_in.is_of_the_world(source),
        ):
            yield let_in.rule.failure(source, f"opens {service} (port {port}) to the whole internet")

    yield from each(product(PORTS, let_in.peers), opening)
