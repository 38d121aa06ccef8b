"""The resources that stand, by id."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from modelyard_sandbox.azure.manager.ids import ResourceId

Body = dict[str, Any]
ContainerWatcher = Callable[["Store", str, str, bool], None]
"""Is told of a container of blobs that was made or deleted: (the store, the account, the container, whether
it was made).
"""


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
    is_new: bool = True
    """Whether the last write made it."""

    @property
    def location(self) -> str:
        """Its region; empty for what has none."""
        return str(self.body.get("location", ""))

    @property
    def properties(self) -> Body:
        """Its properties."""
        return self.body.setdefault("properties", {})


def _no_work(_id: ResourceId) -> str | None:
    return None


def _has_none(_account: str, _container: str) -> bool:
    return False


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
    deleted_workspaces: dict[str, tuple[Resource, datetime]] = field(
        default_factory=dict[str, tuple[Resource, datetime]]
    )
    """Machine Learning's workspaces that are deleted and not yet purged, with when, by id in lower case."""
    deleted_log_workspaces: dict[str, tuple[Resource, datetime]] = field(
        default_factory=dict[str, tuple[Resource, datetime]]
    )
    """Log Analytics' workspaces that are deleted and can be recovered yet, in the same form."""
    quotas: dict[tuple[str, str, str], int] = field(default_factory=dict[tuple[str, str, str], int])
    """vCPUs that Machine Learning's clusters may have, where that was set: by subscription, region and name
    of the family, all in lower case.
    """
    providers: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    """How far resource providers are registered that somebody asked for: by subscription, in lower case, and
    namespace.
    """
    withheld: set[tuple[str, str, str]] = field(default_factory=set[tuple[str, str, str]])
    """What a subscription isn't offered: the subscription in lower case, a region, and a size; an empty one
    for the region itself.
    """
    chosen: Counter[str] = field(default_factory=Counter[str])
    """How many names Azure has chosen, by what they are for."""
    has_blobs: Callable[[str, str], bool] = _has_none
    """Whether a container (the account, the container) holds a blob: for whoever holds the blobs to say."""
    work_on: Callable[[ResourceId], str | None] = _no_work
    """What a resource shows as its provisioningState, if it isn't Succeeded: whoever works on it says so."""
    nodes: dict[str, Mapping[str, int]] = field(default_factory=dict[str, Mapping[str, int]])
    """How many nodes of a compute cluster are in which state, by the cluster's id in lower case: of those
    that whoever runs jobs has brought up.
    """
    on_container: list[ContainerWatcher] = field(default_factory=list["ContainerWatcher"])
    """Who is told of containers: what holds their blobs. What they raise is the request's answer, though
    the container stands, or is gone, by then.
    """

    def get(self, id_: ResourceId) -> Resource | None:
        """The resource at a place, if there is one."""
        return self._standing.get(id_.key)

    def write(self, id_: ResourceId, body: Body) -> Resource:
        """Put a resource at a place, or change the one that stands there."""
        now = self.now()
        old = self.get(id_)
        made = Resource(old.id if old else id_, body, old.created if old else now, now, is_new=old is None)
        self._standing[id_.key] = made
        return made

    def restore(self, resource: Resource) -> None:
        """Put a resource back that was taken away, as it was."""
        self._standing[resource.id.key] = resource

    def drop(self, id_: ResourceId) -> None:
        """Take a resource away."""
        self._standing.pop(id_.key, None)

    @contextmanager
    def trial(self) -> Generator[None]:
        """Whatever is put and taken away in it is undone at its end."""
        before = dict(self._standing)
        try:
            yield
        finally:
            self._standing = before

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

    def everything(self) -> Iterator[Resource]:
        """All that stands, in all subscriptions."""
        yield from list(self._standing.values())
