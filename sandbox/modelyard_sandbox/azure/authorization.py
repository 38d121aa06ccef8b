"""Roles: who may do what, and where."""

from __future__ import annotations

import uuid

from typing_extensions import override

from modelyard_sandbox.azure.handler import ArmHandler
from modelyard_sandbox.azure.translate import Form

_NAMES = uuid.UUID("0f0c2f0a-2c2e-5a55-8d8c-5cf1f2a5a0b4")
"""Namespace of names that are made up; made up once."""


class RoleAssignment(ArmHandler):
    """A role of a principal at a scope: a subscription, a group, a resource or a part of one, as a key.

    Known are those of Azure's built-in roles that components and deployers of modelyard use, the common ones
    beside them, and roles of one's own. What a role permits isn't asked of whoever calls; whether an
    identity may use a key is asked where a service uses one. Conditions aren't carried out, users and groups
    aren't looked up, and a scope above a subscription isn't known.
    """

    type = "azure-native:authorization:RoleAssignment"
    path = "/{scope}/providers/Microsoft.Authorization/roleAssignments/{roleAssignmentName}"
    api_version = "2022-04-01"
    form = Form(frozenset({"id", "name", "type"}))
    body = frozenset(
        {
            "condition",
            "conditionVersion",
            "delegatedManagedIdentityResourceId",
            "description",
            "principalId",
            "principalType",
            "roleDefinitionId",
        }
    )
    needed = frozenset({"principalId", "roleDefinitionId"})
    fixed = frozenset({"principalId"})
    name_input = "roleAssignmentName"
    chosen = frozenset({"principalType"})
    changing_outputs = frozenset({"updatedBy", "updatedOn"})

    @override
    def automatic_name(self, logical: str, digits: str) -> str:
        """A GUID, as Azure wants it."""
        return str(uuid.uuid5(_NAMES, f"{logical}{digits}"))
