"""From where the state and its keys are reached: their own networks' rules, which are the same for both.

CI isn't in the environment's network, which doesn't stand yet: so both have a public endpoint, closed but to
the addresses that are named.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Any

from modelyard_cli.bootstrap.azure.resource import Document, Setting, read

SMALLEST_RANGE = 30
"""Azure Storage takes no ranges smaller than /30: single addresses are written without one ("Configure Azure
Storage firewalls and virtual networks", 2026-11)."""

IPV4 = 4

RULES = ("properties", "networkAcls")


@dataclass(frozen=True, slots=True)
class Reach:
    """What was chosen; nothing of it: what stands stays, and what is made is closed."""

    addresses: tuple[str, ...] = ()
    """Public addresses and ranges that reach it, as 20.1.2.3 or 20.1.2.0/24."""
    anywhere: bool = False
    """Whether everybody's requests arrive, and identities alone protect it."""

    @property
    def chosen(self) -> bool:
        """Whether anything was."""
        return self.anywhere or bool(self.addresses)

    def rules(self, found: Document | None) -> dict[str, Any]:
        """The `networkAcls` of the account or the vault."""
        now: dict[str, Any] = read(found or {}, RULES, {})
        if found is not None and not self.chosen:
            return {**now, "bypass": "AzureServices"}
        return {
            "bypass": "AzureServices",
            "defaultAction": "Allow" if self.anywhere else "Deny",
            "ipRules": [{"value": address} for address in self.addresses],
            "virtualNetworkRules": now.get("virtualNetworkRules", []),
        }

    def settings(self) -> list[Setting]:
        """What is looked at."""
        if not self.chosen:
            return []
        return [
            Setting(
                "public network", (*RULES, "defaultAction"), "Allow" if self.anywhere else "Deny", "Allow"
            ),
            Setting("addresses", (*RULES, "ipRules"), list(self.addresses), [], _addresses),
        ]


def address(text: str) -> str:
    """A public address or range, as Azure Storage takes it. Raises ValueError, with what is wrong."""
    network = ipaddress.ip_network(text)
    if network.version != IPV4:
        raise ValueError("Azure's firewalls of storage take IPv4 alone")
    if not network.is_global:
        raise ValueError("it is no public address: Azure's firewalls see those alone")
    if network.prefixlen <= SMALLEST_RANGE:
        return str(network)
    if network.num_addresses > 1:
        raise ValueError("it is smaller than /30: name its two addresses by themselves")
    return str(network.network_address)


def said_of(found: Document | None) -> str:
    """From where it is reached, for people."""
    if found is None:
        return "nowhere"
    if read(found, (*RULES, "defaultAction"), "Allow") == "Allow":
        return "anywhere"
    return ", ".join(_addresses(read(found, (*RULES, "ipRules"), []))) or "nowhere"


def _addresses(rules: Any) -> list[str]:
    values = [rule["value"] if isinstance(rule, dict) else str(rule) for rule in rules]
    return sorted(value.removesuffix("/32") for value in values)
