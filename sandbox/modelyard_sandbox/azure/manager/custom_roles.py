"""Roles that a directory has beside Azure's own (REST reference of Role Definitions, 2022-04-01; "Azure
custom roles", "Troubleshoot Azure RBAC"; as of 2026-11).

A built-in role is shown without what it permits, and lists have custom roles alone. What a role permits is
kept and not looked at: nothing in the sandbox is refused for want of a right.
"""

from __future__ import annotations

from typing_extensions import override

from modelyard_sandbox.azure.manager.access import ROLE_ASSIGNMENT
from modelyard_sandbox.azure.manager.errors import ArmError, bad_request, conflict, not_found
from modelyard_sandbox.azure.manager.ids import GUID, SUBSCRIPTION, ResourceId
from modelyard_sandbox.azure.manager.kinds import Kind, Write, envelope
from modelyard_sandbox.azure.manager.role_definitions import NAMES, ROLE_DEFINITION, role_id
from modelyard_sandbox.azure.manager.shapes import many, record, text
from modelyard_sandbox.azure.manager.store import Body, Resource, Store

CUSTOM = "CustomRole"
PERMISSION = record(
    "Permission",
    {name: many(text()) for name in ("actions", "notActions", "dataActions", "notDataActions")},
)


class RoleDefinition(Kind):
    """A role of one's own."""

    type = ROLE_DEFINITION
    api_versions = ("2015-07-01", "2018-01-01-preview", "2018-07-01", "2022-04-01", "2022-05-01-preview")
    parent_type = ""
    located = False
    patched = False
    shape = envelope(
        "RoleDefinition",
        record(
            "RoleDefinitionProperties",
            {
                "assignableScopes": many(text()),
                "description": text(),
                "permissions": many(PERMISSION),
                "roleName": text(),
                "type": text(CUSTOM),
            },
            required=("assignableScopes", "permissions", "roleName"),
            read_only=("createdBy", "createdOn", "updatedBy", "updatedOn"),
        ),
        required=("properties",),
    )

    @override
    def check_name(self, name: str) -> None:
        if not GUID.fullmatch(name):
            raise bad_request("InvalidRoleDefinitionId", f"The role definition ID '{name}' must be a GUID.")
        if name.lower() in NAMES:
            raise ArmError(
                403,
                "RoleDefinitionUpdateNotPermitted",
                f"The role '{NAMES[name.lower()]}' is a built-in role, which can't be changed.",
            )

    @override
    def standing(self, store: Store, id_: ResourceId) -> Resource | None:
        name = NAMES.get(id_.name.lower())
        if name is None:
            return super().standing(store, id_)
        body = {"properties": {"roleName": name, "type": "BuiltInRole", "assignableScopes": ["/"]}}
        return Resource(id_, body, store.now(), store.now(), is_new=False)

    @override
    def settle(self, write: Write) -> Body:
        asked: Body = {"description": "", **write.properties, "type": CUSTOM}
        scopes: list[str] = asked["assignableScopes"]
        if not scopes or any(not scope.startswith("/subscriptions/") for scope in scopes):
            raise bad_request(
                "MissingAssignableScopes",
                "A custom role has at least one assignable scope, a subscription or what lies in one.",
                "properties.assignableScopes",
            )
        for other in write.store.of_type(ROLE_DEFINITION):
            same = other.properties["roleName"].lower() == asked["roleName"].lower()
            if same and other.id.name.lower() != write.id.name.lower():
                raise conflict(
                    "RoleDefinitionWithSameNameExists",
                    "A custom role with the same name already exists in this directory: "
                    f"{asked['roleName']}.",
                )
        if asked["roleName"].lower() in {name.lower() for name in NAMES.values()}:
            raise conflict(
                "RoleDefinitionWithSameNameExists", f"A built-in role has the name {asked['roleName']}."
            )
        return {**write.asked, "properties": asked}

    @override
    def check_deletion(self, store: Store, resource: Resource) -> None:
        if resource.id.name.lower() in NAMES:
            raise bad_request("RoleDefinitionDeleteNotPermitted", "A built-in role can't be deleted.")
        for assignment in store.of_type(ROLE_ASSIGNMENT):
            if role_id(assignment.properties["roleDefinitionId"]) == resource.id.name.lower():
                raise bad_request(
                    "RoleDefinitionHasAssignments", "There are existing role assignments referencing role."
                )

    @override
    def missing(self, id_: ResourceId) -> ArmError:
        return not_found(
            "RoleDefinitionDoesNotExist",
            f"The specified role definition with ID '{id_.name}' does not exist.",
        )


def is_custom(store: Store, subscription: ResourceId, definition: str) -> bool:
    """Whether a role definition's resource id is of a role of one's own in a subscription."""
    name = role_id(definition)
    assert subscription.type == SUBSCRIPTION  # noqa: S101  (so callers give it)
    return any(
        role.id.name.lower() == name and role.id.is_in(subscription)
        for role in store.of_type(ROLE_DEFINITION)
    )
