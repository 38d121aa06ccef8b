"""Documents of firewall policies and their rules that tests share."""

from __future__ import annotations

from typing import Any

from arming import LOCATION
from azure_networks import PROVIDER

POLICY = f"{PROVIDER}/firewallPolicies/policy"
RULES = f"{POLICY}/ruleCollectionGroups/out"


def policy(tier: str = "Standard", **properties: Any) -> dict[str, Any]:
    """A firewall policy's document."""
    return {"location": LOCATION, "properties": {"sku": {"tier": tier}, **properties}}


def rule(kind: str = "NetworkRule", **parts: Any) -> dict[str, Any]:
    """A rule of a type; a part that is None is left out."""
    both = {"name": "rule", "ruleType": kind, "sourceAddresses": ["10.0.0.0/8"]}
    own: dict[str, dict[str, Any]] = {
        "ApplicationRule": {
            "protocols": [{"protocolType": "Https", "port": 443}],
            "targetFqdns": ["*.example.org"],
        },
        "NatRule": {
            "destinationAddresses": ["198.51.100.1"],
            "destinationPorts": ["443"],
            "ipProtocols": ["TCP"],
            "translatedAddress": "10.0.0.4",
            "translatedPort": "443",
        },
        "NetworkRule": {
            "destinationAddresses": ["AzureMonitor"],
            "destinationPorts": ["443", "8000-8010", "*"],
            "ipProtocols": ["TCP"],
        },
    }
    return {name: part for name, part in {**both, **own[kind], **parts}.items() if part is not None}


def collection(*rules: dict[str, Any], action: str = "Allow", name: str = "first") -> dict[str, Any]:
    """A collection of rules."""
    kind = "Nat" if action == "DNAT" else "Filter"
    return {
        "ruleCollectionType": f"FirewallPolicy{kind}RuleCollection",
        "name": name,
        "priority": 200,
        "action": {"type": action},
        "rules": list(rules),
    }


def rules(*collections: dict[str, Any], priority: int = 200) -> dict[str, Any]:
    """A rule collection group's document."""
    return {"properties": {"priority": priority, "ruleCollections": list(collections)}}
