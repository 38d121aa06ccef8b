"""Who may do what, and where: roles at scopes."""

from __future__ import annotations

from typing import Any

import pytest
from arming import GROUP, HOME, LOCATION, OTHER_SUBSCRIPTION, SUBSCRIPTION, VAULT, Arm, key, vault
from azure_roles import NAME, SOMEBODY, assignment, definition, given

from modelyard_sandbox.azure.manager.role_definitions import ROLES, role_name
from modelyard_sandbox.azure.manager.subscriptions import OBJECT_ID, TENANT_ID
from modelyard_sandbox.azure.registry import handler_of

OTHER_NAME = "1c9b4dd6-5a5d-5c5f-9a2b-1c4c3f6f7a11"
KEY = f"{VAULT}/keys/datasets"
IDENTITY = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/nodes"


def untyped(principal: str) -> dict[str, Any]:
    return {"properties": {"roleDefinitionId": definition("Reader"), "principalId": principal}}


@pytest.fixture
def keys(group: Arm) -> Arm:
    """A vault with a key."""
    group.put(VAULT, vault(enablePurgeProtection=True))
    group.put(KEY, key())
    return group


def test_a_role_is_assigned_shown_described_and_taken_away(keys: Arm) -> None:
    status, made = keys.call("PUT", assignment(KEY), given("Key Vault Crypto User"))
    assert status == 201
    assert made["id"] == assignment(KEY)
    assert made["name"] == NAME
    assert made["properties"] == {
        "scope": KEY,
        "roleDefinitionId": definition("Key Vault Crypto User"),
        "principalId": SOMEBODY,
        "principalType": "ServicePrincipal",
        "createdOn": "2026-11-25T12:00:00.0000000Z",
        "createdBy": OBJECT_ID,
        "updatedOn": "2026-11-25T12:00:00.0000000Z",
        "updatedBy": OBJECT_ID,
    }
    keys.clock.move(days=1)
    changed = keys.put(assignment(KEY), given("Key Vault Crypto User", description="for the nodes"))
    assert changed["properties"]["description"] == "for the nodes"
    assert changed["properties"]["createdOn"] == "2026-11-25T12:00:00.0000000Z"
    assert changed["properties"]["updatedOn"] == "2026-11-26T12:00:00.0000000Z"
    assert keys.listed(f"{KEY}/providers/Microsoft.Authorization/roleAssignments") == [NAME]
    assert keys.listed(f"{HOME}/providers/Microsoft.Authorization/roleAssignments") == [NAME]
    assert keys.listed(f"{GROUP}/resources") == ["vault1"]
    assert keys.call("DELETE", assignment(KEY))[0] == 200
    assert keys.call("DELETE", assignment(KEY)) == (204, None)


ABOVE, AT, BELOW = (f"{number}c9b4dd6-5a5d-5c5f-9a2b-1c4c3f6f7a11" for number in (2, 3, 4))


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        (None, [ABOVE, AT, BELOW]),
        ("atScope()", [ABOVE, AT]),
        (f"principalId eq '{SOMEBODY}'", [AT, BELOW]),
        (f"assignedTo('{SOMEBODY.upper()}')", [AT, BELOW]),
        (f"atScope() and assignedTo('{SOMEBODY}')", [AT]),
    ],
)
def test_a_list_has_the_roles_at_its_scope_above_and_below_by_what_is_asked(
    keys: Arm, asked: str | None, names: list[str]
) -> None:
    for scope, name, whose in ((HOME, ABOVE, OBJECT_ID), (VAULT, AT, SOMEBODY), (KEY, BELOW, SOMEBODY)):
        body = given("Reader", principalId=whose)
        keys.put(f"{scope}/providers/Microsoft.Authorization/roleAssignments/{name}", body)
    listed = keys.call(
        "GET", f"{VAULT}/providers/Microsoft.Authorization/roleAssignments", query={"$filter": asked}
    )
    assert [item["name"] for item in listed[1]["value"]] == names


@pytest.mark.parametrize("asked", ["", "atScope", "roleName eq 'Reader'", "atScope() and atScope()"])
def test_a_filter_of_roles_that_azure_does_not_know_is_refused(keys: Arm, asked: str) -> None:
    path = f"{VAULT}/providers/Microsoft.Authorization/roleAssignments"
    assert keys.refused("GET", path, query={"$filter": asked}) == (
        400,
        "UnsupportedQuery",
        (
            f"The filter '{asked}' is not supported. Supported filters are either 'atScope()' or 'principalId eq "
            "'{value}' or assignedTo('{value}')'."
        ),
    )


