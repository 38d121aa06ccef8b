"""What may be changed of a workspace that stands (REST reference: WorkspacePropertiesUpdateParameters,
2025-12-01; "Set up customer-managed keys", "Managed virtual network isolation"; as of 2026-11).
"""

from __future__ import annotations

from typing import Any

from modelyard_sandbox.azure.manager.errors import bad_request
from modelyard_sandbox.azure.manager.kinds import Write
from modelyard_sandbox.azure.manager.ml.common import fixed, same_id
from modelyard_sandbox.azure.manager.store import Body

ISOLATION = ("Disabled", "AllowInternetOutbound", "AllowOnlyApprovedOutbound")
"""From the loosest to the strictest: never back."""
SYSTEM = "SystemAssigned"


def check_changes(write: Write, body: Body) -> None:
    """Refuse a workspace's new body that differs from the old one in what stays.

    Raises:
        ArmError: it does.
    """
    assert write.old is not None  # noqa: S101  (only what stands is changed)
    old, before, after = write.old.body, write.old.properties, body["properties"]
    for name in ("keyVault", "storageAccount"):
        if not same_id(before.get(name), after.get(name)):
            raise fixed(f"The {name} of a workspace", f"properties.{name}")
    for name in ("hbiWorkspace", "enableServiceSideCMKEncryption"):
        if before.get(name, False) != after.get(name, False):
            raise fixed(f"The {name} of a workspace", f"properties.{name}")
    if old["kind"] != body["kind"]:
        raise fixed("The kind of a workspace", "kind")
    if SYSTEM in old["identity"]["type"] and SYSTEM not in body["identity"]["type"]:
        raise fixed("The system assigned identity of a workspace", "identity.type")
    _check_encryption(before.get("encryption"), after.get("encryption"))
    _check_isolation(before, after)


def _check_encryption(before: Body | None, after: Body | None) -> None:
    if _status(before) != _status(after):
        raise fixed("The encryption status of a workspace", "properties.encryption.status")
    if before is None or after is None:
        return
    vaults: list[Any] = [part["keyVaultProperties"]["keyVaultArmId"] for part in (before, after)]
    if not same_id(*vaults):
        raise fixed(
            "The key vault of a workspace's encryption",
            "properties.encryption.keyVaultProperties.keyVaultArmId",
        )


def _status(encryption: Body | None) -> str:
    return encryption["status"] if encryption else "Disabled"


def _check_isolation(before: Body, after: Body) -> None:
    was, is_ = (part.get("managedNetwork", {}).get("isolationMode", "Disabled") for part in (before, after))
    if ISOLATION.index(is_) < ISOLATION.index(was):
        raise bad_request(
            "BadRequest",
            f"The isolation mode of a managed network can not be changed from {was} to {is_}.",
            "properties.managedNetwork.isolationMode",
        )
