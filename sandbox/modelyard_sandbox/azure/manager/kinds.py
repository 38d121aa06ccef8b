"""What every resource type has in common: the checks of Azure Resource Manager itself, ahead of a service's.

Codes and words are those of Azure's pages "Troubleshoot common Azure deployment errors" and its REST
reference (2026-11).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from modelyard_sandbox.azure.manager.errors import (
    LOCATION_REQUIRED,
    ArmError,
    bad_request,
    conflict,
    not_found,
)
from modelyard_sandbox.azure.manager.ids import GROUP, SUBSCRIPTION, ResourceId
from modelyard_sandbox.azure.manager.locations import REGIONS, normal
from modelyard_sandbox.azure.manager.shapes import Problem, Shape, ShapeFault, accepted, mapping, record, text
from modelyard_sandbox.azure.manager.store import Body, Resource, Store

TAG_CHARACTERS = re.compile(r"[<>%&\\?/\x00-\x1f]")
MOST_TAGS = 50
TAG_NAME_LENGTH = 512
TAG_VALUE_LENGTH = 256
ANSWERED = ("id", "name", "type", "etag", "systemData")
"""Members of every answer, which a request may send back."""

Action = Callable[[Store, ResourceId, Body], tuple[int, Body | None]]
"""A POST, or a list that isn't of resources: (the store, what it is asked of, the body) to status and
answer.
"""


@dataclass(frozen=True, slots=True)
class Write:
    """One PUT or PATCH, as a type settles it."""

    store: Store
    id: ResourceId
    asked: Body
    """The body, in the type's form."""
    old: Resource | None
    query: Mapping[str, str] = field(default_factory=dict[str, str])
    """The parameters of the request, beside its api-version."""

    @property
    def properties(self) -> Body:
        """The properties asked for."""
        return self.asked.get("properties", {})


@dataclass(frozen=True, slots=True)
class Naming:
    """Which names a type can have."""

    pattern: re.Pattern[str]
    what: str
    """What has the name, in the error's words."""
    said: str
    """What the pattern asks, in the error's words."""
    code: str = "InvalidResourceName"
    target: str | None = None

    def check(self, name: str) -> None:
        """Refuse a name that isn't one.

        Raises:
            ArmError: with `code`.
        """
        if not self.pattern.fullmatch(name):
            raise bad_request(
                self.code, f"The {self.what} name '{name}' is invalid: {self.said}.", self.target
            )


DEFAULT_ONLY = re.compile("default", re.IGNORECASE)
"""The name of what there is one of."""


