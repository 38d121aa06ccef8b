"""Locks, which keep resources from being deleted."""

from __future__ import annotations

from typing import Final

from modelyard_policies.azure.resource_groups import is_around
from modelyard_policies.azure.types import (
    LOCKS,
    MANAGEMENT_LOCK_AT_RESOURCE_GROUP_LEVEL,
    MANAGEMENT_LOCK_AT_RESOURCE_LEVEL,
    MANAGEMENT_LOCK_AT_SUBSCRIPTION_LEVEL,
    MANAGEMENT_LOCK_BY_SCOPE,
    RESOURCE_GROUP,
)
from modelyard_policies.graph import canonical
from modelyard_policies.reading import GraphView, Resource, all_of, any_of, some

READ_BY_LOCKS: Final = (*LOCKS, RESOURCE_GROUP)
"""What has to be seen to tell whether a resource is locked."""

_LEVELS: Final = ("cannotdelete", "readonly")


def is_locked(resource: Resource, graph: GraphView) -> bool:
    """Whether a lock on the resource, its resource group or its subscription keeps it from being deleted."""
    return some(
        graph.of_type(*LOCKS),
        lambda lock: all_of(
            lambda: lock.text("level").strip().lower() in _LEVELS, lambda: _covers(lock, resource, graph)
        ),
    )


def _covers(lock: Resource, resource: Resource, graph: GraphView) -> bool:
    kind = canonical(lock.type)
    if kind == MANAGEMENT_LOCK_AT_SUBSCRIPTION_LEVEL:
        return True
    if kind == MANAGEMENT_LOCK_AT_RESOURCE_LEVEL:
        return graph.refers_to(lock, "resourceName", resource)
    if kind == MANAGEMENT_LOCK_AT_RESOURCE_GROUP_LEVEL:
        return _is_same_group(lock, resource, graph)
    return kind == MANAGEMENT_LOCK_BY_SCOPE and any_of(
        lambda: graph.refers_to(lock, "scope", resource), lambda: is_around(lock, resource, graph)
    )


def _is_same_group(lock: Resource, resource: Resource, graph: GraphView) -> bool:
    groups = graph.candidates(resource, "resourceGroupName", RESOURCE_GROUP)
    return any_of(
        lambda: some(groups, lambda group: graph.refers_to(lock, "resourceGroupName", group)),
        lambda: _name(lock.text("resourceGroupName")) == _name(resource.text("resourceGroupName")),
    )


def _name(text: str) -> str:
    return text.strip().lower()
