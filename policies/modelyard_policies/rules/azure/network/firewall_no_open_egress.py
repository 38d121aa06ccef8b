"""Firewalls let nothing out to wherever it wants to go.

What a firewall is for is lost by one rule for any destination, by its address or by a domain such as `*` or
`*.com`: that is as good as none. Rules that deny aren't weighed against those that allow, and groups of
addresses (destinationIpGroups) aren't looked into. Pings are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

from modelyard_policies.azure.firewalls import ALLOW, RULE_HOLDERS, is_by, rules, spans
from modelyard_policies.azure.security_rules import world
from modelyard_policies.options import Options, option
from modelyard_policies.ports import Span, is_every, port_ranges, shown, span, without
from modelyard_policies.reading import Block, Failure, GraphView, Resource, all_of, each, some
from modelyard_policies.rule import Rule, Severity


@dataclass(frozen=True, slots=True)
class PortsToAnywhere(Options):
    """Which ports may be let out to the whole internet."""

    rule: ClassVar[str] = "firewall-no-open-egress"
    tcp_ports: tuple[str, ...] = option(
        port_ranges(),
        (),
        "Ports that may be let out to the whole internet, by TCP or by a rule for several protocols",
    )
    udp_ports: tuple[str, ...] = option(
        port_ranges(),
        ("123",),
        "Ports that may be let out to the whole internet by UDP, such as 123 for time",
    )


RULE = Rule(
    id="firewall-no-open-egress",
    code="NW17",
    title="Firewalls let nothing out to the whole internet",
    severity=Severity.MEDIUM,
    resources=RULE_HOLDERS,
    options=PortsToAnywhere,
    why=(
        "What breaks into a machine fetches its tools from anywhere and takes training data there, through "
        "the firewall that was to prevent it."
    ),
    mend=(
        "Name the domains that are needed in targetFqdns, and service tags or addresses in "
        "destinationAddresses; list ports that may go anywhere in the option tcp_ports or udp_ports."
    ),
    maps_to={},
    snippet="""\
policy = azure.network.FirewallPolicy(
    "egress", firewall_policy_name="egress", resource_group_name=group.name, threat_intel_mode="Deny"
)
azure.network.FirewallPolicyRuleCollectionGroup(
    "egress",
    resource_group_name=group.name,
    firewall_policy_name=policy.name,
    priority=200,
    rule_collections=[
        {
            "rule_collection_type": "FirewallPolicyFilterRuleCollection",
            "name": "experiments",
            "priority": 200,
            "action": {"type": "Allow"},
            "rules": [
                {
                    "rule_type": "ApplicationRule",
                    "name": "wandb",
                    "source_addresses": ["10.0.0.0/20"],
                    "protocols": [{"protocol_type": "Https", "port": 443}],
                    "target_fqdns": ["api.wandb.ai"],
                }
            ],
        }
    ],
)
""",
)

ANY_DOMAIN: Final = re.compile(r"\*+(?:\.(?:\*|[a-z]+))?")
"""Every domain, or all of those under `com` or another of the highest level."""


@RULE.applies
def lets_something_out(holder: Resource, graph: GraphView) -> bool:
    """Rules that deny, or lead inside, aren't this rule's."""
    return some(rules(holder, ALLOW), lambda _: True)


@RULE.check
def what_is_let_out_is_named(holder: Resource, graph: GraphView) -> Iterator[Failure]:
    """Judge each rule by its addresses and its domains."""
    options = graph.options(PortsToAnywhere)

    def openings(rule: Block) -> Iterator[Failure]:
        checks = (
            lambda: _addresses(rule, options),
            lambda: _domains(rule, "targetFqdns"),
            lambda: _domains(rule, "targetUrls"),
        )
        yield from each(checks, lambda check: check())

    yield from each(rules(holder, ALLOW), openings)


def _addresses(rule: Block, options: PortsToAnywhere) -> Iterator[Failure]:
    key = "destinationAddresses"

    def unauthorised(port: Span) -> list[Span]:
        allowed = options.udp_ports if is_by(rule, "udp") else options.tcp_ports
        return without([port], [found for found in map(span, allowed) if found])

    if not all_of(
        lambda: some(rule.strings(key), lambda prefix: bool(world(prefix))),
        lambda: not is_by(rule, "icmp"),
        lambda: some(spans(rule), lambda port: bool(unauthorised(port))),
    ):
        return

    def opening(port: Span) -> Iterator[Failure]:
        for part in unauthorised(port):
            yield rule.failure(key, f"lets {_what(part)} out to the whole internet")

    yield from each(spans(rule), opening)


def _what(port: Span) -> str:
    return "every port" if is_every(port) else shown(port)


def _domains(rule: Block, key: str) -> Iterator[Failure]:
    """Of an address only the domain counts, which ends at the first slash."""

    def opening(target: str) -> Iterator[Failure]:
        domain = target.strip().lower().removeprefix("https://").removeprefix("http://").partition("/")[0]
        if ANY_DOMAIN.fullmatch(domain):
            yield rule.failure(key, f"lets requests out to {domain}, whoever that is")

    yield from each(rule.strings(key), opening)
