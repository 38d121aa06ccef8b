"""Who may do what: the roles that a principal holds, and the keys that it may use.

A role that is assigned at a scope holds for all that lies in it ("Understand scope for Azure RBAC", 2026-11).
An assignment counts at once, where Azure takes up to ten minutes; its condition isn't looked at, and nobody
is in a group.
"""

from __future__ import annotations

from collections.abc import Collection

from modelyard_sandbox.azure.manager.ids import ResourceId
from modelyard_sandbox.azure.manager.role_definitions import ROLES, role_id
from modelyard_sandbox.azure.manager.store import Body, Resource, Store

ROLE_ASSIGNMENT = "Microsoft.Authorization/roleAssignments"
KEY_USERS = (
    "Key Vault Crypto Service Encryption User",
    "Key Vault Crypto User",
    "Key Vault Crypto Officer",
    "Key Vault Administrator",
)
"""Roles whose data actions include wrap and unwrap ("Azure built-in roles for Key Vault data plane
operations", 2026-11).
"""
KEY_PERMISSIONS = frozenset({"get", "wrapkey", "unwrapkey"})
"""What an access policy must permit instead, in a vault that isn't under RBAC, in lower case."""


def holds(store: Store, principal_id: str, roles: Collection[str], scope: ResourceId) -> bool:
    """Whether a principal has any of these roles at a scope, or at one around it.

    Args:
        store: what stands.
        principal_id: the principal's object id.
        roles: names of built-in roles; KeyError for one that the sandbox doesn't know.
        scope: what it is to be held at: a subscription, a group, a resource or a part of one.
    """
    wanted = {ROLES[role] for role in roles}
    for assignment in store.of_type(ROLE_ASSIGNMENT):
        place = assignment.id.parent
        whose: str = assignment.properties["principalId"]
        if (
            place is not None
            and whose.lower() == principal_id.lower()
            and scope.is_in(place)
            and role_id(assignment.properties["roleDefinitionId"]) in wanted
        ):
            return True
    return False


def may_use_key(store: Store, principal_id: str, vault_id: ResourceId, key_name: str) -> bool:
    """Whether a principal may wrap and unwrap with a key of a vault: by a role at the key, the vault or
    around it, or by an access policy, whichever the vault goes by. Whether the key stands isn't asked.
    """
    vault = store.get(vault_id)
    if vault is None:
        return False
    if not vault.properties.get("enableRbacAuthorization"):
        return _has_policy(vault, principal_id)
    key = ResourceId(f"{vault.id.text}/keys/{key_name}", f"{vault.id.type}/keys", key_name, vault.id)
    return holds(store, principal_id, KEY_USERS, key)


def _has_policy(vault: Resource, principal_id: str) -> bool:
    policies: list[Body] = vault.properties.get("accessPolicies", [])
    for policy in policies:
        permitted = {word.lower() for word in policy["permissions"].get("keys", [])}
        mine = policy["objectId"].lower() == principal_id.lower()
        if mine and ("all" in permitted or permitted >= KEY_PERMISSIONS):
            return True
    return False
