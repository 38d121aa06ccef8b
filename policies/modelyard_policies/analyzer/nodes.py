"""Resources of the analyzer protocol as nodes of the graph."""

from __future__ import annotations

from typing import Any

from pulumi.runtime.proto import analyzer_pb2

from modelyard_policies.analyzer.decode import properties, texts
from modelyard_policies.graph import Node, region_of

IDENTITIES = ("id", "arn", "name", "bucket", "keyId")
"""Outputs by which other resources refer to one; nothing else is read from outputs."""


def from_request(request: analyzer_pb2.AnalyzeRequest) -> list[Node]:
    """The resource that is to be analyzed, last, and before it its explicit or default provider."""
    inputs = properties(request.properties)
    nodes: list[Node] = []
    provider: dict[str, Any] = {}
    if request.provider.urn:
        provider = properties(request.provider.properties)
        nodes.append(
            Node(
                urn=request.provider.urn,
                type=request.provider.type,
                name=request.provider.name,
                properties=provider,
            )
        )
    nodes.append(
        Node(
            urn=request.urn,
            type=request.type,
            name=request.name,
            custom=bool(request.provider.urn),
            parent=request.options.parent or None,
            properties=inputs,
            protect=request.options.protect,
            region=region_of(request.type, inputs, provider),
            provider=request.provider.urn or None,
        )
    )
    return nodes


def from_resource(resource: analyzer_pb2.AnalyzerResource, seen: Node | None) -> Node:
    """A resource of the whole stack.

    Here the engine sends outputs, in a preview with an unknown for all that the provider will fill in.
    So the inputs of `seen`, what the same resource was when it was analyzed alone, are used if there are
    any, and the outputs only for the names by which others refer to it.
    """
    inputs = properties(resource.properties) if seen is None else seen.properties
    return Node(
        urn=resource.urn,
        type=resource.type,
        name=resource.name,
        custom=bool(resource.provider.urn) if seen is None else seen.custom,
        parent=resource.parent or None,
        properties=inputs,
        dependencies=tuple(resource.dependencies),
        property_dependencies={
            key: tuple(sources.urns) for key, sources in resource.propertyDependencies.items()
        },
        protect=resource.options.protect,
        region=region_of(resource.type, inputs) if seen is None else seen.region,
        outputs=dict(texts(resource.properties, IDENTITIES)),
        provider=resource.provider.urn or None,
    )
