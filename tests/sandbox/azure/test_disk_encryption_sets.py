"""Disk encryption sets: by which key, and whether it may be used."""

from __future__ import annotations

from typing import Any

import pytest
from arming import GROUP, HOME, LOCATION, OTHER_SUBSCRIPTION, SUBSCRIPTION, VAULT, Arm, key, vault

SET = f"{GROUP}/providers/Microsoft.Compute/diskEncryptionSets/disks"
IDENTITY = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/disks"
KEY = f"{VAULT}/keys/volumes"
ROLES = f"{HOME}/providers/Microsoft.Authorization/roleDefinitions"
ENCRYPTION_USER = f"{ROLES}/e147488a-f6f5-4113-8e2d-b22465e65bf6"
ASSIGNMENT = f"{KEY}/providers/Microsoft.Authorization/roleAssignments/0b9b4dd6-5a5d-5c5f-9a2b-1c4c3f6f7a10"
BOTH_KEYS = "EncryptionAtRestWithPlatformAndCustomerKeys"


@pytest.fixture
def keyed(group: Arm) -> Arm:
    """A vault with a key, and an identity that may use it."""
    group.put(VAULT, vault(enablePurgeProtection=True))
    group.put(KEY, key())
    principal = group.put(IDENTITY, {"location": LOCATION})["properties"]["principalId"]
    assigned = {"roleDefinitionId": ENCRYPTION_USER, "principalId": principal}
    group.put(ASSIGNMENT, {"properties": {**assigned, "principalType": "ServicePrincipal"}})
    return group


def url_of(arm: Arm, name: str = KEY) -> str:
    return arm.get(name)["properties"]["keyUriWithVersion"]


def asked(url: str, **properties: Any) -> dict[str, Any]:
    identity = {"type": "UserAssigned", "userAssignedIdentities": {IDENTITY: {}}}
    active = {"keyUrl": url, "sourceVault": {"id": VAULT}}
    return {
        "location": LOCATION,
        "identity": identity,
        "properties": {"activeKey": active, **properties},
    }


def test_a_set_is_made_and_shows_its_key_and_its_identity(keyed: Arm) -> None:
    url = url_of(keyed)
    made = keyed.put(SET, asked(url, encryptionType=BOTH_KEYS, rotationToLatestKeyVersionEnabled=True))
    assert made["properties"] == {
        "activeKey": {"keyUrl": url, "sourceVault": {"id": VAULT}},
        "encryptionType": BOTH_KEYS,
        "rotationToLatestKeyVersionEnabled": True,
        "previousKeys": [],
        "lastKeyRotationTimestamp": "2026-11-25T12:00:00.0000000Z",
        "provisioningState": "Succeeded",
    }
    shown = made["identity"]["userAssignedIdentities"][IDENTITY]
    assert shown["principalId"] == keyed.get(IDENTITY)["properties"]["principalId"]
    assert keyed.put(SET, made)["properties"] == made["properties"], "an answer can be sent back"
    assert keyed.listed(f"{HOME}/providers/Microsoft.Compute/diskEncryptionSets") == ["disks"]
    assert keyed.call("DELETE", SET)[0] == 200


def test_a_sets_key_may_change_and_its_kind_of_encryption_may_not(keyed: Arm) -> None:
    made = keyed.put(SET, asked(url_of(keyed)))
    assert made["properties"]["encryptionType"] == "EncryptionAtRestWithCustomerKey"
    assert "lastKeyRotationTimestamp" not in made["properties"]
    other = KEY.replace("volumes", "disks")
    keyed.put(other, key())
    assert keyed.refused("PUT", SET, asked(url_of(keyed, other)))[1] == "KeyVaultAccessForbidden"
    vaults = ASSIGNMENT.replace(KEY, VAULT).replace("0b9b", "1b9b")
    assignment = {**keyed.get(ASSIGNMENT)["properties"], "scope": None}
    kept = {name: assignment[name] for name in ("roleDefinitionId", "principalId", "principalType")}
    keyed.put(vaults, {"properties": kept})
    keyed.put(SET, asked(url_of(keyed, other)))
    assert keyed.refused("PUT", SET, asked(url_of(keyed), encryptionType=BOTH_KEYS)) == (
        409,
        "PropertyChangeNotAllowed",
        "Changing property 'encryptionType' is not allowed.",
    )


