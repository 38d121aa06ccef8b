"""Locks, which keep resources from being deleted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from modelyard_policies.azure.resource_groups import is_within
from modelyard_policies.azure.types import (
    LOCKS,
    MANAGEMENT_LOCK_AT_RESOURCE_GROUP_LEVEL,
    MANAGEMENT_LOCK_AT_RESOURCE_LEVEL,
    MANAGEMENT_LOCK_AT_SUBSCRIPTION_LEVEL,
    MANAGEMENT_LOCK_BY_SCOPE,
    RESOURCE_GROUP,
)
from modelyard_policies.reading import GraphView, Resource, any_of, some

READ_BY_LOCKS: Final = (*LOCKS, RESOURCE_GROUP)
"""What has to be seen to tell whether a resource is locked."""

_LEVELS: Final = ("cannotdelete", "readonly")


def is_locked(resource: Resource, graph: GraphView) -> bool:
    """Whether a lock on the resource, its resource group or its subscription keeps it from being deleted."""
    ways: tuple[Callable[[], bool], ...] = (
        lambda: some(graph.linked(resource, MANAGEMENT_LOCK_BY_SCOPE, "scope"), _keeps),
        lambda: some(graph.linked(resource, MANAGEMENT_LOCK_AT_RESOURCE_LEVEL, "resourceName"), _keeps),
        lambda: _group_is_locked(resource, graph),
        lambda: is_within(resource, MANAGEMENT_LOCK_BY_SCOPE, graph, _keeps),
        lambda: some(graph.of_type(MANAGEMENT_LOCK_AT_SUBSCRIPTION_LEVEL), _keeps),
    )
    return any_of(*ways)


def _group_is_locked(resource: Resource, graph: GraphView) -> bool:
    """By a lock that names the group; the name may be written in either case."""
    kind, key = MANAGEMENT_LOCK_AT_RESOURCE_GROUP_LEVEL, "resourceGroupName"
    groups = graph.candidates(resource, key, RESOURCE_GROUP)
    if groups:
        return some(groups, lambda group: some(graph.linked(group, kind, key), _keeps))
    locks = graph.once(_locks_by_group)
    name = resource.text(key).strip().lower() if locks else ""
    return any_of(
        lambda: some(locks.get(name, ()), _keeps),
        lambda: some(locks.get("", ()), lambda lock: _keeps(lock) and bool(lock.text(key))),
    )


def _locks_by_group(graph: GraphView) -> dict[str, list[Resource]]:
    """Locks by the name of the group that they are for, in lower case; under none, those that don't tell."""
    found: dict[str, list[Resource]] = {}
    for lock in graph.of_type(MANAGEMENT_LOCK_AT_RESOURCE_GROUP_LEVEL):
        name = lock.raw("resourceGroupName")
        found.setdefault(name.strip().lower() if isinstance(name, str) else "", []).append(lock)
    return found


def _keeps(lock: Resource) -> bool:
    return lock.text("level").strip().lower() in _LEVELS
