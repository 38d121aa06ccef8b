"""The benchmark's resources as a deployed stack has them, and as the analyzer protocol sends them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, repeat
from typing import Any

from google.protobuf.json_format import ParseDict
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import analyzer_pb2 as pb

from modelyard_policies.analyzer.decode import UNKNOWNS
from modelyard_policies.graph import UNKNOWN, Node


def deployed(nodes: list[Node]) -> list[Node]:
    """The same resources as in a stack that is up: every resource has an id, by which others refer to it."""

    def known(node: Node) -> dict[str, Any]:
        properties = dict(node.properties)
        for key, sources in node.property_dependencies.items():
            # The first unknown came from the first source, and so on; the rest from the last.
            ids = chain((f"id-{urn}" for urn in sources[:-1]), repeat(f"id-{sources[-1]}"))
            properties[key] = _replace(properties.get(key), ids)
        return properties

    return [replace(node, properties=known(node), outputs={"id": f"id-{node.urn}"}) for node in nodes]


def _replace(value: Any, known: Iterator[str]) -> Any:
    if value is UNKNOWN:
        return next(known)
    if isinstance(value, dict):
        return {key: _replace(item, known) for key, item in value.items()}
    if isinstance(value, list):
        return [_replace(item, known) for item in value]
    return value


def _wire(value: Any) -> Any:
    if value is UNKNOWN:
        return sorted(UNKNOWNS)[0]
    if isinstance(value, dict):
        return {key: _wire(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_wire(item) for item in value]
    return value


def requests(nodes: list[Node]) -> tuple[list[pb.AnalyzeRequest], pb.AnalyzeStackRequest]:
    provider = pb.AnalyzerProviderResource(
        urn="urn:aws", type="pulumi:providers:aws", name="default", properties=Struct()
    )
    single: list[pb.AnalyzeRequest] = []
    stack = pb.AnalyzeStackRequest()
    for node in nodes:
        properties = ParseDict(_wire(node.properties), Struct())
        fields: dict[str, Any] = {
            "type": node.type,
            "urn": node.urn,
            "name": node.name,
            "properties": properties,
            "provider": provider,
        }
        single.append(pb.AnalyzeRequest(**fields))
        stack.resources.append(
            pb.AnalyzerResource(
                **fields,
                dependencies=node.dependencies,
                propertyDependencies={
                    key: pb.AnalyzerPropertyDependencies(urns=urns)
                    for key, urns in node.property_dependencies.items()
                },
            )
        )
    return single, stack
