"""Disk encryption sets."""

from __future__ import annotations

from types import MappingProxyType

from modelyard_sandbox.azure.handler import GROUP_PATH, ArmHandler
from modelyard_sandbox.azure.identity import IDENTITY_FORM
from modelyard_sandbox.azure.translate import Form


class DiskEncryptionSet(ArmHandler):
    """By which key disks are encrypted, and the identity that uses it.

    No disk is, and a key isn't rotated. A user-assigned identity must be allowed to use the key; the set's
    own identity isn't asked about. Another tenant's vaults aren't known.
    """

    type = "azure-native:compute:DiskEncryptionSet"
    path = f"{GROUP_PATH}/providers/Microsoft.Compute/diskEncryptionSets/{{diskEncryptionSetName}}"
    api_version = "2024-03-02"
    form = Form(
        frozenset({"id", "identity", "location", "name", "systemData", "tags", "type"}),
        inner={"identity": IDENTITY_FORM},
    )
    body = frozenset(
        {
            "activeKey",
            "encryptionType",
            "federatedClientId",
            "identity",
            "location",
            "rotationToLatestKeyVersionEnabled",
            "tags",
        }
    )
    fixed = frozenset({"location"})
    enriched = frozenset({"identity"})
    name_input = "diskEncryptionSetName"
    listed_at = "providers/Microsoft.Compute/diskEncryptionSets"
    assumed = MappingProxyType({"encryptionType": "EncryptionAtRestWithCustomerKey"})
