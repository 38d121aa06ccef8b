"""The graph of an environment's resources: the one model that every analysis reads, whoever made it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from modelyard_policies.graph.links import Links, Match
from modelyard_policies.graph.types import canonical
from modelyard_policies.graph.values import from_json, to_json


def _no_properties() -> dict[str, Any]:
    return {}


def _no_dependencies() -> dict[str, tuple[str, ...]]:
    return {}


@dataclass(slots=True)
class Node:
    """One resource, as plain data."""

    urn: str
    """Pulumi's name for the resource, unique in its stack."""
    type: str
    """Type token, such as `aws:s3/bucket:Bucket`."""
    name: str
    """The name in the program, which isn't the name in the cloud."""
    custom: bool = True
    """Whether a provider makes it; a component only groups others."""
    parent: str | None = None
    """URN of the parent."""
    properties: dict[str, Any] = field(default_factory=_no_properties)
    """Inputs, in Pulumi's camelCase. May hold `UNKNOWN` and `SECRET` at any depth."""
    dependencies: tuple[str, ...] = ()
    """URNs of all resources that this one waits for."""
    property_dependencies: dict[str, tuple[str, ...]] = field(default_factory=_no_dependencies)
    """For each top-level input, the URNs of the resources that its value came from."""
    protect: bool = False
    region: str | None = None
    """The region that the resource is made in, where it is known."""
    source: str | None = None
    """File and line in the program, such as `stacks/__main__.py:12`."""
    outputs: dict[str, Any] = field(default_factory=_no_properties)
    """What the provider answered; empty in a preview."""
    provider: str | None = None
    """Reference of an explicit provider: its URN, with or without `::` and its id."""

    def as_json(self) -> dict[str, Any]:
        """The resource as the graph's JSON holds it. Outputs aren't part of it."""
        return {
            "urn": self.urn,
            "type": self.type,
            "name": self.name,
            "custom": self.custom,
            "parent": self.parent,
            "properties": to_json(self.properties),
            "dependencies": list(self.dependencies),
            "propertyDependencies": {key: list(urns) for key, urns in self.property_dependencies.items()},
            "protect": self.protect,
            "region": self.region,
            "source": self.source,
            "provider": self.provider,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Node:
        """The resource that `as_json` wrote. Raises KeyError if the URN, type or name is missing."""
        return cls(
            urn=data["urn"],
            type=data["type"],
            name=data["name"],
            custom=data.get("custom", True),
            parent=data.get("parent"),
            properties=from_json(data.get("properties", {})),
            dependencies=tuple(data.get("dependencies", ())),
            property_dependencies={
                key: tuple(urns) for key, urns in data.get("propertyDependencies", {}).items()
            },
            protect=data.get("protect", False),
            region=data.get("region"),
            source=data.get("source"),
            provider=data.get("provider"),
        )


class Graph:
    """The resources of one environment and how they refer to each other.

    `resources` keeps the order given; of two with one URN the later counts. Indexes are made when
    first asked for, once: treat the graph as read-only.
    """

    def __init__(self, nodes: Iterable[Node], environment: str = "", cloud: str = "aws") -> None:
        self.by_urn: dict[str, Node] = {}
        for node in nodes:
            self.by_urn[node.urn] = node
        self.resources: tuple[Node, ...] = tuple(self.by_urn.values())
        self.environment = environment
        self.cloud = cloud
        self.missing = ""
        """Why resources of the stack may be missing here; empty where all of them are here."""
        self._by_type: dict[str, list[Node]] = {}
        self._by_parent: dict[str, list[Node]] = {}
        for node in self.resources:
            self._by_type.setdefault(canonical(node.type), []).append(node)
            if node.parent:
                self._by_parent.setdefault(node.parent, []).append(node)
        self._links = Links(self)

    def of_type(self, *types: str) -> list[Node]:
        """The resources of these types; a type and its V2 twin are one."""
        return [
            node for token in dict.fromkeys(map(canonical, types)) for node in self._by_type.get(token, ())
        ]

    def children(self, urn: str) -> list[Node]:
        """The resources whose parent is `urn`."""
        return list(self._by_parent.get(urn, ()))

    def linked(self, resource: Node, types: str | tuple[str, ...], property: str) -> list[Node]:  # noqa: A002  (the field's term)
        """The resources of `types` whose `property` refers to `resource`.

        By the property's dependencies first, then by equality with a name, id or ARN of `resource`.
        """
        return self.references_to(resource, types, property).certain

    def references_to(self, resource: Node, types: str | tuple[str, ...], property: str) -> Match:  # noqa: A002
        """Like `linked`, with the resources of which it can't be told kept apart."""
        return self._links.references_to(resource, types, property)

    def targets(self, resource: Node, property: str, value: Any, types: str | tuple[str, ...]) -> Match:  # noqa: A002
        """The resources of `types` that `value`, found anywhere in `property` of `resource`, refers to."""
        return self._links.targets(resource, property, value, types)

    def provider_of(self, resource: Node) -> Node | None:
        """The explicit provider of `resource`, if it has one that is in the graph."""
        reference = resource.provider
        if not reference:
            return None
        return self.by_urn.get(reference) or self.by_urn.get(reference.rpartition("::")[0])

    def as_json(self) -> list[dict[str, Any]]:
        """The resources as the graph's JSON holds them."""
        return [node.as_json() for node in self.resources]

    @classmethod
    def from_json(
        cls, resources: Iterable[Mapping[str, Any]], environment: str = "", cloud: str = "aws"
    ) -> Graph:
        """The graph whose resources `as_json` wrote."""
        return cls(map(Node.from_json, resources), environment, cloud)
