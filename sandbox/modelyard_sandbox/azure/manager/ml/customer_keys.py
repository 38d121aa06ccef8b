"""Workspaces under a customer's own key: what must hold of the key, and the resource group that Azure makes
("Customer-managed keys for Azure Machine Learning", 2024-05-21; "How to set up customer-managed keys",
2025-02-05; as of 2026-11).

The group holds a Cosmos DB, an AI Search and a storage account in Azure; here it is empty. A deny assignment
keeps everybody else from changing it. It stands until the workspace is purged. Whether Azure Cosmos DB's own
principal may use the key, as Azure asks as well, isn't looked at: which principal that is depends on the
directory.
"""

from __future__ import annotations

import uuid

from modelyard_sandbox.azure.manager.customer_keys import (
    is_on,
    is_protected,
    key_address,
    key_at,
    may_use,
)
from modelyard_sandbox.azure.manager.errors import ArmError, bad_request
from modelyard_sandbox.azure.manager.identities import principal_id, standing_identity
from modelyard_sandbox.azure.manager.ids import GROUP, ResourceId
from modelyard_sandbox.azure.manager.kinds import Write
from modelyard_sandbox.azure.manager.ml.common import names_identity, referred
from modelyard_sandbox.azure.manager.store import Body, Resource, Store

VAULT = "Microsoft.KeyVault/vaults"
WHERE = "properties.encryption"
KEY = f"{WHERE}.keyVaultProperties"
MANAGED_PREFIX = "azureml-rg-"

_GROUPS = uuid.UUID("f0f5cd53-0d51-5fb8-8a35-7b1f7b0c3f0a")
"""Namespace of the ids in groups' names; made up once."""


def check(write: Write, body: Body) -> None:
    """Refuse an encryption whose key isn't there, or can't be used.

    Raises:
        ArmError: so it is.
    """
    encryption: Body = body["properties"].get("encryption", {})
    if encryption.get("status") != "Enabled":
        return
    named: Body = encryption["keyVaultProperties"]
    vault = referred(write.store, named["keyVaultArmId"], VAULT, f"{KEY}.keyVaultArmId")
    if vault.id.subscription.key != write.id.subscription.key:
        raise bad_request(
            "BadRequest", "The key vault must be in the workspace's subscription.", f"{KEY}.keyVaultArmId"
        )
    if not is_protected(vault):
        raise bad_request(
            "BadRequest",
            f"The key vault {vault.id.name} must have soft delete and purge protection.",
            f"{KEY}.keyVaultArmId",
        )
    _check_key(write, body, named, vault)


def _check_key(write: Write, body: Body, named: Body, vault: Resource) -> None:
    address = key_address(named["keyIdentifier"])
    if address is None or not address.version:
        raise bad_request(
            "BadRequest",
            f"The key identifier {named['keyIdentifier']} is invalid: it must be a key's address with the "
            "version, as https://VAULT.vault.azure.net/keys/KEY/VERSION.",
            f"{KEY}.keyIdentifier",
        )
    key = key_at(write.store, named["keyIdentifier"])
    if key is None or key.id.parent is None or key.id.parent.key != vault.id.key:
        raise bad_request(
            "BadRequest",
            f"The key {named['keyIdentifier']} was not found in key vault {vault.id.name}.",
            f"{KEY}.keyIdentifier",
        )
    if not is_on(key):
        raise bad_request("BadRequest", f"The key {key.id.name} is disabled.", f"{KEY}.keyIdentifier")
    _check_access(write, body, key)


def _check_access(write: Write, body: Body, key: Resource) -> None:
    chosen: str | None = body["properties"]["encryption"].get("identity", {}).get("userAssignedIdentity")
    primary: str | None = chosen or body["properties"].get("primaryUserAssignedIdentity")
    if chosen and not names_identity(body, chosen):
        raise bad_request(
            "BadRequest",
            f"The user assigned identity {chosen} is not among the workspace's identities.",
            f"{WHERE}.identity.userAssignedIdentity",
        )
    if primary is None:
        # The workspace's own identity is made with it, and Azure gives it the key itself.
        return
    identity = standing_identity(write.store, primary)
    if identity is None or not may_use(write.store, principal_id(identity), key):
        raise ArmError(
            403,
            "Forbidden",
            f"The identity {primary} may not get, wrap and unwrap with the key {key.id.name}.",
            f"{KEY}.keyIdentifier",
        )


def group_name(workspace: Resource) -> str | None:
    """The name of the resource group that Azure makes for a workspace; None where it makes none."""
    if workspace.properties.get("encryption", {}).get("status") != "Enabled":
        return None
    unique = uuid.uuid5(_GROUPS, workspace.properties["workspaceId"])
    return f"{MANAGED_PREFIX}{workspace.id.name}_{unique}"


def make_group(store: Store, workspace: Resource) -> None:
    """Make the group of a new workspace, if it gets one."""
    name = group_name(workspace)
    if name is None:
        return
    store.write(
        _group_id(workspace, name),
        {
            "location": workspace.location,
            "managedBy": workspace.id.text,
            "properties": {"provisioningState": "Succeeded"},
        },
    )


def end_group(store: Store, workspace: Resource) -> None:
    """Take a purged workspace's group away."""
    name = group_name(workspace)
    if name is not None:
        store.drop(_group_id(workspace, name))


def check_denied(store: Store, id_: ResourceId, work: str) -> None:
    """Refuse to write or delete what lies in a group that Azure keeps for a workspace.

    Raises:
        ArmError: DenyAssignmentAuthorizationFailed.
    """
    group = id_.group
    found = store.get(group) if group is not None else None
    if found is None or not found.id.name.startswith(MANAGED_PREFIX) or "managedBy" not in found.body:
        return
    raise ArmError(
        403,
        "DenyAssignmentAuthorizationFailed",
        f"The client has permission to perform action '{id_.type}/{work}' on scope '{id_.text}'; however, "
        f"the access is denied because of the deny assignment of '{found.body['managedBy']}' on "
        f"{found.id.text}.",
    )


def _group_id(workspace: Resource, name: str) -> ResourceId:
    subscription = workspace.id.subscription
    return ResourceId(f"{subscription.text}/resourceGroups/{name}", GROUP, name, subscription)
