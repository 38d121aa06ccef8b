"""Network security groups (REST reference, 2024-05-01; default security rules; as of 2026-11)."""

from __future__ import annotations

import re
import uuid

from typing_extensions import override

from modelyard_sandbox.azure.manager.errors import bad_request
from modelyard_sandbox.azure.manager.kinds import ANSWERED, Write, envelope
from modelyard_sandbox.azure.manager.network import NetworkKind, check_network_name
from modelyard_sandbox.azure.manager.network_references import SECURITY_GROUP, check_named_apart
from modelyard_sandbox.azure.manager.service_tags import is_rule_prefix
from modelyard_sandbox.azure.manager.shapes import flag, many, number, record, text
from modelyard_sandbox.azure.manager.store import Body, Resource, Store
from modelyard_sandbox.azure.manager.subnets import users

FIRST_PRIORITY, LAST_PRIORITY = 100, 4096
LAST_PORT = 65535
PORTS = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?")

RULE = record(
    "SecurityRulePropertiesFormat",
    {
        "access": text("Allow", "Deny"),
        "description": text(),
        "destinationAddressPrefix": text(),
        "destinationAddressPrefixes": many(text()),
        "destinationPortRange": text(),
        "destinationPortRanges": many(text()),
        "direction": text("Inbound", "Outbound"),
        "priority": number(),
        "protocol": text("Tcp", "Udp", "Icmp", "Esp", "Ah", "*"),
        "sourceAddressPrefix": text(),
        "sourceAddressPrefixes": many(text()),
        "sourcePortRange": text(),
        "sourcePortRanges": many(text()),
    },
    required=("access", "direction", "priority", "protocol"),
    read_only=("provisioningState",),
)

DEFAULT_RULES = (
    ("AllowVnetInBound", 65000, "Inbound", "Allow", "VirtualNetwork", "VirtualNetwork"),
    ("AllowAzureLoadBalancerInBound", 65001, "Inbound", "Allow", "AzureLoadBalancer", "*"),
    ("DenyAllInBound", 65500, "Inbound", "Deny", "*", "*"),
    ("AllowVnetOutBound", 65000, "Outbound", "Allow", "VirtualNetwork", "VirtualNetwork"),
    ("AllowInternetOutBound", 65001, "Outbound", "Allow", "*", "Internet"),
    ("DenyAllOutBound", 65500, "Outbound", "Deny", "*", "*"),
)
"""Name, priority, direction, access, source and destination of the rules that every group has."""


class NetworkSecurityGroup(NetworkKind):
    """A network security group with its rules."""

    type = SECURITY_GROUP
    shape = envelope(
        "NetworkSecurityGroup",
        record(
            "NetworkSecurityGroupPropertiesFormat",
            {
                "flushConnection": flag(),
                "securityRules": many(
                    record(
                        "SecurityRule",
                        {"name": text(), "properties": RULE},
                        required=("name", "properties"),
                        read_only=ANSWERED,
                    )
                ),
            },
            read_only=(
                "defaultSecurityRules",
                "networkInterfaces",
                "provisioningState",
                "resourceGuid",
                "subnets",
            ),
        ),
    )

    @override
    def settle(self, write: Write) -> Body:
        rules: list[Body] = write.properties.get("securityRules", [])
        check_named_apart(write.id, rules)
        seen: dict[tuple[str, int], str] = {}
        for rule in rules:
            check_network_name(rule["name"])
            _check_rule(rule["name"], rule["properties"])
            _check_ends(f"{write.id.text}/securityRules/{rule['name']}", rule["name"], rule["properties"])
            place = (rule["properties"]["direction"], rule["properties"]["priority"])
            if place in seen:
                raise bad_request(
                    "SecurityRuleConflict",
                    f"Security rule {rule['name']} conflicts with rule {seen[place]}. Rules cannot have the "
                    "same Priority and Direction.",
                )
            seen[place] = rule["name"]
        guid = write.old.properties["resourceGuid"] if write.old else str(uuid.uuid4())
        return {
            **write.asked,
            "properties": {**write.properties, "securityRules": rules, "resourceGuid": guid},
        }

    @override
    def check_deletion(self, store: Store, resource: Resource) -> None:
        held = [subnet.id.text for subnet in users(store, resource.id)]
        if held:
            raise bad_request(
                "InUseNetworkSecurityGroupCannotBeDeleted",
                f"Network security group {resource.id.text} cannot be deleted because it is in use by the "
                f"following resources: {', '.join(held)}. In order to delete the Network security group, "
                "remove the association with the resource(s).",
            )

    @override
    def answer(self, store: Store, resource: Resource) -> Body:
        id_ = resource.id.text
        properties: Body = {
            **resource.properties,
            "provisioningState": "Succeeded",
            "securityRules": [
                _shown(f"{id_}/securityRules", f"{SECURITY_GROUP}/securityRules", rule)
                for rule in resource.properties["securityRules"]
            ],
            "defaultSecurityRules": [
                _shown(f"{id_}/defaultSecurityRules", f"{SECURITY_GROUP}/defaultSecurityRules", _default(row))
                for row in DEFAULT_RULES
            ],
        }
        held = [{"id": subnet.id.text} for subnet in users(store, resource.id)]
        if held:
            properties["subnets"] = held
        return {
            **super().answer(store, resource),
            "etag": f'W/"{resource.tag}"',
            "properties": properties,
        }


