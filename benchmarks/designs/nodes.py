"""Resources of the benchmark's stack, as in a preview."""

from __future__ import annotations

from typing import Any

from modelyard_policies.graph import Node

TAGS = {"environment": "bench", "owner": "ml", "cost-center": "42", "data-classification": "internal"}
HOME, AWAY = "eu-west-1", "eu-central-1"


def node(
    token: str,
    name: str,
    properties: dict[str, Any],
    /,
    *,
    region: str = HOME,
    **sources: Node | list[Node],
) -> Node:
    """A resource; `sources` are what each property's value came from."""
    urns = {
        key: tuple(source.urn for source in (found if isinstance(found, list) else [found]))
        for key, found in sources.items()
    }
    return Node(
        urn=f"urn:pulumi:bench::modelyard::{token}::{name}",
        type=token,
        name=name,
        properties=properties,
        dependencies=tuple(urn for found in urns.values() for urn in found),
        property_dependencies=urns,
        protect=True,
        region=region,
    )
