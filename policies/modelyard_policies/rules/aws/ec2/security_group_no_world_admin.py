"""Nobody on the internet may knock on SSH or RDP."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from itertools import product

from modelyard_policies.aws.protocols import ALL, TCP, UDP, protocol_among
from modelyard_policies.aws.types import (
    DEFAULT_SECURITY_GROUP,
    SECURITY_GROUP,
    SECURITY_GROUP_INGRESS_RULE,
    SECURITY_GROUP_RULE,
)
from modelyard_policies.reading import Block, Failure, GraphView, Resource, all_of, any_of, each, some
from modelyard_policies.rule import Rule, Severity

RULE = Rule(
    id="security-group-no-world-admin",
    code="NW1",
    title="Security groups don't open SSH or RDP to the world",
    severity=Severity.CRITICAL,
    resources=(
        SECURITY_GROUP,
        DEFAULT_SECURITY_GROUP,
        SECURITY_GROUP_INGRESS_RULE,
        SECURITY_GROUP_RULE,
    ),
    why="Ports for administration that the whole internet reaches are tried day and night.",
    mend="Name the addresses that need it, or drop the rule and use Session Manager.",
    maps_to={
        "checkov": ["CKV_AWS_24", "CKV_AWS_25"],
        "security_hub": ["EC2.13", "EC2.14"],
        "cis_aws": ["5.3", "5.4"],
    },
)

PORTS = ((22, "SSH", TCP), (3389, "RDP", TCP | UDP))


@RULE.applies
def lets_traffic_in(resource: Resource, graph: GraphView) -> bool:  # noqa: ARG001
    """A SecurityGroupRule may be for egress."""
    return resource.type != SECURITY_GROUP_RULE or resource.text("type") == "ingress"


@RULE.check
def admin_ports_are_closed(resource: Resource, graph: GraphView) -> Iterator[Failure]:  # noqa: ARG001
    """Judge the resource itself if it is one rule, else each of its inline rules."""
    if resource.type == SECURITY_GROUP_INGRESS_RULE:
        yield from _openings(resource, "ipProtocol", ("cidrIpv4", "cidrIpv6"))
    elif resource.type == SECURITY_GROUP_RULE:
        yield from _openings(resource, "protocol", ("cidrBlocks", "ipv6CidrBlocks"))
    else:
        yield from each(
            resource.list("ingress"),
            lambda rule: _openings(rule, "protocol", ("cidrBlocks", "ipv6CidrBlocks")),
        )


def _openings(rule: Block, protocol: str, sources: tuple[str, str]) -> Iterator[Failure]:
    def opening(case: tuple[tuple[int, str, frozenset[str]], str]) -> Iterator[Failure]:
        (port, service, protocols), source = case
        if all_of(
            lambda: protocol_among(rule, protocol, protocols),
            lambda: any_of(lambda: protocol_among(rule, protocol, ALL), lambda: _spans(rule, port)),
            lambda: some(rule.strings(source), _is_the_world),
        ):
            yield rule.failure(source, f"opens {service} (port {port}) to the whole internet")

    yield from each(product(PORTS, sources), opening)


def _spans(rule: Block, port: int) -> bool:
    """Whether the rule's ports hold `port`; a bound that isn't set doesn't bound."""

    def from_below() -> bool:
        first = rule.number("fromPort")
        return first is None or first <= port

    def to_above() -> bool:
        last = rule.number("toPort")
        return last is None or last >= port

    return all_of(from_below, to_above)


def _is_the_world(cidr: str) -> bool:
    try:
        return ipaddress.ip_network(cidr.strip(), strict=False).prefixlen == 0
    except ValueError:
        return False
