"""Backup vaults (REST reference: Backup Vaults, 2025-01-01; "Immutable vault for Azure Backup", "Enhanced
soft delete for Azure Backup", "Encrypt backup data in the Backup vault by using customer-managed keys";
errors as in Azure/azure-rest-api-specs#26598 and hashicorp/terraform-provider-azurerm#27817; as of 2026-11).

A vault may be made as Locked at once, of which Azure's pages say nothing. Where they show no words for a
refusal, they are the sandbox's.
"""

from __future__ import annotations

import re
from datetime import timedelta

from typing_extensions import override

from modelyard_sandbox.azure.manager.backup_guards import REDUCE_IMMUTABILITY, REDUCE_SOFT_DELETE, is_guarded
from modelyard_sandbox.azure.manager.backup_kinds import (
    BACKUP_INSTANCE,
    BACKUP_VAULT,
    GUARD_PROXY,
    BackupKind,
    invalid,
)
from modelyard_sandbox.azure.manager.backup_shapes import VAULT
from modelyard_sandbox.azure.manager.customer_keys import is_on, is_protected, key_at, may_use, vault_at
from modelyard_sandbox.azure.manager.errors import ArmError, bad_request
from modelyard_sandbox.azure.manager.identities import (
    IDENTITY_SHAPE,
    check_identity,
    principal_id,
    shown_identity,
    standing_identity,
)
from modelyard_sandbox.azure.manager.kinds import Write, envelope, filled
from modelyard_sandbox.azure.manager.shapes import text
from modelyard_sandbox.azure.manager.store import Body, Resource, Store

DEFAULTS: Body = {
    "featureSettings": {"crossSubscriptionRestoreSettings": {"state": "Enabled"}},
    "monitoringSettings": {"azureMonitorAlertSettings": {"alertsForAllJobFailures": "Enabled"}},
    "securitySettings": {
        "immutabilitySettings": {"state": "Disabled"},
        "softDeleteSettings": {"state": "On", "retentionDurationInDays": 14},
    },
}
DELETED = "deletedInstances"
"""Beside the properties, and not shown: until when each deleted instance is kept, in seconds since 1970; by
its name in lower case.
"""


class BackupVault(BackupKind):
    """A backup vault."""

    type = BACKUP_VAULT
    asynchronous = frozenset({"PUT", "PATCH", "DELETE"})
    name_pattern = re.compile(r"[a-zA-Z0-9-]{2,50}")
    name_said = "2 to 50 letters, digits and hyphens"
    shape = envelope(
        "BackupVaultResource",
        VAULT,
        ("location", "properties"),
        eTag=text(),
        identity=IDENTITY_SHAPE,
    )

    @override
    def settle(self, write: Write) -> Body:
        check_identity(write)
        old = write.old.properties if write.old else {}
        kept: Body = {name: old[name] for name in ("featureSettings", "securitySettings") if name in old}
        properties = filled(filled(write.properties, kept), DEFAULTS)
        _check_storage(properties, old)
        _check_irreversible(properties, old)
        _check_guard(write, properties, old)
        _check_key(write, properties["securitySettings"].get("encryptionSettings", {}), old)
        properties.pop("resourceGuardOperationRequests", None)
        deleted: Body = write.old.body[DELETED] if write.old else {}
        body = {name: part for name, part in write.asked.items() if name != "eTag"}
        return {**body, "properties": properties, DELETED: deleted}

    @override
    def check_deletion(self, store: Store, resource: Resource) -> None:
        now = store.now().timestamp()
        standing = sorted(found.id.name for found in store.within(resource.id, BACKUP_INSTANCE))
        kept = sorted(name for name, until in resource.body[DELETED].items() if until > now)
        what = {"backup instances": standing, "soft-deleted backup instances": kept}
        for said, names in what.items():
            if names:
                raise bad_request(
                    "UserErrorVaultNotEmpty",
                    "Vault cannot be deleted as there are existing resources within the vault: "
                    f"{said} {', '.join(names)}.",
                )

    @override
    def answer(self, store: Store, resource: Resource) -> Body:
        answer = {**super().answer(store, resource), **shown_identity(store, resource)}
        del answer[DELETED]
        guarded = any(store.within(resource.id, GUARD_PROXY))
        properties = {
            **resource.properties,
            "isVaultProtectedByResourceGuard": guarded,
            "provisioningState": "Succeeded",
        }
        return {**answer, "properties": properties}


def keep_deleted(store: Store, instance: Resource, vault: Resource) -> None:
    """Keep a deleted instance for as long as its vault says, unless that keeps none."""
    settings: Body = vault.properties["securitySettings"]["softDeleteSettings"]
    if settings["state"] == "Off":
        return
    until = store.now() + timedelta(days=settings["retentionDurationInDays"])
    vault.body[DELETED][instance.id.name.lower()] = until.timestamp()


def is_immutable(vault: Resource) -> bool:
    """Whether a vault keeps its recovery points from being deleted."""
    return not _is_off(vault.properties["securitySettings"])


