"""Resource ids: `/subscriptions/S/resourceGroups/G/providers/NAMESPACE/TYPE/NAME/TYPE/NAME...`.

Names and types are compared without case, as Azure does (naming rules for Azure resources, 2026-11). What
extends another resource, like a lock, has that resource's id before its own `/providers/`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from modelyard_sandbox.azure.manager.errors import ArmError, bad_request, not_found

SUBSCRIPTION = "Microsoft.Resources/subscriptions"
GROUP = "Microsoft.Resources/resourceGroups"
GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ResourceId:
    """A resource's place."""

    text: str
    """The id as it is shown."""
    type: str
    """The full type, with the namespace: `Microsoft.Network/virtualNetworks/subnets`."""
    name: str
    parent: ResourceId | None = None
    """What it lies in: a subscription, a group, another resource; what a lock is on."""

    @property
    def key(self) -> str:
        """The id for comparison."""
        return self.text.lower()

    @property
    def kind(self) -> str:
        """The full type for comparison."""
        return self.type.lower()

    def ancestor(self, type_: str) -> ResourceId | None:
        """The nearest of that type that it lies in, itself included."""
        place: ResourceId | None = self
        while place is not None and place.kind != type_.lower():
            place = place.parent
        return place

    @property
    def subscription(self) -> ResourceId:
        """The subscription that it lies in."""
        found = self.ancestor(SUBSCRIPTION)
        assert found is not None, self.text  # noqa: S101  (every id begins with one)
        return found

    @property
    def group(self) -> ResourceId | None:
        """The resource group that it lies in."""
        return self.ancestor(GROUP)

    def is_in(self, other: ResourceId) -> bool:
        """Whether it is `other`, or lies in it."""
        return self.key == other.key or self.key.startswith(f"{other.key}/")


@dataclass(frozen=True, slots=True)
class Target:
    """What a request's path names: a resource, or the resources of a type that lie in one, or an action."""

    owner: ResourceId
    member: str | None = None
    """The full type of the collection, or the action with what it is of; None for `owner` itself."""


def locate(path: str) -> Target:
    """Read a path.

    Raises:
        ArmError: it names nothing that Azure has.
    """
    parts = [part for part in path.split("/") if part]
    if len(parts) < 2 or parts[0].lower() != "subscriptions":
        raise not_found("NotFound", f"The requested path '{path}' could not be found.")
    if not GUID.fullmatch(parts[1]):
        raise bad_request(
            "InvalidSubscriptionId",
            f"The provided subscription identifier '{parts[1]}' is malformed or invalid.",
        )
    place = ResourceId(f"/subscriptions/{parts[1]}", SUBSCRIPTION, parts[1])
    rest = parts[2:]
    if rest and rest[0].lower() == "resourcegroups":
        if len(rest) == 1:
            return Target(place, GROUP)
        place = ResourceId(f"{place.text}/resourceGroups/{rest[1]}", GROUP, rest[1], place)
        rest = rest[2:]
    return _under(place, rest)


def resource_id(text: str) -> ResourceId:
    """Read the id of a resource, where a property holds one.

    Raises:
        ArmError: it isn't the id of a resource.
    """
    target = locate(text)
    if target.member is not None or not text.startswith("/"):
        raise not_found("NotFound", f"'{text}' is no resource's id.")
    return target.owner


def is_resource_id(text: str) -> bool:
    """Whether it has the form of a resource's id."""
    try:
        resource_id(text)
    except ArmError:
        return False
    return True


def _under(place: ResourceId, rest: list[str]) -> Target:
    while rest:
        if rest[0].lower() != "providers":
            return Target(place, "/".join(rest))
        if len(rest) < 3:
            return Target(place, rest[1] if len(rest) == 2 else "providers")
        type_, place_text, rest = rest[1], f"{place.text}/providers/{rest[1]}", rest[2:]
        while rest and rest[0].lower() != "providers":
            type_ = f"{type_}/{rest[0]}"
            if len(rest) == 1:
                return Target(place, type_)
            place_text = f"{place_text}/{rest[0]}/{rest[1]}"
            place, rest = ResourceId(place_text, type_, rest[1], place), rest[2:]
    return Target(place)
