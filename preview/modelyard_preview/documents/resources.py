"""Resources of Pulumi's documents as nodes: in a state and in a preview they have the same fields."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, cast

from modelyard_policies.graph import Node, region_of
from modelyard_preview.documents.document import Refusal
from modelyard_preview.documents.sources import source_of
from modelyard_preview.documents.values import as_given, value_of

PROVIDER_PREFIX = "pulumi:providers:"


def node_of(resource: dict[str, Any], refusal: Refusal, place: str) -> Node:
    """One resource. Raises InputError if it isn't one."""
    urn = refusal.text(resource, "urn", place)
    inputs = as_given(refusal.mapping(resource.get("inputs") or {}, f"{place}.inputs"))
    outputs = as_given(refusal.mapping(resource.get("outputs") or {}, f"{place}.outputs"))
    if isinstance(resource.get("id"), str) and resource["id"]:
        outputs.setdefault("id", value_of(resource["id"]))
    dependencies = refusal.mapping(
        resource.get("propertyDependencies") or {}, f"{place}.propertyDependencies"
    )
    return Node(
        urn=urn,
        type=refusal.text(resource, "type", place),
        name=urn.rpartition("::")[2],
        custom=resource.get("custom") is True,
        parent=resource.get("parent"),
        properties=inputs,
        dependencies=_urns(resource.get("dependencies")),
        property_dependencies={name: _urns(urns) for name, urns in dependencies.items()},
        protect=resource.get("protect") is True,
        source=source_of(resource),
        outputs=outputs,
        provider=resource.get("provider") or None,
    )


def placed(nodes: Iterable[Node], config: Mapping[str, Any]) -> list[Node]:
    """The nodes with their regions, and before them the default providers that the configuration describes.

    A region is said by the resource itself, by its provider, or by the configuration.
    """
    listed = list(nodes)
    by_urn = {node.urn: node for node in listed}
    added: dict[str, Node] = {}
    for node in listed:
        if not node.custom:
            continue
        urn = (node.provider or "").rpartition("::")[0]
        package = node.type.partition(":")[0].partition("_")[0]
        provider = by_urn.get(urn)
        if provider is None and urn and _is_set_up(package, config):
            provider = added.setdefault(urn, _default_provider(urn, package, config))
        settings = provider.properties if provider else _settings(package, config)
        node.region = region_of(node.type, node.properties, node.outputs, settings)
    return [*added.values(), *listed]


def identity_of(nodes: Iterable[Node]) -> str:
    """`project/stack` of the first URN; empty if there is none."""
    for node in nodes:
        parts = node.urn.removeprefix("urn:pulumi:").split("::")
        if len(parts) >= 3:
            return f"{parts[1]}/{parts[0]}"
    return ""


def _urns(value: Any) -> tuple[str, ...]:
    listed = cast("list[Any]", value) if isinstance(value, list) else []
    return tuple(sorted(each for each in listed if isinstance(each, str)))


def _is_set_up(package: str, config: Mapping[str, Any]) -> bool:
    """Whether the configuration gives a default provider what its resources get: tags."""
    return f"{package}:defaultTags" in config


def _default_provider(urn: str, package: str, config: Mapping[str, Any]) -> Node:
    return Node(
        urn=urn,
        type=f"{PROVIDER_PREFIX}{package}",
        name=urn.rpartition("::")[2],
        properties=_settings(package, config),
    )


def _settings(package: str, config: Mapping[str, Any]) -> dict[str, Any]:
    """What a configuration says of a provider; objects as JSON, as providers take them."""
    start = f"{package}:"
    return {
        key.removeprefix(start): json.dumps(value) if isinstance(value, dict | list) else value
        for key, value in config.items()
        if key.startswith(start)
    }
