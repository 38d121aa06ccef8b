"""Mutants of graphs: a shipped stack with one fault more, written as plain data.

A resource is named by the last part of its type and its name in the program without a digest at its end, as
`Bucket prod-storage-datasets`; a place in it by a path after a colon, as `Bucket prod-storage-datasets:
tags.owner`. A path leads through lists (`rules[0]`) and through policies that are JSON text
(`policy.Statement[0].Principal`); `[+]` is a further item. A path that begins with `@` is no property but a
field of the node, as `@protect`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from typing import Any, cast

from modelyard_policies.graph import Graph, Node

DIGEST = re.compile(r"-[0-9a-f]{8}$")
"""What tells generations of compute environments apart: it changes with whatever they are made of."""
Names = Mapping[str, tuple[str, ...]]
"""URNs of the resources that are written the same way."""
GONE = object()
"""As a value: the property, or the item of a list, is taken out."""


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """A value that is put at a place of a resource; without a place the resource is taken out."""

    resource: str
    path: str = ""
    value: Any = GONE


@dataclass(frozen=True, slots=True, eq=False)
class Added:
    """A resource that the shipped stack hasn't."""

    type: str
    name: str
    properties: Mapping[str, Any]
    links: Mapping[str, Sequence[str]] = field(default_factory=dict[str, "Sequence[str]"])
    """For a property the resources that its value came from."""
    fields: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Mutant:
    """What is changed, and all that fails then."""

    title: str
    changes: tuple[Change | Added, ...]
    fails: tuple[str, ...]
    """Places at which the rule fails, and nowhere else."""
    kin: tuple[str, ...]
    """Places at which other rules rightly fail as well, each after its rule's code."""
    stack: str
    given: tuple[Change | Added, ...]
    """What is changed in the stack before, and passes."""


def put(resource: str, path: str, value: Any) -> Change:
    """Set a property."""
    return Change(resource, path, value)


def drop(resource: str, path: str = "") -> Change:
    """Take out a property, or a whole resource."""
    return Change(resource, path)


def add(
    type_: str,
    name: str,
    properties: Mapping[str, Any],
    links: Mapping[str, Sequence[str]] | None = None,
    **fields: Any,
) -> Added:
    """A further resource."""
    return Added(type_, name, properties, links or {}, fields)


def mutant(
    title: str,
    *changes: Change | Added,
    fails: str | Sequence[str] | None = None,
    kin: str | Sequence[str] = (),
    stack: str = "prod",
    given: tuple[Change | Added, ...] = (),
) -> Mutant:
    """A mutant. Unless it is said, what fails is the place of the first change."""
    if fails is None:
        first = changes[0]
        assert isinstance(first, Change), "say where it fails"
        fails = place(first.resource, first.path)
    return Mutant(title, changes, _several(fails), _several(kin), stack, given)


def place(resource: str, path: str = "") -> str:
    """How a place is written."""
    return f"{resource}: {path}" if path else resource


def named(node: Node) -> str:
    """How a resource is written."""
    return _written(node.type, node.name)


def with_changes(graph: Graph, changes: Iterable[Change | Added]) -> Graph:
    """A graph with changes. Nodes that don't change are shared."""
    nodes = dict(graph.by_urn)
    names = _names(graph)
    for change in changes:
        if isinstance(change, Added):
            node = _made(change, graph, names)
            assert node.urn not in nodes, f"there is a {named(node)} already"
            nodes[node.urn] = node
            names = {**names, named(node): (*names.get(named(node), ()), node.urn)}
        else:
            urn = _only(change.resource, names)
            if change.path:
                nodes[urn] = _changed(nodes[urn], change.path, change.value)
            else:
                del nodes[urn]
    return Graph(nodes.values(), graph.environment, graph.cloud)


@cache
def _written(kind: str, name: str) -> str:
    return f"{kind.rpartition(':')[2]} {DIGEST.sub('', name)}"


@lru_cache(maxsize=32)
def _names(graph: Graph) -> Names:
    """Of a graph that many mutants are made of, once."""
    names: dict[str, tuple[str, ...]] = {}
    for node in graph.resources:
        if node.custom or node.type == "pulumi:pulumi:Stack":
            names[named(node)] = (*names.get(named(node), ()), node.urn)
    return names


def _several(places: str | Sequence[str]) -> tuple[str, ...]:
    return (places,) if isinstance(places, str) else tuple(places)


def _only(resource: str, names: Names) -> str:
    urns = names.get(resource, ())
    assert len(urns) == 1, f"{len(urns)} resources are called {resource!r}"
    return urns[0]


def _made(added: Added, graph: Graph, names: Names) -> Node:
    return Node(
        urn=f"urn:pulumi:{graph.environment}::modelyard::{added.type}::{added.name}",
        type=added.type,
        name=added.name,
        properties=dict(added.properties),
        property_dependencies={
            key: tuple(_only(resource, names) for resource in resources)
            for key, resources in added.links.items()
        },
        **added.fields,
    )


def _changed(node: Node, path: str, value: Any) -> Node:
    if path.startswith("@"):
        return replace(node, **{path[1:]: value})
    steps = [int(step) if step.isdigit() else step for step in re.findall(r"[^.\[\]]+", path)]
    properties = cast("dict[str, Any]", _with(node.properties, steps, value))
    dependencies = node.property_dependencies
    if len(steps) == 1:
        # What is written anew comes from no resource.
        dependencies = {key: urns for key, urns in dependencies.items() if key != steps[0]}
    return replace(node, properties=properties, property_dependencies=dependencies)


def _with(holder: Any, steps: list[int | str], value: Any) -> Any:
    if not steps:
        return value
    if isinstance(holder, str):
        return json.dumps(_with(json.loads(holder), steps, value))
    step, rest = steps[0], steps[1:]
    if isinstance(holder, list):
        return _with_item(cast("list[Any]", holder), step, rest, value)
    made = dict(cast("dict[str, Any]", holder or {}))
    inner = _with(made.get(str(step)), rest, value)
    made.pop(str(step), None)
    return made if inner is GONE else {**made, str(step): inner}


def _with_item(holder: list[Any], step: int | str, rest: list[int | str], value: Any) -> list[Any]:
    if step == "+":
        return [*holder, _with(None, rest, value)]
    at = int(step)
    inner = _with(holder[at], rest, value)
    return [*holder[:at], *([] if inner is GONE else [inner]), *holder[at + 1 :]]
