"""A graph of AWS resources as `terraform show -json PLAN` would have it.

Pulumi's AWS provider is made from Terraform's, so a resource of one is a resource of the other: names in
camelCase are names in snake_case, lists of blocks lose the plural, and a block that can be there once is a
list of one. types.json has, for each type, Terraform's type and its blocks (schema of hashicorp/aws 5.100.0,
by `terraform providers schema -json`, 2026-11). What an input's value came from is a reference, as in a
plan's `configuration`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from modelyard_policies.graph import SECRET, UNKNOWN, Node

Blocks = Mapping[str, Any]
TYPES: Mapping[str, tuple[str, Blocks]] = json.loads(
    Path(__file__).with_name("types.json").read_text(encoding="utf-8")
)

RENAMED = {
    ("aws:cloudwatch/metricAlarm:MetricAlarm", "name"): "alarm_name",
    ("aws:lambda/function:Function", "name"): "function_name",
    ("aws:lambda/function:Function", "code"): "filename",
    ("aws:lambda/permission:Permission", "function"): "function_name",
    ("aws:sns/topicSubscription:TopicSubscription", "topic"): "topic_arn",
}
"""Inputs that Pulumi names otherwise."""

PROVIDER = "registry.terraform.io/hashicorp/aws"


def plan(nodes: Iterable[Node]) -> dict[str, Any]:
    """The plan of all resources that Terraform has a type for."""
    resources = [node for node in nodes if node.type in TYPES]
    addresses = _addresses(resources)
    values = [_values(node, addresses[node.urn]) for node in resources]
    return {
        "format_version": "1.2",
        "terraform_version": "1.9.0",
        "planned_values": {"root_module": {"resources": values}},
        "resource_changes": [_change(value) for value in values],
        "configuration": {
            "provider_config": {"aws": {"name": "aws", "full_name": PROVIDER}},
            "root_module": {"resources": [_configuration(node, addresses) for node in resources]},
        },
    }


def address_names(nodes: Iterable[Node]) -> dict[str, Node]:
    """The resource of each address of the plan."""
    resources = [node for node in nodes if node.type in TYPES]
    addresses = _addresses(resources)
    return {addresses[node.urn]: node for node in resources}


def _addresses(nodes: Iterable[Node]) -> dict[str, str]:
    return {node.urn: f"{TYPES[node.type][0]}.{re.sub(r'[^A-Za-z0-9_-]', '_', node.name)}" for node in nodes}


def _values(node: Node, address: str) -> dict[str, Any]:
    kind, blocks = TYPES[node.type]
    return {
        "address": address,
        "mode": "managed",
        "type": kind,
        "name": address.partition(".")[2],
        "provider_name": PROVIDER,
        "schema_version": 0,
        "values": _fields(node, blocks),
        "sensitive_values": {},
    }


def _change(value: Mapping[str, Any]) -> dict[str, Any]:
    head = {key: value[key] for key in ("address", "mode", "type", "name", "provider_name")}
    change = {"actions": ["create"], "before": None, "after": value["values"], "after_unknown": {}}
    return {**head, "change": change}


def _configuration(node: Node, addresses: Mapping[str, str]) -> dict[str, Any]:
    address = addresses[node.urn]
    expressions: dict[str, Any] = {}
    for key, urns in node.property_dependencies.items():
        found = [addresses[urn] for urn in urns if urn in addresses]
        if found:
            references = [each for name in found for each in (f"{name}.id", name)]
            expressions[_named(node, key)] = {"references": references}
    kind, _, name = address.partition(".")
    head = {"address": address, "mode": "managed", "type": kind, "name": name, "provider_config_key": "aws"}
    return {**head, "expressions": expressions, "schema_version": 0}


def _named(node: Node, key: str) -> str:
    return RENAMED.get((node.type, key)) or _block_name(key, TYPES[node.type][1]) or _snake(key)


def _fields(node: Node, blocks: Blocks) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in node.properties.items():
        # One provider serves all regions in Pulumi's version 7; in Terraform's 5 each region has its own.
        if key != "region" and value is not UNKNOWN:
            found[_named(node, key)] = _value(value, key, blocks)
    return found


def _value(value: Any, key: str, blocks: Blocks) -> Any:
    if value is UNKNOWN or value is SECRET:
        return None
    name = _block_name(key, blocks)
    if name is not None:
        inner = blocks[name]
        items = value if isinstance(value, list) else [value]
        return [_block(item, inner) if isinstance(item, dict) else _value(item, "", {}) for item in items]
    if isinstance(value, list):
        return [_value(item, "", {}) for item in value]
    if isinstance(value, dict):
        return {inner: _value(item, "", {}) for inner, item in value.items()}
    return value


def _block(item: Mapping[str, Any], blocks: Blocks) -> dict[str, Any]:
    return {
        _block_name(key, blocks) or _snake(key): _value(value, key, blocks) for key, value in item.items()
    }


def _block_name(key: str, blocks: Blocks) -> str | None:
    """Terraform's name of the block that `key` is, whose plural Pulumi writes where there may be several."""
    name = _snake(key)
    for candidate in (name, name.removesuffix("s"), f"{name.removesuffix('ies')}y"):
        if candidate in blocks:
            return candidate
    return None


def _snake(key: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", key).lower()
