"""Managed identities: those of the user (REST reference, 2023-01-31), and a resource's own; as of 2026-11.

A resource names the user's identities as the keys of a map, and is shown their principals there. Its own
identity goes with it: one that is made anew under the same name is somebody else.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator

from typing_extensions import override

from modelyard_sandbox.azure.manager.errors import ArmError, bad_request
from modelyard_sandbox.azure.manager.ids import ResourceId, is_resource_id, resource_id
from modelyard_sandbox.azure.manager.kinds import Kind, Naming, Write, envelope
from modelyard_sandbox.azure.manager.shapes import mapping, record, text
from modelyard_sandbox.azure.manager.store import Body, Resource, Store
from modelyard_sandbox.azure.manager.subscriptions import TENANT_ID

IDENTITY = "Microsoft.ManagedIdentity/userAssignedIdentities"
API_VERSIONS = ("2018-11-30", "2023-01-31", "2023-07-31-preview", "2024-11-30")
NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_-]{2,127}")
SYSTEM, USER = "SystemAssigned", "UserAssigned"
IDENTITY_SHAPE = record(
    "ManagedServiceIdentity",
    {
        "type": text("None", SYSTEM, USER, f"{SYSTEM}, {USER}", f"{SYSTEM},{USER}"),
        "userAssignedIdentities": mapping(
            record("UserAssignedIdentity", {}, read_only=("clientId", "principalId"))
        ),
    },
    required=("type",),
    read_only=("principalId", "tenantId"),
)
"""The member `identity` of a resource's body."""

_PRINCIPALS = uuid.UUID("7d6b4f0e-9a0c-5f1b-8c53-0d1f7c6f3b29")
"""Namespace of the ids below; made up once."""


class UserAssignedIdentity(Kind):
    """A user-assigned identity."""

    type = IDENTITY
    naming = Naming(
        NAME,
        "resource",
        "a user assigned identity's has 3 to 128 letters, digits, hyphens and underscores, and "
        "begins with a letter or a digit",
    )
    api_versions = API_VERSIONS
    shape = envelope(
        "Identity",
        record(
            "UserAssignedIdentityProperties",
            {"isolationScope": text("None", "Regional")},
            read_only=("clientId", "principalId", "tenantId"),
        ),
    )

    @override
    def answer(self, store: Store, resource: Resource) -> Body:
        properties = {
            **resource.properties,
            "clientId": client_id(resource),
            "principalId": principal_id(resource),
            "tenantId": TENANT_ID,
        }
        return {**super().answer(store, resource), "properties": properties}


def principal_id(resource: Resource) -> str:
    """The object id of an identity: of a user's one, or of a resource's own."""
    return _id_of(resource, "principal")


def client_id(resource: Resource) -> str:
    """The application id of an identity: of a user's one, or of a resource's own."""
    return _id_of(resource, "client")


def check_identity(write: Write) -> None:
    """Refuse a body whose `identity` names an identity that isn't there, or doesn't fit its type."""
    identity: Body = write.asked.get("identity", {})
    named: Body = identity.get("userAssignedIdentities", {})
    of_the_user = USER in identity.get("type", "")
    if of_the_user and not named:
        raise bad_request(
            "MissingIdentityIds",
            "The identity ids must not be null or empty for 'UserAssigned' identity type.",
            "identity.userAssignedIdentities",
        )
    if named and not of_the_user:
        said = (
            "The request format was unexpected, a non-UserAssigned identity type should not contain: "
            "userAssignedIdentities"
        )
        raise _failed(write.id, said)
    for id_ in named:
        if standing_identity(write.store, id_) is None:
            raise _failed(write.id, f"Resource '{id_}' was not found.")


def standing_identity(store: Store, id_: str) -> Resource | None:
    """The user-assigned identity of that id; None if there is none."""
    if not is_resource_id(id_):
        return None
    place = resource_id(id_)
    return store.get(place) if place.kind == IDENTITY.lower() else None


def shown_identity(store: Store, resource: Resource) -> Body:
    """The member `identity` of a resource's answer, with the principals; empty if it has no identity."""
    identity: Body = resource.body.get("identity", {})
    if not identity or identity["type"] == "None":
        return {"identity": identity} if identity else {}
    shown: Body = {"type": identity["type"], "tenantId": TENANT_ID}
    if SYSTEM in identity["type"]:
        shown["principalId"] = principal_id(resource)
    if USER in identity["type"]:
        shown["userAssignedIdentities"] = {
            id_: _shown(standing_identity(store, id_)) for id_ in identity["userAssignedIdentities"]
        }
    return {"identity": shown}


def has_identity(resource: Resource, id_: str) -> bool:
    """Whether a resource's body gives it that user-assigned identity."""
    named: Body = resource.body.get("identity", {}).get("userAssignedIdentities", {})
    return id_.lower() in (name.lower() for name in named)


def all_principals(store: Store) -> Iterator[Resource]:
    """What has an identity of its own: the user's identities, and the resources that Azure gives one."""
    yield from store.of_type(IDENTITY)
    for resource in store.everything():
        if SYSTEM in resource.body.get("identity", {}).get("type", ""):
            yield resource


def _id_of(resource: Resource, what: str) -> str:
    return str(uuid.uuid5(_PRINCIPALS, f"{resource.id.key}\n{resource.created.isoformat()}\n{what}"))


def _shown(identity: Resource | None) -> Body:
    """What is shown of an identity; nothing of one that is gone since."""
    if identity is None:
        return {}
    return {"clientId": client_id(identity), "principalId": principal_id(identity)}


def _failed(whose: ResourceId, why: str) -> ArmError:
    said = json.dumps({"error": {"code": "BadRequest", "message": why}}, separators=(",", ":"))
    return bad_request(
        "FailedIdentityOperation",
        f"Identity operation for resource '{whose.text}' failed with error 'Failed to perform resource "
        f"identity operation. Status: 'BadRequest'. Response: '{said}'.'.",
        "identity",
    )
