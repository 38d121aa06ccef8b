"""Whether what a request asks of is there, and what Azure says where it isn't: outermost first."""

from __future__ import annotations

from modelyard_sandbox.azure.manager.errors import no_parent
from modelyard_sandbox.azure.manager.groups import no_group
from modelyard_sandbox.azure.manager.ids import GROUP, SUBSCRIPTION, ResourceId
from modelyard_sandbox.azure.manager.kinds import Kind
from modelyard_sandbox.azure.manager.registry import KINDS
from modelyard_sandbox.azure.manager.store import Resource, Store
from modelyard_sandbox.azure.manager.unknown import unknown_type


def must_be(store: Store, id_: ResourceId, kind: Kind) -> Resource:
    """The resource at a place.

    Raises:
        ArmError: there is none, or what it would lie in isn't there.
    """
    found = kind.standing(store, id_)
    if kind.outlives and id_.parent is not None:
        must_stand(store, id_.parent)
    if found is not None:
        return found
    group = id_.group
    if group is not None and group.key != id_.key:
        must_stand(store, group)
    if kind.parent_type:
        _check_around(store, id_, kind, "read")
    raise kind.missing(id_)


def must_hold(store: Store, place: ResourceId, kind: Kind) -> None:
    """Refuse to list what lies in a place that isn't there."""
    if kind.parent_type and place.kind == kind.parent_type.lower() and store.get(place) is None:
        _check_group(store, place)
        if not _is_around_all(place):
            raise no_parent(kind.short_type, place.text, "read")
    must_stand(store, place)


def must_stand(store: Store, place: ResourceId) -> None:
    """Refuse what is asked of a place that isn't there."""
    if place.kind == SUBSCRIPTION.lower() or store.get(place):
        return
    _check_group(store, place)
    kind = KINDS.get(place.kind)
    raise kind.missing(place) if kind else unknown_type(place.type)


def check_parent(store: Store, id_: ResourceId, kind: Kind, work: str) -> None:
    """Refuse to write or delete (`work`) where there is nothing for it to lie in."""
    parent = id_.parent
    assert parent is not None  # noqa: S101  (no type lies nowhere)
    if kind.parent_type and parent.kind != kind.parent_type.lower():
        raise unknown_type(kind.type)
    _check_group(store, parent)
    if kind.parent_type:
        _check_around(store, id_, kind, work)
    else:
        must_stand(store, parent)


def _check_around(store: Store, id_: ResourceId, kind: Kind, work: str) -> None:
    parent = id_.parent
    assert parent is not None  # noqa: S101  (no type lies nowhere)
    if kind.makes_parent and parent.parent is not None:
        parent = parent.parent
    if not _is_around_all(parent) and store.get(parent) is None:
        raise no_parent(kind.short_type, parent.text, work)


def _check_group(store: Store, place: ResourceId) -> None:
    group = place.group
    if group is not None and store.get(group) is None:
        raise no_group(group)


def _is_around_all(place: ResourceId) -> bool:
    """Whether it is a subscription, which always stands, or a group, which has words of its own."""
    return place.kind in (SUBSCRIPTION.lower(), GROUP.lower())
