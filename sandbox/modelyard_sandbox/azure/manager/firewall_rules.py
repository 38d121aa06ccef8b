"""Rule collection groups of firewall policies (REST reference, 2024-05-01; "Azure Firewall Policy rule sets":
a collection holds rules of one type; as of 2026-11).

Web categories, URLs, inserted headers and IP groups aren't known. Codes for rules aren't documented.
"""

from __future__ import annotations

import re
from ipaddress import ip_address, ip_network
from typing import Any

from typing_extensions import override

from modelyard_sandbox.azure.manager.errors import bad_request
from modelyard_sandbox.azure.manager.firewall_policies import check_proxy, rules_of
from modelyard_sandbox.azure.manager.ids import ResourceId
from modelyard_sandbox.azure.manager.kinds import ANSWERED, Write
from modelyard_sandbox.azure.manager.network import NetworkKind, check_network_name
from modelyard_sandbox.azure.manager.network_references import FIREWALL_POLICY, FIREWALL_RULES, tagged
from modelyard_sandbox.azure.manager.security_groups import is_port_range
from modelyard_sandbox.azure.manager.service_tags import is_service_tag
from modelyard_sandbox.azure.manager.shapes import Problem, ShapeFault, many, number, record, text
from modelyard_sandbox.azure.manager.store import Body, Resource, Store

FILTER, NAT = "FirewallPolicyFilterRuleCollection", "FirewallPolicyNatRuleCollection"
FIRST_PRIORITY, LAST_PRIORITY = 100, 65000
NAME = re.compile(r"\*|(\*\.?)?[a-z0-9_-]+(\.[a-z0-9_-]+)*", re.IGNORECASE)
"""A host's name in a rule; a star stands for its beginning, or for all."""

COMMON = frozenset({"description", "name", "ruleType", "sourceAddresses"})
MEMBERS = {
    "ApplicationRule": COMMON | {"destinationAddresses", "fqdnTags", "protocols", "targetFqdns"},
    "NatRule": COMMON
    | {"destinationAddresses", "destinationPorts", "ipProtocols", "translatedAddress", "translatedFqdn"}
    | {"translatedPort"},
    "NetworkRule": COMMON | {"destinationAddresses", "destinationFqdns", "destinationPorts", "ipProtocols"},
}
"""What a rule of each type has."""
NEEDED: dict[str, tuple[tuple[str, ...], ...]] = {
    "ApplicationRule": (("sourceAddresses",), ("protocols",), ("targetFqdns", "fqdnTags")),
    "NatRule": (
        ("sourceAddresses",),
        ("destinationAddresses",),
        ("destinationPorts",),
        ("ipProtocols",),
        ("translatedAddress", "translatedFqdn"),
        ("translatedPort",),
    ),
    "NetworkRule": (
        ("sourceAddresses",),
        ("destinationAddresses", "destinationFqdns"),
        ("destinationPorts",),
        ("ipProtocols",),
    ),
}
"""What a rule of each type can't go without: one at least of each of these."""

RULE = record(
    "FirewallPolicyRule",
    {
        "description": text(),
        "destinationAddresses": many(text()),
        "destinationFqdns": many(text()),
        "destinationPorts": many(text()),
        "fqdnTags": many(text()),
        "ipProtocols": many(text("TCP", "UDP", "Any", "ICMP")),
        "name": text(),
        "protocols": many(
            record(
                "FirewallPolicyRuleApplicationProtocol",
                {"port": number(0, 64000), "protocolType": text("Http", "Https", "Mssql")},
                required=("protocolType",),
            )
        ),
        "ruleType": text(*MEMBERS),
        "sourceAddresses": many(text()),
        "targetFqdns": many(text()),
        "translatedAddress": text(),
        "translatedFqdn": text(),
        "translatedPort": text(),
    },
    required=("name", "ruleType"),
)
COLLECTION = record(
    "FirewallPolicyRuleCollection",
    {
        "action": record("FirewallPolicyRuleCollectionAction", {"type": text("Allow", "Deny", "DNAT")}),
        "name": text(),
        "priority": number(FIRST_PRIORITY, LAST_PRIORITY),
        "ruleCollectionType": text(FILTER, NAT),
        "rules": many(RULE),
    },
    required=("action", "name", "priority", "ruleCollectionType"),
)


