"""Backup vaults: what can't be taken back, whose key they use, and when they can go."""

from __future__ import annotations

from typing import Any

import pytest
from arming import GROUP, LOCATION, Arm, key
from arming import VAULT as KEY_VAULT
from arming import vault as key_vault
from azure_lives.backups import instance
from backing_up import INSTANCE, OWN, VAULT, across, protect, vault
from keyed import ENCRYPTION_USER, IDENTITY, KEY, USER, assign, identity, protected_key, usable_key

DATA = "https://vault1.vault.azure.net/keys/data"


def test_a_vault_shows_what_azure_fills_in(group: Arm) -> None:
    store = [{"datastoreType": "VaultStore", "type": "LocallyRedundant"}]
    made = group.put(VAULT, {"location": LOCATION, "identity": OWN, "properties": {"storageSettings": store}})
    assert made["properties"] == {
        "featureSettings": {"crossSubscriptionRestoreSettings": {"state": "Enabled"}},
        "isVaultProtectedByResourceGuard": False,
        "monitoringSettings": {"azureMonitorAlertSettings": {"alertsForAllJobFailures": "Enabled"}},
        "provisioningState": "Succeeded",
        "securitySettings": {
            "immutabilitySettings": {"state": "Disabled"},
            "softDeleteSettings": {"state": "On", "retentionDurationInDays": 14},
        },
        "storageSettings": store,
    }
    assert made["identity"].keys() == {"type", "principalId", "tenantId"}
    assert "deletedInstances" not in made
    assert group.put(VAULT, made) == made, "an answer can be sent back"


@pytest.mark.parametrize("name", ["b", "back_ups", "b" * 51])
def test_a_vaults_name_is_one(group: Arm, name: str) -> None:
    assert group.refused("PUT", VAULT.replace("/backups", f"/{name}"), vault()) == (
        400,
        "InvalidResourceName",
        f"The name '{name}' of a backupVaults is invalid: it has 2 to 50 letters, digits and hyphens.",
    )


def test_a_vault_has_one_storage_setting_for_good(group: Arm) -> None:
    two = vault()
    two["properties"]["storageSettings"] *= 2
    assert group.refused("PUT", VAULT, two) == (
        400,
        "UserErrorInvalidParameterInRequest",
        "Request parameter is invalid. Here: a vault has one storage setting.",
    )
    group.put(VAULT, vault())
    assert group.refused("PUT", VAULT, vault(redundancy="ZoneRedundant")) == (
        400,
        "UserErrorStorageSettingsCannotBeChanged",
        "The storage settings of a vault can't be changed.",
    )


def test_a_restore_in_another_region_needs_geo_redundancy_and_stays(group: Arm) -> None:
    local = vault(redundancy="ZoneRedundant", **across("Enabled"))
    assert group.refused("PUT", VAULT, local) == (
        400,
        "UserErrorCrossRegionRestoreNotSupported",
        "Cross region restore can be enabled only on a vault whose storage is GeoRedundant.",
    )
    group.put(VAULT, vault(**across("Enabled")))
    assert group.refused("PUT", VAULT, vault(**across("Disabled"))) == (
        400,
        "UserErrorCrossRegionRestoreCannotBeDisabled",
        "Cross region restore can't be disabled once it is enabled.",
    )
    kept = group.put(VAULT, vault())["properties"]["featureSettings"]
    assert kept["crossRegionRestoreSettings"] == {"state": "Enabled"}


def test_a_locked_vault_stays_locked(group: Arm) -> None:
    group.put(VAULT, vault("Unlocked"))
    group.put(VAULT, vault("Disabled"))
    group.put(VAULT, vault("Unlocked"))
    group.put(VAULT, vault("Locked"))
    for state in ("Unlocked", "Disabled"):
        assert group.refused("PUT", VAULT, vault(state)) == (
            400,
            "UserErrorUnsupportedVaultImmutabilityStateChange",
            (
                "The immutable vault property for this vault is locked, hence, this setting cannot be "
                "disabled. The vault has its immutable vault property enabled and locked, and it can no "
                "longer be reverted to a non-immutable vault. Refer to the documentation to learn more: "
                "https://aka.ms/AB-ImmutableVaults-States"
            ),
        )


def test_soft_deletion_that_is_always_on_stays_on(group: Arm) -> None:
    group.put(VAULT, vault(soft="On"))
    group.put(VAULT, vault(soft="Off"))
    group.put(VAULT, vault(soft="AlwaysOn"))
    for state in ("On", "Off"):
        assert group.refused("PUT", VAULT, vault(soft=state)) == (
            400,
            "UserErrorSoftDeleteStateCannotBeChanged",
            "The soft delete state of a vault can't be changed once it is AlwaysOn.",
        )


@pytest.mark.parametrize("days", [13, 181])
def test_days_of_soft_deletion_have_bounds(group: Arm, days: int) -> None:
    _, code, said = group.refused("PUT", VAULT, vault(soft="On", days=days))
    assert code == "InvalidRequestContent"
    assert f"The value '{days}' is not allowed for property 'retentionDurationInDays'." in said


def keyed(document: dict[str, Any], by: dict[str, Any], **encryption: Any) -> dict[str, Any]:
    """The document with a customer's key."""
    settings = {"state": "Enabled", "keyVaultProperties": {"keyUri": DATA}, "kekIdentity": by, **encryption}
    document["properties"]["securitySettings"]["encryptionSettings"] = settings
    return document


