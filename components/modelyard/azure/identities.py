"""Identities that services act as, and the roles that they are given."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_azure_native as azure_native

from modelyard.errors import Problem
from modelyard.planning.azure.roles import assignment_name, role_definition_id
from modelyard.wiring.outputs import once

IDENTITY_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_-]{2,127}")
"""Names that an identity may have (Azure Resource Manager, "Naming rules and restrictions", 2026-11)."""

IDENTITY_NAME_WORDS = "3 to 128 letters, digits, hyphens and underscores, the first a letter or digit"
"""The same for a message."""


def unnamed_subscription(name: str, args: Mapping[str, Any]) -> Iterator[Problem]:
    """A problem if the subscription that roles are named in is there without being one."""
    if "subscription_id" in args and not args["subscription_id"].strip():
        yield Problem(
            field=f"{name}.subscription_id",
            given=repr(args["subscription_id"]),
            message="roles are named by the subscription, and this is none",
            allowed="the id of the subscription",
            mend="write its id, as `az account show --query id` tells it",
        )


@dataclass(frozen=True, slots=True)
class Identity:
    """A user-assigned identity as those name it that act as it."""

    id: pulumi.Output[str]
    """Its resource id."""
    client_id: pulumi.Output[str]
    """Id that it signs in by."""
    principal_id: pulumi.Output[str]
    """Id that roles are assigned to."""

    def once(self, *roles: azure_native.authorization.RoleAssignment) -> "Identity":
        """The same for whoever needs the roles that it was given: they wait for those as well."""
        ids = [role.id for role in roles]
        return Identity(*(once(output, *ids) for output in (self.id, self.client_id, self.principal_id)))


def identity(
    name: str,
    *,
    identity_name: str,
    resource_group_name: pulumi.Input[str],
    location: pulumi.Input[str] | None,
    tags: Mapping[str, pulumi.Input[str]] | None,
    parent: pulumi.Resource,
) -> Identity:
    """Make a user-assigned identity; it may do nothing until a role is assigned to it."""
    made = azure_native.managedidentity.UserAssignedIdentity(
        name,
        resource_name_=identity_name,
        resource_group_name=resource_group_name,
        location=location,
        tags=tags,
        opts=pulumi.ResourceOptions(parent=parent),
    )
    return Identity(made.id, made.client_id, made.principal_id)


def assign_role(
    name: str,
    role: str,
    *,
    scope: pulumi.Input[str],
    principal_id: pulumi.Input[str],
    subscription_id: str,
    called: tuple[str, ...],
    parent: pulumi.Resource,
    principal_type: str = "ServicePrincipal",
) -> azure_native.authorization.RoleAssignment:
    """Give an identity, or somebody else, one of Azure's built-in roles.

    Azure takes up to ten minutes, sometimes thirty, to heed an assignment, and nothing says when it does
    (Microsoft, "Troubleshoot Azure RBAC", 2026-11): what is refused until then is taken by another `up`.

    Args:
        name: name of the assignment in the program.
        role: the role's name in modelyard.planning.azure.roles. Raises KeyError for another.
        scope: resource id that the role is given at.
        principal_id: whom it is given to.
        subscription_id: subscription that the role is named in.
        called: plain words that tell the scope and whose it is, unique in the whole tenant, as assignments'
            names have to be: the name is made of them and of the role.
        parent: component that it belongs to.
        principal_type: what that is: ServicePrincipal, as identities are, User or Group.
    """
    return azure_native.authorization.RoleAssignment(
        name,
        role_assignment_name=assignment_name(*called, role),
        scope=scope,
        principal_id=principal_id,
        # Unsaid, Azure looks up what the principal is, and doesn't find one that was made just now.
        principal_type=principal_type,
        role_definition_id=role_definition_id(subscription_id, role),
        opts=pulumi.ResourceOptions(
            parent=parent,
            # Azure changes no assignment, and one of the same name stands in the way of the new one.
            replace_on_changes=["roleDefinitionId", "principalType"],
            delete_before_replace=True,
        ),
    )
