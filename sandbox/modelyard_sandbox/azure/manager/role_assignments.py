"""Role assignments (REST reference, 2022-04-01; "Troubleshoot Azure RBAC"; "Create Azure RBAC resources by
using Bicep"; as of 2026-11).

The directory of users and groups isn't here: whoever is named with a principal type other than those of the
sandbox's own identities is taken as it is, as Azure takes whom it can't look up yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from typing_extensions import override

from modelyard_sandbox.azure.manager.access import ROLE_ASSIGNMENT
from modelyard_sandbox.azure.manager.custom_roles import is_custom
from modelyard_sandbox.azure.manager.errors import ArmError, bad_request, conflict, not_found
from modelyard_sandbox.azure.manager.identities import all_principals, principal_id
from modelyard_sandbox.azure.manager.ids import GUID, ResourceId
from modelyard_sandbox.azure.manager.kinds import Kind, Write, envelope
from modelyard_sandbox.azure.manager.role_definitions import ROLE_DEFINITION, role_id, role_name
from modelyard_sandbox.azure.manager.role_filters import assignments_at
from modelyard_sandbox.azure.manager.shapes import record, text
from modelyard_sandbox.azure.manager.store import Body, Resource, Store
from modelyard_sandbox.azure.manager.subscriptions import OBJECT_ID, TENANT_ID
from modelyard_sandbox.azure.manager.times import timestamp

REPLICATION = timedelta(minutes=1)
"""How long a new identity isn't known to those who look for it in the directory: Azure names no time, only
that there is one.
"""
OWN = "ServicePrincipal"
"""The type of identities."""


class RoleAssignment(Kind):
    """The assignment of a role to a principal at a scope."""

    type = ROLE_ASSIGNMENT
    api_versions = ("2018-07-01", "2020-04-01-preview", "2020-10-01-preview", "2022-04-01")
    parent_type = ""
    located = False
    patched = False
    shape = envelope(
        "RoleAssignment",
        record(
            "RoleAssignmentProperties",
            {
                "condition": text(),
                "conditionVersion": text(),
                "delegatedManagedIdentityResourceId": text(),
                "description": text(),
                "principalId": text(),
                "principalType": text("User", "Group", OWN, "ForeignGroup", "Device"),
                "roleDefinitionId": text(),
            },
            required=("principalId", "roleDefinitionId"),
            read_only=("createdBy", "createdOn", "scope", "updatedBy", "updatedOn"),
        ),
        required=("properties",),
    )

    @override
    def check_name(self, name: str) -> None:
        if not GUID.fullmatch(name):
            raise bad_request(
                "InvalidRoleAssignmentId",
                f"The role assignment ID '{name}' is not valid. The role assignment ID must be a GUID.",
            )

    @override
    def chosen(
        self, store: Store, owner: ResourceId, found: list[Resource], query: Mapping[str, str]
    ) -> list[Resource]:
        return assignments_at(store, owner, query.get("$filter"))

    @override
    def settle(self, write: Write) -> Body:
        asked = dict(write.properties)
        role = role_id(asked["roleDefinitionId"])
        definition, subscription = asked["roleDefinitionId"], write.id.subscription
        if role_name(definition) is None and not is_custom(write.store, subscription, definition):
            named = role.replace("-", "") or asked["roleDefinitionId"]
            raise not_found(
                "RoleDefinitionDoesNotExist",
                f"The specified role definition with ID '{named}' does not exist.",
            )
        asked["roleDefinitionId"] = f"{subscription.text}/providers/{ROLE_DEFINITION}/{role}"
        if asked.get("condition") and asked.get("conditionVersion") != "2.0":
            raise bad_request(
                "InvalidRoleAssignmentConditionVersion",
                "A role assignment with a condition must have the condition version '2.0'.",
                "properties.conditionVersion",
            )
        _check_unchanged(write, asked)
        _check_new(write, asked)
        asked["principalType"] = _type_of(write, asked)
        return {**write.asked, "properties": asked}

    @override
    def answer(self, store: Store, resource: Resource) -> Body:
        assert resource.id.parent is not None  # noqa: S101  (a role is assigned at something)
        properties: Body = {
            **resource.properties,
            "scope": resource.id.parent.text,
            "createdOn": timestamp(resource.created),
            "createdBy": OBJECT_ID,
            "updatedOn": timestamp(resource.changed),
            "updatedBy": OBJECT_ID,
        }
        return {**super().answer(store, resource), "properties": properties}


def _check_unchanged(write: Write, asked: Body) -> None:
    """An assignment's name is one in the directory; only what says how it is meant can change."""
    standing = [
        other
        for other in write.store.of_type(ROLE_ASSIGNMENT)
        if other.id.name.lower() == write.id.name.lower()
    ]
    for other in standing:
        same = all(
            asked[name].lower() == other.properties[name].lower()
            for name in ("principalId", "roleDefinitionId")
        )
        if other.id.key != write.id.key or not same:
            raise bad_request(
                "RoleAssignmentUpdateNotPermitted",
                "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.",
            )


def _check_new(write: Write, asked: Body) -> None:
    assert write.id.parent is not None  # noqa: S101  (a role is assigned at something)
    for other in write.store.within(write.id.parent, ROLE_ASSIGNMENT):
        here = other.id.parent is not None and other.id.parent.key == write.id.parent.key
        same = all(
            asked[name].lower() == other.properties[name].lower()
            for name in ("principalId", "roleDefinitionId")
        )
        if here and same and other.id.key != write.id.key:
            raise conflict(
                "RoleAssignmentExists",
                "The role assignment already exists. The ID of the existing role assignment is "
                f"{other.id.name.replace('-', '')}.",
            )


def _type_of(write: Write, asked: Body) -> str:
    """The type of a principal, as asked for and as it is."""
    principal: str = asked["principalId"]
    if not GUID.fullmatch(principal):
        raise bad_request("InvalidPrincipalId", "A valid principal ID must be provided for role assignment.")
    wanted = asked.get("principalType")
    found = _found(write.store, principal, replicated=wanted is None and write.old is None)
    if found and wanted not in (None, OWN):
        raise bad_request(
            "UnmatchedPrincipalType",
            f"The PrincipalId '{principal.replace('-', '')}' has type '{OWN}' , which is different from "
            f"specified PrinciaplType '{wanted}'.",
        )
    if wanted is None and not found:
        raise _no_principal(principal)
    return wanted or OWN


def _found(store: Store, principal: str, *, replicated: bool) -> bool:
    """Whether it is an identity of the sandbox; if asked so, one that has been there for a while."""
    if principal.lower() == OBJECT_ID:
        return True
    for resource in all_principals(store):
        if principal_id(resource) == principal.lower():
            return not replicated or store.now() >= resource.created + REPLICATION
    return False


def _no_principal(principal: str) -> ArmError:
    return bad_request(
        "PrincipalNotFound",
        f"Principal {principal.replace('-', '')} does not exist in the directory {TENANT_ID}. Check that you "
        "have the correct principal ID. If you are creating this principal and then immediately assigning a "
        "role, this error might be related to a replication delay. In this case, set the role assignment "
        "principalType property to a value, such as ServicePrincipal, User, or Group.  See "
        "https://aka.ms/docs-principaltype",
    )