class RuleCollectionGroup(NetworkKind):
    """A group of rule collections."""

    type = FIREWALL_RULES
    parent_type = FIREWALL_POLICY
    located = False
    patched = False
    listed_in = frozenset[str]()
    shape = record(
        "FirewallPolicyRuleCollectionGroup",
        {
            "name": text(),
            "properties": record(
                "FirewallPolicyRuleCollectionGroupProperties",
                {"priority": number(FIRST_PRIORITY, LAST_PRIORITY), "ruleCollections": many(COLLECTION)},
                required=("priority",),
                read_only=("provisioningState", "size"),
            ),
        },
        required=("properties",),
        read_only=ANSWERED,
    )

    @override
    def accept(self, id_: ResourceId, body: Any) -> Body:
        taken = super().accept(id_, body)
        for at, collection in enumerate(taken["properties"].get("ruleCollections", [])):
            for number_, rule in enumerate(collection.get("rules", [])):
                type_ = rule["ruleType"]
                for name in sorted(rule.keys() - MEMBERS[type_]):
                    path = f"properties.ruleCollections[{at}].rules[{number_}].{name}"
                    raise self.fault(id_, ShapeFault(Problem.UNKNOWN_MEMBER, path, name, type_))
        return taken

    @override
    def settle(self, write: Write) -> Body:
        properties = write.properties
        names: set[str] = set()
        for at, collection in enumerate(properties.get("ruleCollections", [])):
            name, path = collection["name"], f"properties.ruleCollections[{at}]"
            check_network_name(name)
            if name.lower() in names:
                raise bad_request(
                    "FirewallPolicyRuleCollectionNamesNotUnique",
                    f"Rule collection group {write.id.name} has two rule collections named {name}.",
                    path,
                )
            names.add(name.lower())
            _check_collection(collection, path)
        assert write.id.parent is not None  # noqa: S101  (a group's path names its policy)
        policy = write.store.get(write.id.parent)
        if policy and not policy.properties.get("dnsSettings", {}).get("enableProxy"):
            for rule in rules_of(properties):
                check_proxy(rule, policy.id.text)
        return {"properties": properties}

    @override
    def answer(self, store: Store, resource: Resource) -> Body:
        properties = {"ruleCollections": [], **resource.properties, "provisioningState": "Succeeded"}
        answer = super().answer(store, resource)
        return {**answer, "etag": tagged(resource), "properties": properties}


def _check_collection(collection: Body, path: str) -> None:
    rules: list[Body] = collection.get("rules", [])
    types = sorted({rule["ruleType"] for rule in rules})
    translates = collection["ruleCollectionType"] == NAT
    if len(types) > 1 or any((type_ == "NatRule") != translates for type_ in types):
        raise bad_request(
            "FirewallPolicyRuleCollectionRuleTypesMismatch",
            f"Rule collection {collection['name']} of type {collection['ruleCollectionType']} has rules of "
            f"type {', '.join(types)}. A filter rule collection has network rules or application rules, a "
            "NAT rule collection has NAT rules.",
            f"{path}.rules",
        )
    action = collection["action"].get("type", "")
    if action not in (("DNAT",) if translates else ("Allow", "Deny")):
        raise bad_request(
            "FirewallPolicyRuleCollectionActionInvalid",
            f"Rule collection {collection['name']} of type {collection['ruleCollectionType']} has action "
            f"{action or 'none'}. A filter rule collection allows or denies, a NAT rule collection does "
            "DNAT.",
            f"{path}.action",
        )
    names: set[str] = set()
    for at, rule in enumerate(rules):
        _check_rule(rule, names, f"{path}.rules[{at}]")


def _check_rule(rule: Body, names: set[str], path: str) -> None:
    name = rule["name"]
    lacking = [" or ".join(some) for some in NEEDED[rule["ruleType"]] if not any(map(rule.get, some))]
    if lacking:
        raise bad_request(
            "FirewallPolicyRuleIncomplete",
            f"{rule['ruleType']} {name} needs {', '.join(lacking)}.",
            path,
        )
    if name.lower() in names:
        raise bad_request(
            "FirewallPolicyRuleNamesNotUnique", f"Two rules of one rule collection are named {name}.", path
        )
    names.add(name.lower())
    _check_ports(rule, path)
    _check_addresses(rule, path)


def _check_ports(rule: Body, path: str) -> None:
    name = rule["name"]
    for ports in rule.get("destinationPorts", []):
        if not is_port_range(ports):
            raise bad_request(
                "FirewallPolicyRuleInvalidPort",
                f"Rule {name} has the destination port {ports}. It must be a port from 0 to 65535, a range "
                "of them with '-', or '*'.",
                f"{path}.destinationPorts",
            )


def _check_addresses(rule: Body, path: str) -> None:
    name = rule["name"]
    for kind in ("sourceAddresses", "destinationAddresses"):
        for written in rule.get(kind, []):
            if not _is_address(written, rule["ruleType"], kind):
                raise bad_request(
                    "FirewallPolicyRuleInvalidAddress",
                    f"Rule {name} has {written} among its {kind}. It must be an address, a range of them, or "
                    "'*'; the destination of a network rule may be a service tag.",
                    f"{path}.{kind}",
                )
    for kind in ("targetFqdns", "destinationFqdns"):
        for host in rule.get(kind, []):
            if not NAME.fullmatch(host):
                raise bad_request(
                    "FirewallPolicyRuleInvalidFqdn",
                    f"Rule {name} has the FQDN {host}. It must be a host's name, without scheme and path; a "
                    "star may stand at its beginning.",
                    f"{path}.{kind}",
                )


def _is_address(written: str, type_: str, kind: str) -> bool:
    if written == "*" or (
        type_ == "NetworkRule" and kind == "destinationAddresses" and is_service_tag(written)
    ):
        return True
    first, dash, last = written.partition("-")
    try:
        if dash:
            return int(ip_address(first)) <= int(ip_address(last))
        ip_network(written)
    except ValueError:
        return False
    return True
