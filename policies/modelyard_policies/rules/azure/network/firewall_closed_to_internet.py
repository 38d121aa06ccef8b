"""What firewalls lead inside from the whole internet are the ports of web servers.

Azure Firewall lets what it leads inside (DNAT) pass without a rule of its own, so that such a rule opens a
machine as a security group would. Groups of addresses (sourceIpGroups) aren't looked into.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

from modelyard_policies.azure.firewalls import RULE_HOLDERS, TRANSLATE, rules, spans
from modelyard_policies.azure.security_rules import world
from modelyard_policies.options import Options, option
from modelyard_policies.ports import Span, port_ranges, shown, span, without
from modelyard_policies.reading import Block, Failure, GraphView, Resource, each, some
from modelyard_policies.rule import Rule, Severity


@dataclass(frozen=True, slots=True)
class PortsLedInside(Options):
    """Which ports the internet may reach by a firewall."""

    rule: ClassVar[str] = "firewall-closed-to-internet"
    ports: tuple[str, ...] = option(
        port_ranges(), ("80", "443"), "Ports that may be led inside from the whole internet"
    )


RULE = Rule(
    id="firewall-closed-to-internet",
    code="NW18",
    title="Firewalls lead nothing but web ports inside from the internet",
    severity=Severity.CRITICAL,
    resources=RULE_HOLDERS,
    options=PortsLedInside,
    why="Ports for administration that the whole internet reaches are tried day and night.",
    mend=(
        "Name the addresses that need it in sourceAddresses, or drop the rule and use Azure Bastion. List "
        "ports that are meant for everybody in the option ports."
    ),
    maps_to={},
    snippet="""\
policy = azure.network.FirewallPolicy(
    "ingress", firewall_policy_name="ingress", resource_group_name=group.name, threat_intel_mode="Deny"
)
azure.network.FirewallPolicyRuleCollectionGroup(
    "ingress",
    resource_group_name=group.name,
    firewall_policy_name=policy.name,
    priority=100,
    rule_collections=[
        {
            "rule_collection_type": "FirewallPolicyNatRuleCollection",
            "name": "login",
            "priority": 100,
            "action": {"type": "DNAT"},
            "rules": [
                {
                    "rule_type": "NatRule",
                    "name": "ssh-from-the-office",
                    "source_addresses": ["203.0.113.0/24"],
                    "destination_addresses": ["198.51.100.4"],
                    "destination_ports": ["22"],
                    "ip_protocols": ["TCP"],
                    "translated_address": "10.0.0.4",
                    "translated_port": "22",
                }
            ],
        }
    ],
)
""",
)

ADMINISTRATION: Final = ((22, "SSH"), (3389, "RDP"))
"""Ports that stay closed behind whichever port outside."""


@RULE.applies
def leads_something_inside(holder: Resource, graph: GraphView) -> bool:
    """Rules for what passes otherwise aren't this rule's."""
    return some(rules(holder, TRANSLATE), lambda _: True)


@RULE.check
def only_web_ports_lead_inside(holder: Resource, graph: GraphView) -> Iterator[Failure]:
    """Judge each rule by the port outside and by that inside."""
    allowed = [found for found in map(span, graph.options(PortsLedInside).ports) if found]

    def openings(rule: Block) -> Iterator[Failure]:
        if some(rule.strings("sourceAddresses"), lambda prefix: bool(world(prefix))):
            checks = (lambda: _outside(rule, allowed), lambda: _inside(rule))
            yield from each(checks, lambda check: check())

    yield from each(rules(holder, TRANSLATE), openings)


def _outside(rule: Block, allowed: list[Span]) -> Iterator[Failure]:
    def opening(port: Span) -> Iterator[Failure]:
        for part in without([port], allowed):
            yield rule.failure("destinationPorts", f"leads {_named(part)} inside from the whole internet")

    yield from each(spans(rule), opening)


def _inside(rule: Block) -> Iterator[Failure]:
    def opening(port: Span) -> Iterator[Failure]:
        if any(port == (number, number) for number, _ in ADMINISTRATION):
            yield rule.failure("translatedPort", f"leads the whole internet to {_named(port)} inside")

    yield from each(spans(rule, "translatedPort"), opening)


def _named(port: Span) -> str:
    first, last = port
    names = [f"{name} (port {number})" for number, name in ADMINISTRATION if first <= number <= last]
    return " and ".join(names) or shown(port)
