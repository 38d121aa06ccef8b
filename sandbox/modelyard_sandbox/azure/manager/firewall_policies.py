"""Firewall policies (REST reference, 2024-05-01; "Azure Firewall features by SKU"; as of 2026-11).

`FirewallPolicySkuChangeDisallowed` and `FirewallPolicyPremiumOnlyProperties` are Azure's words; the codes for
what a Basic policy can't have and for a policy in use aren't documented.
"""

from __future__ import annotations

from collections.abc import Iterator

from typing_extensions import override

from modelyard_sandbox.azure.manager.errors import bad_request
from modelyard_sandbox.azure.manager.kinds import Write, envelope, filled
from modelyard_sandbox.azure.manager.network import NetworkKind
from modelyard_sandbox.azure.manager.network_references import (
    FIREWALL,
    FIREWALL_POLICY,
    FIREWALL_RULES,
    reference,
    same,
    tagged,
)
from modelyard_sandbox.azure.manager.shapes import flag, many, record, text
from modelyard_sandbox.azure.manager.store import Body, Resource, Store

TIERS = ("Basic", "Standard", "Premium")
"""From the least to the most."""


class FirewallPolicy(NetworkKind):
    """A firewall policy, without its rules."""

    type = FIREWALL_POLICY
    shape = envelope(
        "FirewallPolicy",
        record(
            "FirewallPolicyPropertiesFormat",
            {
                "dnsSettings": record(
                    "DnsSettings",
                    {
                        "enableProxy": flag(),
                        "requireProxyForNetworkRules": flag(),
                        "servers": many(text()),
                    },
                ),
                "intrusionDetection": record(
                    "FirewallPolicyIntrusionDetection", {"mode": text("Off", "Alert", "Deny")}
                ),
                "sku": record("FirewallPolicySku", {"tier": text(*TIERS)}),
                "threatIntelMode": text("Alert", "Deny", "Off"),
                "threatIntelWhitelist": record(
                    "FirewallPolicyThreatIntelWhitelist",
                    {"fqdns": many(text()), "ipAddresses": many(text())},
                ),
            },
            read_only=(
                "childPolicies",
                "firewalls",
                "provisioningState",
                "ruleCollectionGroups",
                "size",
            ),
        ),
    )

    @override
    def settle(self, write: Write) -> Body:
        properties = filled(write.properties, {"sku": {"tier": "Standard"}, "threatIntelMode": "Alert"})
        tier: str = properties["sku"]["tier"]
        old = write.old.properties["sku"]["tier"] if write.old else tier
        if tier != old:
            raise bad_request(
                "FirewallPolicySkuChangeDisallowed",
                f"Firewall Policy {write.id.name} cannot change sku from SKU Tier={old} to SKU Tier={tier}",
                "properties.sku",
            )
        if "intrusionDetection" in properties and tier != "Premium":
            raise bad_request(
                "FirewallPolicyPremiumOnlyProperties",
                f"Firewall Policy {write.id.name} contains premium only properties - IntrusionDetection",
                "properties.intrusionDetection",
            )
        proxy = bool(properties.get("dnsSettings", {}).get("enableProxy"))
        for name, used in (
            ("dnsSettings", proxy),
            ("threatIntelMode", properties["threatIntelMode"] == "Deny"),
        ):
            if used and tier == "Basic":
                raise bad_request(
                    "FirewallPolicyPropertyNotSupportedForBasicSku",
                    f"Firewall Policy {write.id.name} of SKU Tier=Basic has neither a DNS proxy nor threat "
                    "intelligence that denies.",
                    f"properties.{name}",
                )
        if not proxy:
            _check_names(write)
        return {**write.asked, "properties": properties}

    @override
    def check_deletion(self, store: Store, resource: Resource) -> None:
        held = [firewall.id.text for firewall in _firewalls(store, resource)]
        if held:
            raise bad_request(
                "FirewallPolicyInUse",
                f"Firewall Policy {resource.id.text} cannot be deleted since there are firewalls using this "
                f"resource: {', '.join(held)}.",
            )

    @override
    def answer(self, store: Store, resource: Resource) -> Body:
        groups = store.within(resource.id, FIREWALL_RULES)
        properties = {
            **resource.properties,
            "childPolicies": [],
            "firewalls": [{"id": firewall.id.text} for firewall in _firewalls(store, resource)],
            "provisioningState": "Succeeded",
            "ruleCollectionGroups": [{"id": group.id.text} for group in groups],
        }
        return {**super().answer(store, resource), "etag": tagged(resource), "properties": properties}


def rules_of(group: Body) -> Iterator[Body]:
    """The rules of a rule collection group's properties."""
    for collection in group.get("ruleCollections", []):
        yield from collection.get("rules", [])


def check_proxy(rule: Body, policy: str) -> None:
    """Refuse a network rule for names under a policy without a DNS proxy."""
    if rule.get("ruleType") == "NetworkRule" and rule.get("destinationFqdns"):
        raise bad_request(
            "FirewallPolicyNetworkRuleRequiresDnsProxy",
            f"Network rule {rule['name']} has destination FQDNs, and firewall policy {policy} no DNS proxy. "
            "Enable the DNS proxy of the policy to use FQDNs in network rules.",
        )


def _check_names(write: Write) -> None:
    for group in write.store.within(write.id, FIREWALL_RULES):
        for rule in rules_of(group.properties):
            check_proxy(rule, write.id.text)


def _firewalls(store: Store, policy: Resource) -> list[Resource]:
    return [
        firewall
        for firewall in store.of_type(FIREWALL)
        if same(reference(firewall.properties, "firewallPolicy"), policy.id.text)
    ]