def _check_storage(properties: Body, old: Body) -> None:
    settings: list[Body] = properties["storageSettings"]
    if len(settings) != 1:
        raise invalid("a vault has one storage setting.", "properties.storageSettings")
    if old and settings != old["storageSettings"]:
        raise bad_request(
            "UserErrorStorageSettingsCannotBeChanged",
            "The storage settings of a vault can't be changed.",
            "properties.storageSettings",
        )
    across: Body = properties["featureSettings"].get("crossRegionRestoreSettings", {})
    was: Body = old.get("featureSettings", {}).get("crossRegionRestoreSettings", {}) if old else {}
    if across.get("state") == "Enabled" and settings[0]["type"] != "GeoRedundant":
        raise bad_request(
            "UserErrorCrossRegionRestoreNotSupported",
            "Cross region restore can be enabled only on a vault whose storage is GeoRedundant.",
            "properties.featureSettings.crossRegionRestoreSettings",
        )
    if was.get("state") == "Enabled" and across.get("state") != "Enabled":
        raise bad_request(
            "UserErrorCrossRegionRestoreCannotBeDisabled",
            "Cross region restore can't be disabled once it is enabled.",
            "properties.featureSettings.crossRegionRestoreSettings",
        )


def _check_irreversible(properties: Body, old: Body) -> None:
    if not old:
        return
    now, was = properties["securitySettings"], old["securitySettings"]
    if was["immutabilitySettings"]["state"] == "Locked" != now["immutabilitySettings"]["state"]:
        raise bad_request(
            "UserErrorUnsupportedVaultImmutabilityStateChange",
            "The immutable vault property for this vault is locked, hence, this setting cannot be disabled. "
            "The vault has its immutable vault property enabled and locked, and it can no longer be reverted "
            "to a non-immutable vault. Refer to the documentation to learn more: "
            "https://aka.ms/AB-ImmutableVaults-States",
            "properties.securitySettings.immutabilitySettings",
        )
    if was["softDeleteSettings"]["state"] == "AlwaysOn" != now["softDeleteSettings"]["state"]:
        raise bad_request(
            "UserErrorSoftDeleteStateCannotBeChanged",
            "The soft delete state of a vault can't be changed once it is AlwaysOn.",
            "properties.securitySettings.softDeleteSettings",
        )
    encryption: Body = now.get("encryptionSettings", {})
    before: Body = was.get("encryptionSettings", {})
    twice = "infrastructureEncryption"
    if encryption.get(twice, "Disabled") != before.get(twice, "Disabled"):
        raise bad_request(
            "UserErrorInfrastructureEncryptionCannotBeChanged",
            "The infrastructure encryption of a vault can only be set when it is created.",
            "properties.securitySettings.encryptionSettings",
        )


def _check_guard(write: Write, properties: Body, old: Body) -> None:
    """A guarded vault's protection is lessened only by a request that the guard's owner has allowed."""
    if write.old is None:
        return
    requests: list[str] = write.properties.get("resourceGuardOperationRequests", [])
    now, was = properties["securitySettings"], old["securitySettings"]
    soft, before = now["softDeleteSettings"], was["softDeleteSettings"]
    lessened = {
        REDUCE_IMMUTABILITY: ("disabling immutability", _is_off(now) and not _is_off(was)),
        REDUCE_SOFT_DELETE: (
            "lessening soft delete",
            soft["retentionDurationInDays"] < before["retentionDurationInDays"]
            or (soft["state"] == "Off" != before["state"]),
        ),
    }
    for operation, (what, is_asked) in lessened.items():
        if is_asked and is_guarded(write.store, write.old, operation, requests):
            raise denied_by_guard(what)


def _is_off(security: Body) -> bool:
    return security["immutabilitySettings"]["state"] == "Disabled"


def denied_by_guard(what: str) -> ArmError:
    """The error for a critical operation on a guarded vault."""
    return ArmError(
        403,
        "UserErrorMissingResourceGuardOperationRequest",
        f"The vault is protected by a Resource Guard: {what} needs resourceGuardOperationRequests.",
        "properties.resourceGuardOperationRequests",
    )


def _check_key(write: Write, encryption: Body, old: Body) -> None:
    was: Body = old.get("securitySettings", {}).get("encryptionSettings", {}) if old else {}
    where = "properties.securitySettings.encryptionSettings"
    if encryption.get("state") != "Enabled":
        if was.get("state") == "Enabled":
            raise bad_request(
                "UserErrorCMKCannotBeDisabled",
                "Encryption by customer-managed keys can't be disabled once it is enabled.",
                where,
            )
        return
    url: str = encryption.get("keyVaultProperties", {}).get("keyUri", "")
    identity: Body = encryption.get("kekIdentity", {})
    principal = _principal(write, identity)
    if principal is None:
        raise invalid("the identity of the encryption must be one of the vault's.", f"{where}.kekIdentity")
    vault, key = vault_at(write.store, url), key_at(write.store, url)
    if vault is not None and not is_protected(vault):
        raise bad_request(
            "UserErrorCMKPurgeProtectionNotEnabledOnVault",
            f"Soft delete and purge protection must be enabled on the key vault '{vault.id.name}'.",
            where,
        )
    if key is None or not is_on(key) or not may_use(write.store, principal, key):
        raise bad_request(
            "UserErrorCMKKeyVaultAuthFailure",
            f"The identity of the vault can't use the key '{url}': the key must be there, and the identity "
            "be allowed to get, wrap and unwrap with it.",
            where,
        )


def _principal(write: Write, identity: Body) -> str | None:
    """Who uses the key; None if it is none of the vault's identities. An identity of the vault's own is known
    only once the vault stands.
    """
    if identity.get("identityType") == "UserAssigned":
        named: str = identity.get("identityId", "")
        found = standing_identity(write.store, named)
        own: Body = write.asked.get("identity", {}).get("userAssignedIdentities", {})
        mine = named.lower() in (id_.lower() for id_ in own)
        return principal_id(found) if found and mine else None
    if "SystemAssigned" not in write.asked.get("identity", {}).get("type", ""):
        return None
    return principal_id(write.old) if write.old else ""