def _check_rule(name: str, properties: Body) -> None:
    if not FIRST_PRIORITY <= properties["priority"] <= LAST_PRIORITY:
        raise bad_request(
            "SecurityRuleInvalidPriority",
            f"Security rule {name} has invalid Priority. Value provided: {properties['priority']} Allowed "
            f"range {FIRST_PRIORITY}-{LAST_PRIORITY}.",
        )
    for end in ("source", "destination"):
        for ports in _values(properties, f"{end}PortRange", f"{end}PortRanges"):
            if not is_port_range(ports):
                raise bad_request(
                    "SecurityRuleInvalidPortRange",
                    f"Security rule {name} has invalid Port range. Value provided: {ports}. Value should be "
                    f"an integer OR integer range with '-' delimiter. Valid range 0-{LAST_PORT}.",
                )


def _check_ends(id_: str, name: str, properties: Body) -> None:
    """Refuse a rule that leaves an end open, or names no address there."""
    for end in ("source", "destination"):
        prefixes = _values(properties, f"{end}AddressPrefix", f"{end}AddressPrefixes")
        ports = _values(properties, f"{end}PortRange", f"{end}PortRanges")
        whole = end.capitalize()
        groups = f"{whole}AddressPrefixes, {whole}AddressPrefix, or {whole}ApplicationSecurityGroups"
        lacking = groups if not prefixes else f"{whole}PortRanges or {whole}PortRange" if not ports else ""
        if lacking:
            raise bad_request(
                "SecurityRuleParametersMissing",
                f"Required security rule parameters are missing for security rule with Id: {id_}. Security "
                f"rule must specify {lacking}.",
            )
        for prefix in prefixes:
            if not is_rule_prefix(prefix):
                raise bad_request(
                    "SecurityRuleInvalidAddressPrefix",
                    f"Security rule {name} has invalid Address prefix. Value provided: {prefix}",
                )


def _values(properties: Body, one: str, several: str) -> list[str]:
    single = properties.get(one)
    return [*([single] if single else []), *properties.get(several, [])]


def is_port_range(ports: str) -> bool:
    """Whether it is a port, a range of them, or `*` for all."""
    if ports == "*":
        return True
    found = PORTS.fullmatch(ports)
    if found is None:
        return False
    first, last = int(found[1]), int(found[2] or found[1])
    return first <= last <= LAST_PORT


def _default(row: tuple[str, int, str, str, str, str]) -> Body:
    name, priority, direction, access, source, destination = row
    return {
        "name": name,
        "properties": {
            "access": access,
            "destinationAddressPrefix": destination,
            "destinationPortRange": "*",
            "direction": direction,
            "priority": priority,
            "protocol": "*",
            "sourceAddressPrefix": source,
            "sourcePortRange": "*",
        },
    }


def _shown(place: str, type_: str, rule: Body) -> Body:
    properties = {"provisioningState": "Succeeded", **rule["properties"]}
    return {"id": f"{place}/{rule['name']}", "name": rule["name"], "type": type_, "properties": properties}
