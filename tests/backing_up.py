"""Backup vaults at a resource manager, and what they protect."""

from __future__ import annotations

from typing import Any

from arming import ACCOUNT, GROUP, LOCATION, Arm, account
from azure_lives.backups import CONTRIBUTOR, COPIED, KEPT, instance, policy
from keyed import assign

BACKUPS = f"{GROUP}/providers/Microsoft.DataProtection"
VAULT = f"{BACKUPS}/backupVaults/backups"
POLICY = f"{VAULT}/backupPolicies/daily"
INSTANCE = f"{VAULT}/backupInstances/account1"
OWN = {"type": "SystemAssigned"}
VAULT_DOCUMENT: dict[str, Any] = {
    "location": LOCATION,
    "identity": OWN,
    "properties": {"storageSettings": [{"datastoreType": "VaultStore", "type": "GeoRedundant"}]},
}


def vault(
    immutability: str = "Disabled", soft: str = "Off", redundancy: str = "GeoRedundant", **settings: Any
) -> dict[str, Any]:
    """A vault's document; the settings go to its properties."""
    security = {
        "immutabilitySettings": {"state": immutability},
        "softDeleteSettings": {"state": soft, "retentionDurationInDays": settings.pop("days", 14)},
        **settings.pop("security", {}),
    }
    store = [{"datastoreType": "VaultStore", "type": redundancy}]
    properties = {"storageSettings": store, "securitySettings": security, **settings}
    return {"location": LOCATION, "identity": OWN, "properties": properties}


def across(state: str) -> dict[str, Any]:
    return {"featureSettings": {"crossRegionRestoreSettings": {"state": state}}}


def copied(arm: Arm, id_: str, **parts: Any) -> None:
    """An account with a container that a vault can take."""
    arm.put(id_, account(**{"properties": COPIED, **parts}))
    arm.put(f"{id_}/blobServices/default", {"properties": KEPT})
    arm.put(f"{id_}/blobServices/default/containers/data", {})


def protect(arm: Arm, document: dict[str, Any]) -> None:
    """A vault that protects an account."""
    made = arm.put(VAULT, document)
    copied(arm, ACCOUNT)
    assign(arm, ACCOUNT, CONTRIBUTOR, made["identity"]["principalId"])
    arm.put(POLICY, {"properties": policy()})
    arm.put(INSTANCE, {"properties": instance("data")})


def prepare(arm: Arm) -> Arm:
    """An account with a container, and a vault with a policy that may back it up."""
    copied(arm, ACCOUNT)
    made = arm.put(VAULT, VAULT_DOCUMENT)
    arm.put(POLICY, {"properties": policy()})
    assign(arm, ACCOUNT, CONTRIBUTOR, made["identity"]["principalId"])
    return arm


def protection(*containers: str, **parts: Any) -> dict[str, Any]:
    """An instance's document."""
    return {"properties": {**instance(*(containers or ("data",))), **parts}}
