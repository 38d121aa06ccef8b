"""Nobody on the internet reaches more of a network than the ports of its web servers.

Of the rules that stand in a group, one that denies and comes before is taken into account; rules that are
resources of their own are judged by themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from modelyard_policies.azure.security_rules import (
    SOURCES,
    is_about,
    is_for_the_world,
    left_open,
    protocols,
    spans,
)
from modelyard_policies.azure.types import NETWORK_SECURITY_GROUP, SECURITY_RULE
from modelyard_policies.graph import canonical
from modelyard_policies.options import Options, option
from modelyard_policies.ports import Span, is_every, port_ranges, shown, span, without
from modelyard_policies.reading import Block, Failure, GraphView, Resource, all_of, each, some
from modelyard_policies.rule import Rule, Severity


@dataclass(frozen=True, slots=True)
class AuthorisedPorts(Options):
    """Which ports the internet may reach."""

    rule: ClassVar[str] = "network-security-group-closed-to-internet"
    tcp_ports: tuple[str, ...] = option(
        port_ranges(),
        ("80", "443"),
        "Ports that may be open to the whole internet, by TCP or by a rule for every protocol",
    )
    udp_ports: tuple[str, ...] = option(
        port_ranges(), (), "Ports that may be open to the whole internet by UDP, such as 443 for HTTP/3"
    )


RULE = Rule(
    id="network-security-group-closed-to-internet",
    code="NW12",
    title="Network security groups open nothing but web ports to the internet",
    severity=Severity.CRITICAL,
    resources=(NETWORK_SECURITY_GROUP, SECURITY_RULE),
    options=AuthorisedPorts,
    why="Ports for administration that the whole internet reaches are tried day and night.",
    mend=(
        "Name the addresses that need it in sourceAddressPrefixes, or drop the rule and use Azure Bastion. "
        "List ports that are meant for everybody in the option tcp_ports or udp_ports."
    ),
    maps_to={
        "checkov": ["CKV_AZURE_9", "CKV_AZURE_10", "CKV_AZURE_77"],
        "cis_azure": ["7.1", "7.2", "7.3"],
        "azure_policy": ["22730e10-96f6-4aac-ad84-9383d35b5917", "9daedab3-fb2d-461e-b861-71790eead4f6"],
        "mcsb": ["NS-3", "NS-1"],
    },
    snippet="""\
azure.network.NetworkSecurityGroup(
    "login",
    resource_group_name=group.name,
    security_rules=[
        {
            "name": "ssh-from-the-office",
            "priority": 200,
            "direction": "Inbound",
            "access": "Allow",
            "protocol": "Tcp",
            "source_address_prefix": "203.0.113.0/24",
            "source_port_range": "*",
            "destination_address_prefix": "*",
            "destination_port_range": "22",
        }
    ],
)
""",
)

NAMES = ((22, "SSH"), (3389, "RDP"))


@RULE.applies
def lets_traffic_in(resource: Resource, graph: GraphView) -> bool:
    """A SecurityRule may deny, or be for what goes out."""
    return canonical(resource.type) != SECURITY_RULE or is_about(resource, "allow")


@RULE.check
def only_web_ports_are_open(resource: Resource, graph: GraphView) -> Iterator[Failure]:
    """Judge the resource itself if it is one rule, else each rule that stands in the group."""
    options = graph.options(AuthorisedPorts)
    if canonical(resource.type) == SECURITY_RULE:
        yield from _openings(resource, options, None)
    else:
        yield from each(resource.list("securityRules"), lambda rule: _openings(rule, options, resource))


def _openings(rule: Block, options: AuthorisedPorts, group: Block | None) -> Iterator[Failure]:
    def unauthorised(port: Span) -> list[Span]:
        ports = options.udp_ports if _is_udp(rule) else options.tcp_ports
        return without([port], [found for found in map(span, ports) if found])

    def open_of(port: Span) -> list[Span]:
        return left_open(rule, unauthorised(port), group)

    def opening(port: Span) -> Iterator[Failure]:
        parts = open_of(port)
        if parts:
            kind = "UDP " if _is_udp(rule) else ""
            every = is_every(port) and parts == unauthorised(port)
            what = f"every {kind}port" if every else _named(parts, kind)
            yield rule.failure(_place(rule), f"opens {what} to the whole internet")

    if all_of(
        lambda: is_about(rule, "allow"),
        lambda: is_for_the_world(rule),
        lambda: some(spans(rule), lambda port: bool(open_of(port))),
    ):
        yield from each(spans(rule), opening)


def _is_udp(rule: Block) -> bool:
    return protocols(rule) == ("udp",)


def _named(parts: list[Span], kind: str) -> str:
    names = [
        f"{name} (port {port})" for port, name in NAMES if any(first <= port <= last for first, last in parts)
    ]
    return " and ".join(names or [f"{kind}{shown(part)}" for part in parts])


def _place(rule: Block) -> str:
    return SOURCES[0] if rule.has(SOURCES[0]) else SOURCES[1]