def test_a_set_needs_an_identity_that_may_use_the_key(keyed: Arm) -> None:
    keyed.call("DELETE", ASSIGNMENT)
    url = url_of(keyed)
    assert keyed.refused("PUT", SET, asked(url)) == (
        400,
        "KeyVaultAccessForbidden",
        (
            f"Unable to access key vault resource '{url}' to enable encryption at rest. Please grant get, wrap and "
            f"unwrap key permissions to user-assigned identity '{IDENTITY}'. Please visit "
            "https://aka.ms/keyvaultaccessssecmk for more information."
        ),
    )
    own = {**asked(url), "identity": {"type": "SystemAssigned"}}
    assert keyed.put(SET, own)["identity"].keys() == {"type", "principalId", "tenantId"}


def test_a_set_without_a_key_or_an_identity_is_refused(keyed: Arm) -> None:
    bare = asked(url_of(keyed))
    del bare["identity"]
    missing = "Required parameter '{}' is missing (null)."
    assert keyed.refused("PUT", SET, bare) == (400, "InvalidParameter", missing.format("identity"))
    none = {**bare, "identity": {"type": "None"}}
    assert keyed.refused("PUT", SET, none) == (400, "InvalidParameter", missing.format("identity"))
    keyless = {**asked(""), "properties": {}}
    assert keyed.refused("PUT", SET, keyless) == (400, "InvalidParameter", missing.format("activeKey"))
    assert keyed.refused("PUT", SET.replace("/disks", "/a.b"), bare) == (
        400,
        "InvalidParameter",
        (
            "The disk encryption set name 'a.b' is invalid: it has 1 to 80 letters, digits, underscores and hyphens."
        ),
    )


def test_a_key_that_can_not_be_used_is_refused(keyed: Arm) -> None:
    url = url_of(keyed)
    bare = url.rpartition("/")[0]
    for wrong in (bare, f"{bare}/", "volumes", "https://vault1.vault.azure.net/secrets/volumes/0123"):
        assert keyed.refused("PUT", SET, asked(wrong)) == (
            400,
            "InvalidParameter",
            f"The key URL '{wrong}' is invalid: it must be https://VAULT.vault.azure.net/keys/KEY/VERSION.",
        )
    assert keyed.refused("PUT", SET, asked(f"{bare}/0123")) == (
        404,
        "KeyVaultKeyNotFound",
        f"The key vault key '{bare}/0123' was not found.",
    )
    off = KEY.replace("volumes", "off")
    keyed.put(off, key(attributes={"enabled": False}))
    assert keyed.refused("PUT", SET, asked(url_of(keyed, off))) == (
        400,
        "KeyVaultKeyDisabled",
        f"The key vault key '{url_of(keyed, off)}' is disabled.",
    )
    assert keyed.refused("PUT", SET, {**asked(url), "location": "eastus"}) == (
        400,
        "InvalidParameter",
        (
            f"The key vault '{VAULT}' is in region 'westeurope' and the disk encryption set in region 'eastus': they "
            "must be in the same one."
        ),
    )


def test_the_vault_of_a_key_is_the_one_that_is_named(keyed: Arm) -> None:
    url, second = url_of(keyed), VAULT.replace("vault1", "vault2")

    def at(id_: str) -> dict[str, Any]:
        body = asked(url)
        body["properties"]["activeKey"]["sourceVault"]["id"] = id_
        return body

    for wrong in (second, GROUP, "vault1"):
        assert keyed.refused("PUT", SET, at(wrong)) == (
            404,
            "KeyVaultNotFound",
            f"The source vault '{wrong}' was not found.",
        )
    keyed.put(second, vault())
    assert keyed.refused("PUT", SET, at(second)) == (
        400,
        "InvalidParameter",
        f"The key URL '{url}' is of another vault than the source vault '{second}'.",
    )
    elsewhere = VAULT.replace(SUBSCRIPTION, OTHER_SUBSCRIPTION).replace("vault1", "vault3")
    keyed.put(elsewhere.partition("/providers")[0], {"location": LOCATION})
    keyed.put(elsewhere, vault())
    assert keyed.refused("PUT", SET, at(elsewhere)) == (
        400,
        "InvalidParameter",
        f"The source vault '{elsewhere}' must be in the subscription of the disk encryption set.",
    )
    unnamed = asked(url)
    del unnamed["properties"]["activeKey"]["sourceVault"]
    keyed.put(SET, unnamed)