class Kind:
    """A resource type."""

    type: ClassVar[str]
    """The full type."""
    api_versions: ClassVar[tuple[str, ...]]
    shape: ClassVar[Shape]
    parent_type: ClassVar[str] = GROUP
    """The full type of what it lies in; empty if that may be anything."""
    naming: ClassVar[Naming | None] = None
    """Which names it can have; None: any, or what `check_name` says."""
    tag_name_length: ClassVar[int] = TAG_NAME_LENGTH
    """How many characters the name of a tag of it has at most."""
    located: ClassVar[bool] = True
    """Whether it has a region."""
    tracked: ClassVar[bool] = True
    """Whether it counts as one of its group's resources."""
    patched: ClassVar[bool] = True
    """Whether it takes PATCH."""
    made_once: ClassVar[bool] = False
    """Whether it is made by PUT and can then be neither changed nor deleted by the resource manager; another
    PUT is answered with what stands, as 200, as the first one is.
    """
    outlives: ClassVar[bool] = False
    """Whether it is kept, unseen, when what it is on is deleted, and is there again once that is."""
    asynchronous: ClassVar[frozenset[str]] = frozenset()
    """The methods whose work goes on after their answer: see `operations`."""
    makes_parent: ClassVar[bool] = False
    """Whether what it lies in is made along with it, where that doesn't stand."""
    page_size: ClassVar[int] = 1_000
    """How many a list shows at once."""
    listed_in: ClassVar[frozenset[str]] = frozenset({SUBSCRIPTION, GROUP})
    """The types of what its resources can be listed in, beside its parent."""

    @property
    def short_type(self) -> str:
        """The type without the namespace."""
        return self.type.partition("/")[2]

    def check_name(self, name: str) -> None:
        """Refuse a name that the type can't have."""
        if self.naming is not None:
            self.naming.check(name)

    def written_at(self, store: Store, id_: ResourceId, body: Body) -> ResourceId:
        """Where a PUT of a body, not yet looked at, to a place puts the resource: elsewhere, if Azure chooses
        its name.
        """
        del store, body
        return id_

    def settle(self, write: Write) -> Body:
        """The body to keep: what is asked for, with what Azure fills in; refuses what can't be."""
        return write.asked

    def fault_in_work(self, write: Write, body: Body) -> ArmError | None:
        """The error that the work on a write ends with, where that shows only after the answer; None: it
        succeeds.
        """
        del write, body
        return None

    def purge(self, store: Store, id_: ResourceId) -> None:
        """End for good what was deleted, where a deletion asks for that (`forceToPurge`)."""

    def check_same(self, write: Write, old: Resource) -> None:
        """Refuse a PUT that asks of what is made once to be something else than it is."""

    def standing(self, store: Store, id_: ResourceId) -> Resource | None:
        """The resource at a place, if there is one: of some types there is, before anybody writes it."""
        return store.get(id_)

    def written(self, store: Store, resource: Resource) -> None:
        """What follows upon a write."""

    def check_deletion(self, store: Store, resource: Resource) -> None:
        """Refuse a deletion that what stands forbids; nothing changes by it."""

    def check_named(self, tag: str | None, resource: Resource) -> None:
        """Refuse a change or a deletion that doesn't say which state of the resource it is of, where it
        must; the tag is the header `If-Match`.
        """

    def leaving(self, store: Store, resource: Resource) -> None:
        """What is done before one is deleted, and what lies in it with it."""

    def removed(self, store: Store, resource: Resource) -> None:
        """What follows upon a deletion."""

    def is_at_rest(self, resource: Resource) -> bool:
        """Whether what an action has begun has come to its end."""
        del resource
        return True

    def missing(self, id_: ResourceId) -> ArmError:
        """The error for one that isn't there."""
        group = id_.group
        where = f" under resource group '{group.name}'" if group else ""
        path = "/".join([self.type, *_names(id_)])
        return not_found("ResourceNotFound", f"The Resource '{path}'{where} was not found.")

    def fault(self, id_: ResourceId, fault: ShapeFault) -> ArmError:
        """The error for a body that doesn't have the type's form."""
        del id_
        return content_error(fault)

    def answer(self, store: Store, resource: Resource) -> Body:
        """The resource as a GET shows it."""
        del store
        return {
            "id": resource.id.text,
            "name": resource.id.name,
            "type": self.type,
            **resource.body,
        }

    def patched_from(self, store: Store, resource: Resource) -> Body:
        """What a PATCH is laid over: the resource as it is shown, and with what isn't."""
        return self.answer(store, resource)

    def chosen(
        self, store: Store, owner: ResourceId, found: list[Resource], query: Mapping[str, str]
    ) -> list[Resource]:
        """What a list of what lies in `owner`, or as much of that as was found, holds by the request's own
        parameters.
        """
        del store, owner, query
        return found

    def listed(self, store: Store, resource: Resource) -> Body:
        """The resource as a list shows it."""
        return self.answer(store, resource)

    def accept(self, id_: ResourceId, body: Any) -> Body:
        """A body in the type's form.

        Raises:
            ArmError: it doesn't have it.
        """
        try:
            taken = accepted(self.shape, body)
        except ShapeFault as fault:
            if fault.problem is Problem.MISSING and fault.path == "location":
                raise bad_request(
                    LOCATION_REQUIRED, "The location property is required for this definition."
                ) from None
            # What is beside `properties` is read by Azure Resource Manager, before the service sees it.
            raise (self.fault(id_, fault) if "." in fault.path else content_error(fault)) from None
        check_tags(taken.get("tags", {}), self.tag_name_length)
        return taken

    def settle_location(self, write: Write) -> None:
        """Refuse a region that Azure doesn't have, or another one than the resource stands in."""
        if not self.located:
            return
        location = normal(write.asked["location"])
        if location not in REGIONS:
            raise self.no_such_location(write.asked["location"])
        if write.old and write.old.location != location:
            raise self.elsewhere(write.old, write.asked["location"])
        write.asked["location"] = location

    def no_such_location(self, location: str) -> ArmError:
        """The error for a region that the type isn't offered in."""
        return bad_request(
            "LocationNotAvailableForResourceType",
            f"The provided location '{location}' is not available for resource type '{self.type}'. "
            f"List of available regions for the resource type is '{','.join(REGIONS)}'.",
        )

    def elsewhere(self, old: Resource, location: str) -> ArmError:
        """The error for a resource that stands in another region."""
        group = old.id.group
        return conflict(
            "InvalidResourceLocation",
            f"The resource '{old.id.name}' already exists in location '{old.location}' in resource group "
            f"'{group.name if group else ''}'. A resource with the same name cannot be created in location "
            f"'{location}'. Please select a new resource name.",
        )


