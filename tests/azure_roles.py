"""Role assignments' documents, and the store of a resource manager: what tests of access on Azure share."""

from __future__ import annotations

from typing import Any

from arming import SUBSCRIPTION, Arm

from modelyard_sandbox.azure.manager.role_definitions import ROLES
from modelyard_sandbox.azure.manager.store import Store

NAME = "0b9b4dd6-5a5d-5c5f-9a2b-1c4c3f6f7a10"
SOMEBODY = "44444444-4444-4444-4444-444444444444"


def definition(role: str, subscription: str = SUBSCRIPTION) -> str:
    """The id of a role, in a subscription or in none."""
    place = f"/subscriptions/{subscription}" if subscription else ""
    return f"{place}/providers/Microsoft.Authorization/roleDefinitions/{ROLES[role]}"


def assignment(scope: str, name: str = NAME) -> str:
    """The id of an assignment."""
    return f"{scope}/providers/Microsoft.Authorization/roleAssignments/{name}"


def given(role: str = "Reader", principal: str = SOMEBODY, **properties: Any) -> dict[str, Any]:
    """An assignment's document."""
    asked = {"roleDefinitionId": definition(role), "principalId": principal, **properties}
    return {"properties": {"principalType": "ServicePrincipal", **asked}}


def store_of(arm: Arm) -> Store:
    """What a resource manager holds."""
    return arm.client.application.store
