"""Firewalls refuse what Microsoft knows to be malicious.

Unset, a firewall only raises an alarm (Azure Firewall, "Threat intelligence-based filtering", 2025). A policy
takes over its parent's setting, which it may only make stricter; a firewall with a policy goes by that, not
by a setting of its own. Tier Basic can do no more than raise alarms.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from modelyard_policies.azure.security_rules import world
from modelyard_policies.azure.types import FIREWALL, FIREWALL_POLICY
from modelyard_policies.graph import canonical
from modelyard_policies.options import Options, choice, option
from modelyard_policies.reading import Failure, GraphView, Resource, any_of, each
from modelyard_policies.rule import Rule, Severity


@dataclass(frozen=True, slots=True)
class ThreatIntelligence(Options):
    """What becomes of traffic with addresses and domains that are known to be malicious."""

    rule: ClassVar[str] = "firewall-threat-intelligence"
    mode: str = option(
        choice("Deny", "Alert"), "Deny", "Least that a firewall does about them: refuse, or raise an alarm"
    )


RULE = Rule(
    id="firewall-threat-intelligence",
    code="NW19",
    title="Firewalls refuse what is known to be malicious",
    severity=Severity.MEDIUM,
    resources=(FIREWALL_POLICY, FIREWALL),
    reads=(FIREWALL_POLICY,),
    options=ThreatIntelligence,
    why="A node that was taken over reports to an address that has long been known for such use.",
    mend="Set threatIntelMode to Deny, and name only single addresses and domains in threatIntelWhitelist.",
    maps_to={
        "checkov": ["CKV_AZURE_216"],
        "azure_policy": ["da79a7e2-8aa1-45ed-af81-ba050c153564", "7c591a93-c34c-464c-94ac-8f9f9a46e3d6"],
    },
    snippet="""\
azure.network.FirewallPolicy(
    "egress",
    firewall_policy_name="egress",
    resource_group_name=group.name,
    sku={"tier": "Standard"},
    threat_intel_mode="Deny",
)
""",
)

KEY: Final = "threatIntelMode"
STRENGTH: Final = {"off": 0, "alert": 1, "deny": 2}
UNSET: Final = "Alert"


@RULE.applies
def decides_by_itself(resource: Resource, graph: GraphView) -> bool:
    """A firewall with a policy doesn't."""
    return canonical(resource.type) == FIREWALL_POLICY or not resource.block("firewallPolicy").keys()


@RULE.check
def what_is_known_is_refused(resource: Resource, graph: GraphView) -> Iterator[Failure]:
    """Judge the mode, and what is let off."""
    wanted = graph.options(ThreatIntelligence).mode
    yield from each((_mode, _exceptions), lambda check: check(resource, graph, wanted))


@RULE.remedy
def refuse(resource: Resource, graph: GraphView) -> Mapping[str, object]:
    """The strictest that the tier can do."""
    wanted = graph.options(ThreatIntelligence).mode
    return {KEY: _within_tier(resource, "Deny")} if any(_mode(resource, graph, wanted)) else {}


def _mode(resource: Resource, graph: GraphView, wanted: str) -> Iterator[Failure]:
    least = STRENGTH[_within_tier(resource, wanted).lower()]
    if not any_of(
        lambda: _strength(resource) >= least,
        lambda: _has_strong_parent(resource, graph, least),
    ):
        unset = "" if resource.has(KEY) else f", which means {UNSET}"
        yield resource.failure(KEY, f"is {resource.shown(KEY)}{unset}, not {_within_tier(resource, wanted)}")


def _within_tier(resource: Resource, wanted: str) -> str:
    return "Alert" if resource.block("sku").text("tier").strip().lower() == "basic" else wanted


def _strength(resource: Resource) -> int:
    return STRENGTH.get(resource.text(KEY, UNSET).strip().lower(), 0)


def _has_strong_parent(resource: Resource, graph: GraphView, least: int) -> bool:
    parent = resource.block("basePolicy")
    return parent.has("id") and graph.any_target(
        parent, "id", FIREWALL_POLICY, lambda policy: _strength(policy) >= least
    )


def _exceptions(resource: Resource, graph: GraphView, wanted: str) -> Iterator[Failure]:
    excepted = resource.block("threatIntelWhitelist")

    def of_address(address: str) -> Iterator[Failure]:
        if world(address):
            yield excepted.failure("ipAddresses", f"lets off {address}: half the internet or more")

    def of_domain(domain: str) -> Iterator[Failure]:
        if not domain.strip().strip("*."):
            yield excepted.failure("fqdns", f"lets off {domain}: every domain")

    checks = (
        lambda: each(excepted.strings("ipAddresses"), of_address),
        lambda: each(excepted.strings("fqdns"), of_domain),
    )
    yield from each(checks, lambda check: check())