def test_a_role_may_be_named_without_a_subscription_and_is_shown_with_it(group: Arm) -> None:
    asked = given()
    asked["properties"]["roleDefinitionId"] = definition("Reader", subscription="").upper()
    made = group.put(assignment(GROUP), asked)
    assert made["properties"]["roleDefinitionId"] == definition("Reader")


def test_a_builtin_role_is_shown(arm: Arm) -> None:
    shown = arm.get(definition("Reader"))
    assert shown["properties"] == {"roleName": "Reader", "type": "BuiltInRole", "assignableScopes": ["/"]}
    unknown = definition("Reader").replace("acdd", "0000")
    assert arm.refused("GET", unknown) == (
        404,
        "RoleDefinitionDoesNotExist",
        "The specified role definition with ID '000072a7-3385-48ef-bd42-f606fba81ae7' does not exist.",
    )
    assert role_name("/subscriptions/x/resourceGroups/y") is None


def test_ids_of_roles_are_guids_and_each_is_one_roles() -> None:
    assert len(set(ROLES.values())) == len(ROLES)
    assert all(id_ == id_.lower() and len(id_) == 36 for id_ in ROLES.values())


@pytest.mark.parametrize(
    ("name", "body", "refusal"),
    [
        (
            "nodes-reader",
            given(),
            (
                400,
                "InvalidRoleAssignmentId",
                (
                    "The role assignment ID 'nodes-reader' is not valid. The role assignment ID must be a "
                    "GUID."
                ),
            ),
        ),
        (
            NAME,
            given(roleDefinitionId=definition("Reader").replace("acdd72a7", "00000000")),
            (
                404,
                "RoleDefinitionDoesNotExist",
                ("The specified role definition with ID '00000000338548efbd42f606fba81ae7' does not exist."),
            ),
        ),
        (
            NAME,
            given(roleDefinitionId="Reader"),
            (
                404,
                "RoleDefinitionDoesNotExist",
                "The specified role definition with ID 'Reader' does not exist.",
            ),
        ),
        (
            NAME,
            given(principal="nodes"),
            (400, "InvalidPrincipalId", "A valid principal ID must be provided for role assignment."),
        ),
        (
            NAME,
            untyped(SOMEBODY),
            (
                400,
                "PrincipalNotFound",
                (
                    f"Principal {SOMEBODY.replace('-', '')} does not exist in the directory {TENANT_ID}. Check "
                    "that you have the correct principal ID. If you are creating this principal and then "
                    "immediately assigning a role, this error might be related to a replication delay. In this "
                    "case, set the role assignment principalType property to a value, such as "
                    "ServicePrincipal, User, or Group.  See https://aka.ms/docs-principaltype"
                ),
            ),
        ),
        (
            NAME,
            given(principal=OBJECT_ID, principalType="User"),
            (
                400,
                "UnmatchedPrincipalType",
                (
                    f"The PrincipalId '{OBJECT_ID.replace('-', '')}' has type 'ServicePrincipal' , which is "
                    "different from specified PrinciaplType 'User'."
                ),
            ),
        ),
        (
            NAME,
            given(condition="@Resource[name] StringEquals 'a'"),
            (
                400,
                "InvalidRoleAssignmentConditionVersion",
                "A role assignment with a condition must have the condition version '2.0'.",
            ),
        ),
    ],
)
def test_an_assignment_that_can_not_be_is_refused(
    group: Arm, name: str, body: dict[str, Any], refusal: tuple[int, str, str]
) -> None:
    assert group.refused("PUT", assignment(GROUP, name), body) == refusal


def test_an_assignment_is_at_something_that_stands(group: Arm) -> None:
    assert group.refused("PUT", assignment(VAULT), given()) == (
        404,
        "ResourceNotFound",
        "The Resource 'Microsoft.KeyVault/vaults/vault1' under resource group 'rg' was not found.",
    )
    nowhere = GROUP.replace("/rg", "/none")
    assert group.refused("PUT", assignment(nowhere), given()) == (
        404,
        "ResourceGroupNotFound",
        "Resource group 'none' could not be found.",
    )