def envelope(
    name: str,
    properties: Shape | None = None,
    required: tuple[str, ...] = ("location",),
    read_only: tuple[str, ...] = (),
    **members: Shape,
) -> Shape:
    """The form of a resource's body: its properties, region and tags, and what else is beside them."""
    located = {"location": text(), "tags": mapping(text())} if "location" in required else {}
    inside = {"properties": properties} if properties else {}
    return record(name, {**inside, **located, **members}, required, (*ANSWERED, *read_only))


def content_error(fault: ShapeFault) -> ArmError:
    """What Azure Resource Manager says of a body that it can't read."""
    return bad_request(
        "InvalidRequestContent",
        f"The request content was invalid and could not be deserialized: '{fault.message}'",
        fault.path,
    )


def check_tags(tags: Body, name_length: int) -> None:
    """Refuse tags that a resource can't have (Use tags to organize your Azure resources: limitations, which
    don't say how Azure words it).
    """
    if len(tags) > MOST_TAGS:
        raise bad_request(
            "TooManyTags",
            f"There are {len(tags)} tags: a resource or a resource group has at most {MOST_TAGS}.",
            "tags",
        )
    for name, value in tags.items():
        if TAG_CHARACTERS.search(name):
            raise bad_request(
                "InvalidTagNameCharacters",
                f"The tag names '{name}' have reserved characters '<,>,%,&,\\,?,/' or control characters.",
                f"tags.{name}",
            )
        if len(name) > name_length or len(value) > TAG_VALUE_LENGTH:
            raise bad_request(
                "InvalidTag",
                f"The tag '{name[:20]}' is too long: a name has at most {name_length} characters, a "
                f"value at most {TAG_VALUE_LENGTH}.",
                f"tags.{name}",
            )


def filled(body: Body, defaults: Body) -> Body:
    """The body with defaults where it says nothing."""
    full = {**defaults, **body}
    for name, default in defaults.items():
        if isinstance(default, dict) and isinstance(full[name], dict):
            full[name] = filled(full[name], default)
    return full


def merged(body: Body, patch: Body) -> Body:
    """The body with a patch over it; a null takes a member away."""
    result = dict(body)
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        elif isinstance(value, dict) and isinstance(result.get(name), dict) and name != "tags":
            result[name] = merged(result[name], value)
        else:
            result[name] = value
    return result


def _names(id_: ResourceId) -> list[str]:
    names: list[str] = []
    place: ResourceId | None = id_
    while place is not None and place.kind not in (GROUP.lower(), SUBSCRIPTION.lower()):
        names.insert(0, place.name)
        place = place.parent
    return names
