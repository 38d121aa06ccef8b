"""The graph as a rule reads it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Any, TypeVar, TypeVarTuple

from modelyard_policies.errors import Unread
from modelyard_policies.graph import SECRET, UNKNOWN, Graph, Match, Node, canonical
from modelyard_policies.reading.block import Block, Resource
from modelyard_policies.reading.logic import some

Options = TypeVar("Options")
Answer = TypeVar("Answer")
Subject = TypeVarTuple("Subject")
Types = str | tuple[str, ...]


class GraphView:
    """The resources of a graph and how they refer to each other, with unknown links raising `Unread`."""

    def __init__(self, graph: Graph, options: Iterable[object] = ()) -> None:
        self._graph = graph
        self._options: dict[type, Any] = {type(option): option for option in options}
        self._resources: dict[str, Resource] = {}
        self._answers: dict[Hashable, Any] = {}

    def resource(self, node: Node) -> Resource:
        """The view of `node`."""
        view = self._resources.get(node.urn)
        if view is None:
            view = self._resources[node.urn] = Resource(node)
        return view

    def resources(self) -> Iterator[Resource]:
        """All resources, for what concerns the stack as a whole."""
        return map(self.resource, self._graph.resources)

    def of_type(self, *types: str) -> list[Resource]:
        """The resources of these types, V2 twins included.

        Raises Unread if there is none, but the graph may lack some.
        """
        found = [self.resource(node) for node in self._graph.of_type(*types)]
        if not found and self._graph.missing:
            raise Unread("", "", self._graph.missing)
        return found

    def linked(self, resource: Resource, types: Types, property: str) -> list[Resource]:  # noqa: A002
        """The resources of `types` whose `property` refers to `resource`.

        Raises Unread if there is none, but one of which it can't be told, or that the graph may lack.
        """
        match = self._graph.references_to(resource.node, types, property)
        if not match.certain and match.possible:
            raise Unread(match.possible[0].urn, property, "may refer to this resource, which isn't known yet")
        if not match.certain and self._graph.missing:
            raise Unread("", "", self._graph.missing)
        return [self.resource(node) for node in match.certain]

    def linking(self, resource: Resource, types: Types, property: str) -> Iterator[Resource]:  # noqa: A002
        """The resources that `linked` gives, one after the other, and at the end as Unread that there may be
        more: for what a single one of them decides.
        """
        match = self._graph.references_to(resource.node, types, property)
        yield from map(self.resource, match.certain)
        if match.possible:
            raise Unread(match.possible[0].urn, property, "may refer to this resource, which isn't known yet")
        if not match.certain and self._graph.missing:
            raise Unread("", "", self._graph.missing)

    def refers_to_any(self, block: Block, key: str, types: Types) -> bool:
        """Whether a value at `key` refers to a resource of `types` in the graph, whichever it is."""
        matches = (self._match(block, key, value, types) for value in _values(block.raw(key)))
        return any(match.certain or match.possible for match in matches)

    def refers_to(self, block: Block, key: str, resource: Resource) -> bool:
        """Whether the value at `key` refers to `resource`.

        Raises Unread if it may, but that isn't known.
        """
        if not block.path and self._is_among_the_sources(block, key, resource):
            return True
        for value in _values(block.raw(key)):
            match = self._match(block, key, value, resource.type)
            if any(node is resource.node for node in match.certain):
                return True
            if any(node is resource.node for node in match.possible):
                raise Unread(block.node.urn, block.path_of(key), "not known before the deployment")
            if (value is UNKNOWN or value is SECRET) and not self._sources(block, key):
                raise Unread(block.node.urn, block.path_of(key), "not known before the deployment")
        return False

    def any_target(self, block: Block, key: str, types: Types, test: Callable[[Resource], bool]) -> bool:
        """Whether one of the resources that `key` refers to passes `test`.

        Raises Unread if none is known to pass, but the answer hangs on a resource that isn't in the
        graph or on which of several is meant.
        """
        return some(_values(block.raw(key)), lambda value: self._target(block, key, value, types, test))

    def target(self, block: Block, key: str, types: Types) -> Resource | None:
        """The one resource that `key` refers to; None if nothing is set.

        Raises Unread if that resource isn't in the graph, or if it may be one of several.
        """
        value = block.raw(key)
        if value is None:
            return None
        match = self._match(block, key, value, types)
        if len(match.certain) == 1:
            return self.resource(match.certain[0])
        several = match.certain or match.possible
        why = "may be one of several" if several else "names a resource that isn't in the graph"
        raise Unread(block.node.urn, block.path_of(key), why)

    def candidates(self, block: Block, key: str, types: Types) -> list[Resource]:
        """The resources that `key` refers to, or may refer to: for a list, those of all its items."""
        found: dict[str, Resource] = {}
        for value in _values(block.raw(key)):
            match = self._match(block, key, value, types)
            for node in match.certain or match.possible:
                found[node.urn] = self.resource(node)
        return list(found.values())

    def once(self, work: Callable[[GraphView, *Subject], Answer], *subject: *Subject) -> Answer:
        """What `work` makes of this graph and of a subject, worked out when it is first asked for: for what
        many resources share. An Unread is raised again each time.
        """
        key = (work, *subject)
        if key not in self._answers:
            try:
                self._answers[key] = work(self, *subject)
            except Unread as signal:
                self._answers[key] = signal.with_traceback(None)
        answer = self._answers[key]
        if isinstance(answer, Unread):
            raise Unread(answer.urn, answer.path, answer.why)
        return answer

    def provider(self, resource: Resource) -> Resource | None:
        """The explicit provider of `resource`, if there is one."""
        node = self._graph.provider_of(resource.node)
        return None if node is None else self.resource(node)

    def source(self, urn: str) -> str | None:
        """File and line that made the resource with this URN, where known."""
        node = self._graph.by_urn.get(urn)
        return node.source if node else None

    def options(self, kind: type[Options]) -> Options:
        """The options of that kind that this run was given, or their defaults."""
        return self._options.get(kind) or kind()

    def _match(self, block: Block, key: str, value: Any, types: Types) -> Match:
        return self._graph.targets(block.node, _root(block, key), value, types)

    def _is_among_the_sources(self, block: Block, key: str, resource: Resource) -> bool:
        """Whether a list's values that aren't known came from the resource, each from one of its type."""
        if resource.urn not in self._sources(block, key):
            return False
        nodes = map(self._graph.by_urn.get, self._sources(block, key))
        kind = canonical(resource.type)
        alike = sum(1 for node in nodes if node is not None and canonical(node.type) == kind)
        untold = sum(1 for value in _values(block.raw(key)) if value is UNKNOWN or value is SECRET)
        return alike <= untold

    def _sources(self, block: Block, key: str) -> tuple[str, ...]:
        """URNs of the resources that the property's value came from."""
        return block.node.property_dependencies.get(_root(block, key), ())

    def _target(
        self, block: Block, key: str, value: Any, types: Types, test: Callable[[Resource], bool]
    ) -> bool:
        match = self._match(block, key, value, types)
        found = [self.resource(node) for node in match.certain or match.possible]
        if not found:
            raise Unread(block.node.urn, block.path_of(key), "names a resource that isn't in the graph")
        if match.certain:
            return some(found, test)
        verdicts = {test(resource) for resource in found}
        if len(verdicts) > 1:
            raise Unread(block.node.urn, block.path_of(key), "not known before the deployment")
        return verdicts.pop()


def _root(block: Block, key: str) -> str:
    return block.path_of(key).partition(".")[0].partition("[")[0]


def _values(value: Any) -> list[Any]:
    if value is None:
        return []
    if value is UNKNOWN or value is SECRET:
        return [value]
    if isinstance(value, list):
        return [item for item in value if item is not None]
    return [value]
