"""How resources refer to each other.

In a preview ids aren't known, and what refers to what is in the dependencies that Pulumi keeps for
each property. In a deployed stack, or where a program writes a name by hand, it is in the value.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from modelyard_policies.graph import arm
from modelyard_policies.graph.types import AZURE, canonical
from modelyard_policies.graph.values import SECRET, UNKNOWN

if TYPE_CHECKING:
    from modelyard_policies.graph.model import Graph, Node

_IDENTITIES = ("id", "arn", "name")
_OWN_IDENTITIES = {
    "aws:s3/bucket:Bucket": ("bucket",),
    "aws:kms/key:Key": ("keyId",),
    "aws:kms/replicaKey:ReplicaKey": ("keyId",),
}
"""Properties besides `id`, `arn` and `name` by which others refer to a resource of the type."""

_BUCKET = "aws:s3/bucket:Bucket"
"""A bucket's ARN follows from its name."""

_PARTITIONS = {"cn": "aws-cn", "us-gov": "aws-us-gov"}
"""Partitions by how the names of their regions begin, where that isn't `aws`."""


@dataclass(slots=True)
class Match:
    """What a look-up found."""

    certain: list[Node]
    """Resources that are linked."""
    possible: list[Node]
    """Resources that may be linked: the values that would tell aren't known yet."""


@dataclass(slots=True)
class _Index:
    """The resources of one type, by what one of their properties refers to."""

    by_urn: dict[str, list[Node]] = field(default_factory=dict[str, "list[Node]"])
    by_value: dict[str, list[Node]] = field(default_factory=dict[str, "list[Node]"])
    untold: list[Node] = field(default_factory=list["Node"])
    """Neither the value nor where it came from is known."""
    literal: list[tuple[Node, set[str]]] = field(default_factory=list[tuple["Node", set[str]]])
    """Those whose value came from no resource, with the texts in it."""


def scalars(value: Any) -> Iterator[Any]:
    """All values at the leaves of `value`, markers included."""
    if isinstance(value, dict):
        for item in value.values():
            yield from scalars(item)
    elif isinstance(value, list):
        for item in value:
            yield from scalars(item)
    else:
        yield value


def _partition(region: str | None) -> str:
    start = (region or "").rsplit("-", 2)[0]
    return _PARTITIONS.get(start, "aws")


def _known(value: Any) -> set[str]:
    """The texts in `value`, and of ids of Azure's the key as well."""
    found = {item for item in scalars(value) if isinstance(item, str) and item}
    return found | {key for key in map(arm.key_of, found) if key}


def _has_untold_name(resource: Node) -> bool:
    """Whether the resource has a name of its own that isn't known yet: a text elsewhere may be that name."""
    names = ("name", *_OWN_IDENTITIES.get(canonical(resource.type), ()), arm.own_name(resource.type))
    return any(name is not None and _is_untold(resource.properties.get(name)) for name in names)


def _identify_in_azure(resource: Node, found: dict[str, None]) -> None:
    """Add the resource's own name, and the key of its id, from its inputs or from an id that is known."""
    own = arm.own_name(resource.type)
    name = resource.properties.get(own) if own else None
    if isinstance(name, str) and name:
        found[name] = None
    keys = [arm.key_of(text) for text in found]
    for key in (*keys, arm.key_of_resource(resource.type, resource.properties)):
        if key:
            found[key] = None


def _is_untold(value: Any) -> bool:
    return any(item is UNKNOWN or item is SECRET for item in scalars(value))


