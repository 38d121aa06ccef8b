"""Workspaces under a customer's key: the key, who may use it, and the group that Azure makes."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from arming import (
    ACCOUNT,
    GROUP,
    HOME,
    SUBSCRIPTION,
    TENANT,
    VAULT,
    Arm,
    Maker,
    account,
    key,
    standing,
    vault,
)
from azure_lives import machine_learning
from azure_lives.machine_learning import IN_GROUP, PLACED
from azure_ml import IDENTITY, USER, WORKSPACE, grant, identity, workspace

from modelyard.planning.azure.roles import role_definition_id

KEY = f"{VAULT}/keys/workspace"
OPEN_VAULT = VAULT.replace("vault1", "open")


def encrypted(address: str, **parts: Any) -> dict[str, Any]:
    named = {"keyVaultArmId": VAULT, "keyIdentifier": address, **parts.pop("named", {})}
    encryption = {"status": "Enabled", "keyVaultProperties": named, **parts}
    return workspace({**USER, "type": "SystemAssigned,UserAssigned"}, encryption=encryption, **BY_USER)


BY_USER = {"primaryUserAssignedIdentity": IDENTITY}


@pytest.fixture
def keyed(parts: Arm) -> tuple[Arm, str, str]:
    """With a key and an identity: the key's address with its version, the principal's id."""
    made = parts.put(KEY, key())
    return parts, made["properties"]["keyUriWithVersion"], identity(parts)


def test_a_workspace_under_a_key_makes_a_group_that_nobody_may_change(keyed: tuple[Arm, str, str]) -> None:
    arm, address, principal = keyed
    grant(arm, principal, "Key Vault Crypto Service Encryption User", KEY)
    made = arm.put(WORKSPACE, encrypted(address))["properties"]
    name = made["serviceProvisionedResourceGroup"]
    assert name.startswith("azureml-rg-ml-dev_")
    managed = f"{HOME}/resourceGroups/{name}"
    assert arm.get(managed)["managedBy"] == WORKSPACE
    inside = f"{managed}/providers/Microsoft.Storage/storageAccounts/mine"
    for method, place, body, action in (
        ("PUT", inside, account(), "Microsoft.Storage/storageAccounts/write"),
        ("PATCH", managed, {"tags": {"owner": "me"}}, "Microsoft.Resources/resourceGroups/write"),
        ("DELETE", managed, None, "Microsoft.Resources/resourceGroups/delete"),
    ):
        assert arm.refused(method, place, body) == (
            403,
            "DenyAssignmentAuthorizationFailed",
            (
                f"The client has permission to perform action '{action}' on scope '{place}'; however, the access "
                f"is denied because of the deny assignment of '{WORKSPACE}' on {managed}."
            ),
        )


def test_the_group_stands_until_the_workspace_is_purged(keyed: tuple[Arm, str, str]) -> None:
    arm, address, principal = keyed
    grant(arm, principal, "Key Vault Crypto User", GROUP)
    name = arm.put(WORKSPACE, encrypted(address))["properties"]["serviceProvisionedResourceGroup"]
    arm.call("DELETE", WORKSPACE)
    assert name in arm.listed(f"{HOME}/resourcegroups"), "and goes on costing"
    arm.call("DELETE", WORKSPACE, query={"forceToPurge": "true"})
    assert name not in arm.listed(f"{HOME}/resourcegroups")


def test_an_identity_that_may_not_use_the_key_is_refused(keyed: tuple[Arm, str, str]) -> None:
    arm, address, _ = keyed
    assert arm.refused("PUT", WORKSPACE, encrypted(address)) == (
        403,
        "Forbidden",
        f"The identity {IDENTITY} may not get, wrap and unwrap with the key workspace.",
    )


def test_an_identity_that_is_not_the_workspaces_is_refused(keyed: tuple[Arm, str, str]) -> None:
    arm, address, _ = keyed
    other = {"userAssignedIdentity": f"{IDENTITY}-2"}
    assert arm.refused("PUT", WORKSPACE, encrypted(address, identity=other)) == (
        400,
        "BadRequest",
        f"The user assigned identity {IDENTITY}-2 is not among the workspace's identities.",
    )


def test_a_key_is_named_with_its_version_and_must_stand_and_be_on(keyed: tuple[Arm, str, str]) -> None:
    arm, address, _ = keyed
    bare = address.rpartition("/")[0]
    assert arm.refused("PUT", WORKSPACE, encrypted(bare)) == (
        400,
        "BadRequest",
        (
            f"The key identifier {bare} is invalid: it must be a key's address with the version, as "
            "https://VAULT.vault.azure.net/keys/KEY/VERSION."
        ),
    )
    other = f"{bare}/{'0' * 32}"
    assert arm.refused("PUT", WORKSPACE, encrypted(other)) == (
        400,
        "BadRequest",
        f"The key {other} was not found in key vault vault1.",
    )
    off = arm.put(f"{VAULT}/keys/off", key(attributes={"enabled": False}))["properties"]["keyUriWithVersion"]
    assert arm.refused("PUT", WORKSPACE, encrypted(off)) == (400, "BadRequest", "The key off is disabled.")


def test_a_vault_that_can_be_purged_is_refused(keyed: tuple[Arm, str, str]) -> None:
    arm, address, _ = keyed
    arm.put(OPEN_VAULT, vault())
    assert arm.refused("PUT", WORKSPACE, encrypted(address, named={"keyVaultArmId": OPEN_VAULT})) == (
        400,
        "BadRequest",
        "The key vault open must have soft delete and purge protection.",
    )


def test_only_another_key_of_the_same_vault_may_follow(keyed: tuple[Arm, str, str]) -> None:
    arm, address, principal = keyed
    grant(arm, principal, "Key Vault Crypto Service Encryption User", GROUP)
    arm.put(WORKSPACE, encrypted(address))
    newer = arm.put(f"{VAULT}/keys/newer", key())["properties"]["keyUriWithVersion"]
    arm.put(WORKSPACE, encrypted(newer))
    safe = VAULT.replace("vault1", "safe1")
    arm.put(safe, vault(enablePurgeProtection=True))
    elsewhere = arm.put(f"{safe}/keys/k", key())["properties"]["keyUriWithVersion"]
    assert arm.refused("PUT", WORKSPACE, encrypted(elsewhere, named={"keyVaultArmId": safe})) == (
        400,
        "BadRequest",
        "The key vault of a workspace's encryption can not be changed after creation.",
    )
    assert arm.refused("PUT", WORKSPACE, encrypted(newer, status="Disabled")) == (
        400,
        "BadRequest",
        "The encryption status of a workspace can not be changed after creation.",
    )
    assert ACCOUNT in str(arm.get(WORKSPACE))


def test_the_group_that_azure_made_is_no_resource_of_anybodys(make: Maker) -> None:
    machine_learning.furnish(make)
    who = make("managedidentity:UserAssignedIdentity", **PLACED, resourceName="worker")[0]
    locked = {
        "sku": {"family": "A", "name": "standard"},
        "tenantId": TENANT,
        "enableRbacAuthorization": True,
        "enablePurgeProtection": True,
    }
    vault_id = make("keyvault:Vault", **PLACED, vaultName="keys1", properties=locked)[0]
    named = make("keyvault:Key", **IN_GROUP, vaultName="keys1", keyName="k", properties={"kty": "RSA"})[1]
    grant_to = make.cloud.get(who, "2023-01-31")["properties"]["principalId"]
    assigned = f"{vault_id}/providers/Microsoft.Authorization/roleAssignments/{uuid.uuid4()}"
    role = role_definition_id(SUBSCRIPTION, "Key Vault Crypto Service Encryption User")
    properties = {"principalId": grant_to, "roleDefinitionId": role, "principalType": "ServicePrincipal"}
    make.cloud.put(assigned, "2022-04-01", {"properties": properties})
    both = {"type": "SystemAssigned,UserAssigned", "userAssignedIdentities": [who]}
    _, outputs = make(
        "machinelearningservices:Workspace",
        **{**machine_learning.WORKSPACE, "workspaceName": "ml-key", "identity": both},
        primaryUserAssignedIdentity=who,
        encryption={
            "status": "Enabled",
            "identity": {"userAssignedIdentity": who},
            "keyVaultProperties": {"keyVaultArmId": vault_id, "keyIdentifier": named["keyUriWithVersion"]},
        },
    )
    assert outputs["serviceProvisionedResourceGroup"].startswith("azureml-rg-ml-key_")
    groups = [id_ for type_, id_ in standing(make.cloud) if type_ == "azure-native:resources:ResourceGroup"]
    assert groups == [GROUP]