BY_USER = {"identityType": "UserAssigned", "identityId": IDENTITY}


def test_a_vault_uses_the_customers_key_by_an_identity_and_keeps_to_it(group: Arm) -> None:
    usable_key(group)
    document = keyed({**vault(), "identity": USER}, BY_USER, infrastructureEncryption="Enabled")
    made = group.put(VAULT, document)["properties"]["securitySettings"]["encryptionSettings"]
    assert made["keyVaultProperties"] == {"keyUri": DATA}
    off = keyed({**vault(), "identity": USER}, BY_USER, state="Disabled")
    assert group.refused("PUT", VAULT, off)[:2] == (400, "UserErrorCMKCannotBeDisabled")
    once = keyed({**vault(), "identity": USER}, BY_USER, infrastructureEncryption="Disabled")
    assert group.refused("PUT", VAULT, once) == (
        400,
        "UserErrorInfrastructureEncryptionCannotBeChanged",
        "The infrastructure encryption of a vault can only be set when it is created.",
    )


def test_a_key_that_a_vault_may_not_use_is_refused(group: Arm) -> None:
    made = identity(group)
    document = keyed({**vault(), "identity": USER}, BY_USER)
    refused = (
        400,
        "UserErrorCMKKeyVaultAuthFailure",
        (
            f"The identity of the vault can't use the key '{DATA}': the key must be there, and the identity be "
            "allowed to get, wrap and unwrap with it."
        ),
    )
    assert group.refused("PUT", VAULT, document) == refused
    protected_key(group)
    assert group.refused("PUT", VAULT, document) == refused
    assign(group, KEY, ENCRYPTION_USER, made["properties"]["principalId"])
    group.put(VAULT, document)


def test_a_vaults_own_identity_uses_a_key_only_once_the_vault_stands(group: Arm) -> None:
    protected_key(group)
    own = {"identityType": "SystemAssigned"}
    assert group.refused("PUT", VAULT, keyed(vault(), own))[1] == "UserErrorCMKKeyVaultAuthFailure"
    made = group.put(VAULT, vault())
    assign(group, KEY, ENCRYPTION_USER, made["identity"]["principalId"])
    group.put(VAULT, keyed(vault(), own))


def test_the_identity_of_the_encryption_must_be_the_vaults(group: Arm) -> None:
    usable_key(group)
    assert group.refused("PUT", VAULT, keyed(vault(), BY_USER)) == (
        400,
        "UserErrorInvalidParameterInRequest",
        "Request parameter is invalid. Here: the identity of the encryption must be one of the vault's.",
    )


def test_a_key_vault_needs_purge_protection(group: Arm) -> None:
    identity(group)
    group.put(KEY_VAULT, key_vault())
    group.put(KEY, key())
    assert group.refused("PUT", VAULT, keyed({**vault(), "identity": USER}, BY_USER)) == (
        400,
        "UserErrorCMKPurgeProtectionNotEnabledOnVault",
        "Soft delete and purge protection must be enabled on the key vault 'vault1'.",
    )


def test_a_vault_with_instances_keeps_itself_and_its_group(group: Arm) -> None:
    protect(group, vault())
    refused = (
        400,
        "UserErrorVaultNotEmpty",
        "Vault cannot be deleted as there are existing resources within the vault: backup instances account1.",
    )
    assert group.refused("DELETE", VAULT) == refused
    assert group.refused("DELETE", GROUP)[1] == "ResourceGroupDeletionBlocked"
    (detail,) = group.call("DELETE", GROUP)[1]["error"]["details"]
    assert (detail["code"], detail["message"]) == refused[1:]
    assert group.call("DELETE", INSTANCE)[0] in (200, 204)
    assert group.call("DELETE", VAULT)[0] in (200, 204)


def test_a_deleted_instance_keeps_the_vault_for_as_long_as_it_is_kept(group: Arm) -> None:
    protect(group, vault(soft="On", days=14))
    group.call("DELETE", INSTANCE)
    assert group.refused("DELETE", VAULT)[2] == (
        "Vault cannot be deleted as there are existing resources within the vault: soft-deleted backup "
        "instances account1."
    )
    group.clock.move(days=14)
    assert group.call("DELETE", VAULT)[0] in (200, 204)


def test_an_instance_that_is_made_again_is_no_longer_deleted(group: Arm) -> None:
    protect(group, vault(soft="On"))
    group.call("DELETE", INSTANCE)
    group.put(INSTANCE.replace("/account1", "/ACCOUNT1"), {"properties": instance("data")})
    assert group.refused("DELETE", VAULT)[2].endswith(": backup instances ACCOUNT1.")


@pytest.mark.parametrize("state", ["Unlocked", "Locked"])
def test_an_immutable_vault_keeps_what_it_has_backed_up(group: Arm, state: str) -> None:
    protect(group, vault(state))
    group.clock.move(days=1)
    assert group.refused("DELETE", INSTANCE) == (
        400,
        "UserErrorOperationNotAllowedOnImmutableVault",
        (
            "The Vault and Backup Item is in Immutable state where destructive operations are not supported. "
            "The Vault and Backup Item is immutable, hence operation is denied. Refer to the documentation to "
            "learn more: https://aka.ms/AB-ImmutableVaults-States"
        ),
    )


def test_an_immutable_vault_without_a_backup_lets_an_instance_go(group: Arm) -> None:
    protect(group, vault("Locked"))
    group.call("DELETE", INSTANCE)
    assert group.refused("GET", INSTANCE)[1] == "ResourceNotFound"
