"""A key of the customer's own at a resource manager, and who may use it."""

from __future__ import annotations

from typing import Any

from arming import GROUP, LOCATION, SUBSCRIPTION, VAULT, Arm, key, vault

ROLES = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions"
ENCRYPTION_USER = "e147488a-f6f5-4113-8e2d-b22465e65bf6"
IDENTITY = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/keeper"
KEY = f"{VAULT}/keys/data"
USER = {"type": "UserAssigned", "userAssignedIdentities": {IDENTITY: {}}}


def identity(arm: Arm, id_: str = IDENTITY) -> dict[str, Any]:
    """A new identity of the user's: its document."""
    return arm.put(id_, {"location": LOCATION})


def protected_key(arm: Arm, kty: str = "RSA") -> str:
    """A key in a vault with purge protection: its address with the version."""
    arm.put(VAULT, vault(enablePurgeProtection=True))
    return arm.put(KEY, key(kty))["properties"]["keyUriWithVersion"]


def assign(arm: Arm, scope: str, role: str, principal: str, name: str = "5e1c1c53") -> str:
    """Assign a role, by its id, to a principal; the assignment's id."""
    id_ = f"{scope}/providers/Microsoft.Authorization/roleAssignments/{name}-0000-4000-8000-000000000000"
    properties = {
        "principalId": principal,
        "principalType": "ServicePrincipal",
        "roleDefinitionId": f"{ROLES}/{role}",
    }
    arm.put(id_, {"properties": properties})
    return id_


def usable_key(arm: Arm) -> str:
    """A protected key that the identity may use: its address with the version."""
    made, address = identity(arm), protected_key(arm)
    assign(arm, KEY, ENCRYPTION_USER, made["properties"]["principalId"])
    return address