class Links:
    """References among the resources of a graph, indexed when first asked for."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._indexes: dict[tuple[str, str], _Index] = {}
        self._names: dict[str, dict[str, list[Node]]] = {}
        self._identities: dict[str, list[str]] = {}

    def references_to(self, resource: Node, types: str | tuple[str, ...], name: str) -> Match:
        """The resources of `types` whose property `name` refers to `resource`."""
        match = Match([], [])
        identities = self.identities(resource)
        for token in dict.fromkeys(map(canonical, (types,) if isinstance(types, str) else types)):
            index = self._index(token, name)
            for other in index.by_urn.get(resource.urn, ()):
                self._judge(other, name, resource, identities, match)
            found = {id(other) for other in match.certain}
            for identity in identities:
                for other in index.by_value.get(identity, ()):
                    if id(other) not in found and not self._means_namesake(other, name, resource, identity):
                        found.add(id(other))
                        match.certain.append(other)
            match.possible += index.untold
            if _has_untold_name(resource):
                others = self._others(resource)
                match.possible += [node for node, texts in index.literal if not texts & others.keys()]
        return match

    def targets(self, resource: Node, name: str, value: Any, types: str | tuple[str, ...]) -> Match:
        """The resources of `types` that `value`, found in property `name` of `resource`, refers to."""
        tokens = {canonical(token) for token in ((types,) if isinstance(types, str) else types)}
        sources = [
            node
            for node in map(self._graph.by_urn.get, resource.property_dependencies.get(name, ()))
            if node is not None and canonical(node.type) in tokens
        ]
        if isinstance(value, str):
            wanted = arm.key_of(value) or value
            named = [node for token in sorted(tokens) for node in self._named(token).get(wanted, ())]
            if named:
                # Of several that are called so, the one that the value came from.
                return Match([node for node in named if node in sources] or named, [])
            # A resource whose own names aren't known yet may be the one that is meant.
            sources = [node for node in sources if not self.identities(node)]
        elif not _is_untold(value):
            return Match([], [])
        return Match(sources, []) if len(sources) == 1 else Match([], sources)

    def identities(self, resource: Node) -> list[str]:
        """The known names, ids and ARNs by which others may refer to `resource`."""
        known = self._identities.get(resource.urn)
        if known is None:
            known = self._identities[resource.urn] = self._identify(resource)
        return known

    def _identify(self, resource: Node) -> list[str]:
        keys = _IDENTITIES + _OWN_IDENTITIES.get(canonical(resource.type), ())
        found: dict[str, None] = {}
        for values in (resource.outputs, resource.properties):
            for key in keys:
                value = values.get(key)
                if isinstance(value, str) and value:
                    found[value] = None
        if canonical(resource.type) == _BUCKET:
            for name in [name for name in found if ":" not in name]:
                found[f"arn:{_partition(resource.region)}:s3:::{name}"] = None
        elif resource.type.startswith(AZURE):
            _identify_in_azure(resource, found)
        return list(found)

    def _named(self, token: str) -> dict[str, list[Node]]:
        """The resources of a type by each of their identities."""
        names = self._names.get(token)
        if names is None:
            names = self._names[token] = {}
            for node in self._graph.of_type(token):
                for identity in self.identities(node):
                    names.setdefault(identity, []).append(node)
        return names

    def _others(self, resource: Node) -> dict[str, list[Node]]:
        """The identities of the resources of its type: what names one of these doesn't name `resource`."""
        return self._named(canonical(resource.type))

    def _means_namesake(self, other: Node, name: str, resource: Node, identity: str) -> bool:
        """Whether a property's value came from another resource that is called the same: most names are
        unique in a region only.
        """
        called_so = self._named(canonical(resource.type)).get(identity, ())
        sources = other.property_dependencies.get(name, ())
        return (
            len(called_so) > 1
            and resource.urn not in sources
            and any(node.urn in sources for node in called_so)
        )

    def _judge(self, other: Node, name: str, resource: Node, identities: list[str], match: Match) -> None:
        value = other.properties.get(name)
        kind = canonical(resource.type)
        rivals = [
            node
            for node in map(self._graph.by_urn.get, other.property_dependencies.get(name, ()))
            if node is not None and node is not resource and canonical(node.type) == kind
        ]
        known = _known(value)
        if known.intersection(identities) or not rivals or isinstance(value, dict):
            match.certain.append(other)
            return
        room = len(value) if isinstance(value, list) else 1
        named = sum(1 for rival in rivals if known.intersection(self.identities(rival)))
        if named >= room:
            return
        (match.certain if len(rivals) < room else match.possible).append(other)

    def _index(self, token: str, name: str) -> _Index:
        key = (token, name)
        index = self._indexes.get(key)
        if index is None:
            index = self._indexes[key] = _Index()
            for node in self._graph.of_type(token):
                value = node.properties.get(name)
                sources = node.property_dependencies.get(name, ())
                for urn in sources:
                    index.by_urn.setdefault(urn, []).append(node)
                texts = _known(value)
                for text in texts:
                    index.by_value.setdefault(text, []).append(node)
                if texts and not sources:
                    index.literal.append((node, texts))
                if not sources and _is_untold(value):
                    index.untold.append(node)
        return index
