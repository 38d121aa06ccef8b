"""The resources that stand, by id."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from modelyard_sandbox.azure.manager.ids import ResourceId

Body = dict[str, Any]


@dataclass
class Resource:
    """One that stands."""

    id: ResourceId
    body: Body
    """What it was asked to be, with what Azure fills in; without id, name and type."""
    created: datetime
    changed: datetime
    tag: str = field(default_factory=lambda: str(uuid.uuid4()))
    """Changes with each write: an ETag."""

    @property
    def location(self) -> str:
        """Its region; empty for what has none."""
        return str(self.body.get("location", ""))

    @property
    def properties(self) -> Body:
        """Its properties."""
        return self.body.setdefault("properties", {})


@dataclass
class Store:
    """All subscriptions of one sandbox."""

    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    _standing: dict[str, Resource] = field(default_factory=dict[str, Resource])
    deleted: dict[str, Resource] = field(default_factory=dict[str, Resource])
    """Vaults that are deleted and not yet purged, by name in lower case."""
    deleted_keys: dict[str, Resource] = field(default_factory=dict[str, Resource])
    """Keys that were deleted by themselves and are not yet purged, by id in lower case."""
    deleted_at: dict[str, datetime] = field(default_factory=dict[str, datetime])
    set_aside: dict[str, list[Resource]] = field(default_factory=dict[str, list[Resource]])
    """What a deleted vault holds, by the vault's name in lower case."""

    def get(self, id_: ResourceId) -> Resource | None:
        """The resource at a place, if there is one."""
        return self._standing.get(id_.key)

    def write(self, id_: ResourceId, body: Body) -> Resource:
        """Put a resource at a place, or change the one that stands there."""
        now = self.now()
        old = self.get(id_)
        made = Resource(old.id if old else id_, body, old.created if old else now, now)
        self._standing[id_.key] = made
        return made

    def restore(self, resource: Resource) -> None:
        """Put a resource back that was taken away, as it was."""
        self._standing[resource.id.key] = resource

    def drop(self, id_: ResourceId) -> None:
        """Take a resource away."""
        self._standing.pop(id_.key, None)

    def within(self, place: ResourceId, type_: str | None = None) -> Iterator[Resource]:
        """What lies in a place, at any depth, the innermost last; of one type if that is named."""
        for resource in list(self._standing.values()):
            inside = resource.id.is_in(place) and resource.id.key != place.key
            if inside and (type_ is None or resource.id.kind == type_.lower()):
                yield resource

    def of_type(self, type_: str) -> Iterator[Resource]:
        """All of a type, in all subscriptions."""
        for resource in list(self._standing.values()):
            if resource.id.kind == type_.lower():
                yield resource
