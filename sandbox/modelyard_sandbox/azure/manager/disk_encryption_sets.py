"""Disk encryption sets (REST reference, 2024-03-02; "Server-side encryption of Azure Disk Storage"; as of
2026-11).

The set looks for its key with a user-assigned identity when it is made; with its own, which nobody can have
given a role by then, not before a disk is encrypted. The vault's purge protection isn't asked for
(hashicorp/terraform-provider-azurerm#20250).
"""

from __future__ import annotations

import re

from typing_extensions import override

from modelyard_sandbox.azure.manager.customer_keys import is_on, key_address, key_at, may_use
from modelyard_sandbox.azure.manager.errors import ArmError, bad_request, conflict, not_found
from modelyard_sandbox.azure.manager.identities import (
    IDENTITY_SHAPE,
    USER,
    check_identity,
    principal_id,
    shown_identity,
    standing_identity,
)
from modelyard_sandbox.azure.manager.ids import ResourceId, is_resource_id, resource_id
from modelyard_sandbox.azure.manager.kinds import Kind, Naming, Write, envelope, filled
from modelyard_sandbox.azure.manager.shapes import flag, record, text
from modelyard_sandbox.azure.manager.store import Body, Resource, Store
from modelyard_sandbox.azure.manager.times import timestamp
from modelyard_sandbox.azure.manager.vaults import VAULT

DISK_ENCRYPTION_SET = "Microsoft.Compute/diskEncryptionSets"
NAME = re.compile(r"[a-zA-Z0-9_-]{1,80}")
CUSTOMER_KEY = "EncryptionAtRestWithCustomerKey"
TYPES = (
    CUSTOMER_KEY,
    "EncryptionAtRestWithPlatformAndCustomerKeys",
    "ConfidentialVmEncryptedWithCustomerKey",
)
DEFAULTS: Body = {"encryptionType": CUSTOMER_KEY, "rotationToLatestKeyVersionEnabled": False}


class DiskEncryptionSet(Kind):
    """A disk encryption set: by which key disks are encrypted, and who may use it for that."""

    type = DISK_ENCRYPTION_SET
    naming = Naming(
        NAME,
        "disk encryption set",
        "it has 1 to 80 letters, digits, underscores and hyphens",
        "InvalidParameter",
        "diskEncryptionSetName",
    )
    api_versions = ("2022-07-02", "2023-01-02", "2023-04-02", "2023-10-02", "2024-03-02", "2025-01-02")
    shape = envelope(
        "DiskEncryptionSet",
        record(
            "DiskEncryptionSetProperties",
            {
                "activeKey": record(
                    "KeyForDiskEncryptionSet",
                    {"keyUrl": text(), "sourceVault": record("SourceVault", {"id": text()})},
                    required=("keyUrl",),
                ),
                "encryptionType": text(*TYPES),
                "federatedClientId": text(),
                "rotationToLatestKeyVersionEnabled": flag(),
            },
            read_only=(
                *("autoKeyRotationError", "lastKeyRotationTimestamp", "previousKeys"),
                "provisioningState",
            ),
        ),
        identity=IDENTITY_SHAPE,
    )

    @override
    def settle(self, write: Write) -> Body:
        check_identity(write)
        properties = filled(write.properties, DEFAULTS)
        if write.old is not None:
            _check_same_type(properties, write.old)
        if "activeKey" not in properties:
            raise _missing("activeKey")
        if not write.asked.get("identity") or write.asked["identity"]["type"] == "None":
            raise _missing("identity")
        _check_key(write, properties["activeKey"])
        return {**write.asked, "properties": properties}

    @override
    def answer(self, store: Store, resource: Resource) -> Body:
        properties: Body = {
            **resource.properties,
            "previousKeys": [],
            "provisioningState": "Succeeded",
        }
        if resource.properties["rotationToLatestKeyVersionEnabled"]:
            properties["lastKeyRotationTimestamp"] = timestamp(resource.created)
        shown = {**super().answer(store, resource), **shown_identity(store, resource)}
        return {**shown, "properties": properties}


def _check_same_type(properties: Body, old: Resource) -> None:
    if properties["encryptionType"] != old.properties["encryptionType"]:
        raise conflict("PropertyChangeNotAllowed", "Changing property 'encryptionType' is not allowed.")


def _check_key(write: Write, asked: Body) -> None:
    url: str = asked["keyUrl"]
    address = key_address(url)
    if address is None or not address.version:
        raise bad_request(
            "InvalidParameter",
            f"The key URL '{url}' is invalid: it must be https://VAULT.vault.azure.net/keys/KEY/VERSION.",
            "properties.activeKey.keyUrl",
        )
    vault = _vault(write, asked)
    if vault is not None and vault.id.name.lower() != address.vault.lower():
        raise bad_request(
            "InvalidParameter",
            f"The key URL '{url}' is of another vault than the source vault '{vault.id.text}'.",
            "properties.activeKey.keyUrl",
        )
    key = key_at(write.store, url)
    if key is None:
        raise not_found("KeyVaultKeyNotFound", f"The key vault key '{url}' was not found.")
    holder = key.id.ancestor(VAULT)
    standing = write.store.get(holder) if holder else None
    if standing is not None and standing.location != write.asked["location"]:
        raise bad_request(
            "InvalidParameter",
            f"The key vault '{standing.id.text}' is in region '{standing.location}' and the disk encryption "
            f"set in region '{write.asked['location']}': they must be in the same one.",
            "properties.activeKey",
        )
    if not is_on(key):
        raise bad_request("KeyVaultKeyDisabled", f"The key vault key '{url}' is disabled.")
    _check_access(write, key, url)


def _vault(write: Write, asked: Body) -> Resource | None:
    named: str | None = asked.get("sourceVault", {}).get("id")
    if named is None:
        return None
    place: ResourceId | None = resource_id(named) if is_resource_id(named) else None
    found = write.store.get(place) if place is not None and place.kind == VAULT.lower() else None
    if found is None:
        raise not_found("KeyVaultNotFound", f"The source vault '{named}' was not found.")
    if found.id.subscription.key != write.id.subscription.key:
        raise bad_request(
            "InvalidParameter",
            f"The source vault '{named}' must be in the subscription of the disk encryption set.",
            "properties.activeKey.sourceVault",
        )
    return found


def _check_access(write: Write, key: Resource, url: str) -> None:
    identity: Body = write.asked["identity"]
    for id_ in identity.get("userAssignedIdentities", {}) if USER in identity["type"] else ():
        user = standing_identity(write.store, id_)
        if user is None or not may_use(write.store, principal_id(user), key):
            raise bad_request(
                "KeyVaultAccessForbidden",
                f"Unable to access key vault resource '{url}' to enable encryption at rest. Please grant "
                f"get, wrap and unwrap key permissions to user-assigned identity '{id_}'. Please visit "
                "https://aka.ms/keyvaultaccessssecmk for more information.",
            )


def _missing(name: str) -> ArmError:
    return bad_request("InvalidParameter", f"Required parameter '{name}' is missing (null).", name)