def test_the_same_role_is_not_assigned_twice_at_a_scope(keys: Arm) -> None:
    keys.put(assignment(VAULT), given())
    assert keys.refused("PUT", assignment(VAULT, OTHER_NAME), given()) == (
        409,
        "RoleAssignmentExists",
        (
            "The role assignment already exists. The ID of the existing role assignment is "
            f"{NAME.replace('-', '')}."
        ),
    )
    keys.put(assignment(GROUP, OTHER_NAME), given())


NOT_PERMITTED = (
    400,
    "RoleAssignmentUpdateNotPermitted",
    "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.",
)


def test_what_an_assignment_is_can_not_be_changed(keys: Arm) -> None:
    keys.put(assignment(VAULT), given())
    assert keys.refused("PUT", assignment(VAULT), given("AcrPull")) == NOT_PERMITTED
    assert keys.refused("PUT", assignment(VAULT), given(principal=OBJECT_ID)) == NOT_PERMITTED
    assert keys.refused("PUT", assignment(KEY), given()) == NOT_PERMITTED, "its name is taken everywhere"
    elsewhere = GROUP.replace(SUBSCRIPTION, OTHER_SUBSCRIPTION)
    keys.put(elsewhere, {"location": LOCATION})
    assert keys.refused("PUT", assignment(elsewhere), given()) == NOT_PERMITTED


def test_a_new_identity_is_found_without_its_type_after_a_while_only(group: Arm) -> None:
    made = group.put(IDENTITY, {"location": LOCATION})
    principal = made["properties"]["principalId"]
    assert group.refused("PUT", assignment(GROUP), untyped(principal))[1] == "PrincipalNotFound"
    group.put(assignment(GROUP), given(principal=principal))
    again = group.put(assignment(GROUP), untyped(principal))
    assert again["properties"]["principalType"] == "ServicePrincipal", "what is assigned is known"
    group.clock.move(days=1)
    group.put(assignment(HOME, OTHER_NAME), untyped(principal))


def test_an_identity_that_is_made_anew_is_somebody_else(group: Arm) -> None:
    first = group.put(IDENTITY, {"location": LOCATION})["properties"]["principalId"]
    group.put(assignment(GROUP), given(principal=first))
    assert group.call("DELETE", IDENTITY)[0] == 200
    group.clock.move(days=1)
    second = group.put(IDENTITY, {"location": LOCATION})["properties"]["principalId"]
    assert second != first
    assert group.refused("PUT", assignment(GROUP), given(principal=second)) == NOT_PERMITTED
    assert group.get(assignment(GROUP))["properties"]["principalId"] == first, (
        "an assignment outlasts whom it is of"
    )


def test_an_assignment_goes_with_what_it_is_at(keys: Arm) -> None:
    keys.put(assignment(KEY), given())
    keys.call("DELETE", VAULT)
    assert keys.listed(f"{HOME}/providers/Microsoft.Authorization/roleAssignments") == []


def test_a_program_replaces_an_assignment_of_somebody_elses_or_elsewhere_and_may_leave_its_name_out() -> None:
    one = handler_of("azure-native:authorization:RoleAssignment")
    old = {
        "scope": VAULT,
        "roleAssignmentName": NAME,
        "principalId": SOMEBODY,
        "roleDefinitionId": definition("Reader"),
    }
    assert one.replaces(old, {**old, "principalId": OBJECT_ID}) == {"principalId"}
    assert one.collides(old, {**old, "principalId": OBJECT_ID})
    assert one.replaces(old, {**old, "scope": KEY}) == {"scope"}
    assert one.replaces(old, {**old, "roleDefinitionId": definition("AcrPull")}) == frozenset()
    digits = "0123456789abcdef"
    made_up = one.automatic_name("reader", digits)
    assert one.problems({**old, "roleAssignmentName": made_up}) == []
    assert made_up == one.automatic_name("reader", digits) != one.automatic_name("writer", digits)
    assert one.problems({**old, "roleAssignmentName": "reader"}) == [
        (
            "roleAssignmentName",
            (
                "InvalidRoleAssignmentId: The role assignment ID 'reader' is not valid. The role assignment ID must "
                "be a GUID."
            ),
        )
    ]
