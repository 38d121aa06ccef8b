"""The storage account of the state: who reaches it, how it is encrypted, how long versions are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelyard.catalog.azure import region
from modelyard_cli.bootstrap.azure.naming import CONTAINER, STATE_KEY
from modelyard_cli.bootstrap.azure.patience import patiently
from modelyard_cli.bootstrap.azure.resource import ArmResource, Document, Setting, read, tagged, tags_setting

if TYPE_CHECKING:
    from modelyard.environment.azure.spec import AzureEnvironment
    from modelyard_cli.account.azure.session import Session
    from modelyard_cli.bootstrap.azure.naming import StateNames
    from modelyard_cli.bootstrap.azure.reach import Reach

API_VERSION = "2024-01-01"
"""Of storage (REST reference, 2026-11)."""

KEPT_DAYS = 180
"""Days that earlier versions of the state are kept."""

DELETED_DAYS = 90
"""Days that what was deleted can be brought back."""

PROPERTIES = "properties"
CUSTOMER, MICROSOFT = "customer", "microsoft"
SOURCES = {CUSTOMER: "Microsoft.Keyvault", MICROSOFT: "Microsoft.Storage"}
"""Whose key encrypts the account, and Azure's name of it."""


class StateAccount(ArmResource):
    """The account."""

    def write(self, found: Document | None) -> None:
        """Make it so; a refusal of its key may be one that passes."""
        put = super().write
        patiently(
            lambda: put(found),
            lambda code: "KeyVault" in code,
            "wait: a role counts up to ten minutes after it was assigned, and the account's identity got its "
            "role on the key just now",
        )


def state_account(
    session: Session, environment: AzureEnvironment, names: StateNames, reach: Reach, key: str | None
) -> StateAccount:
    """The account. `key` is CUSTOMER or MICROSOFT; None leaves it as it is, and makes it CUSTOMER."""

    def body(found: Document | None) -> Document:
        now: dict[str, Any] = read(found or {}, (PROPERTIES,), {})
        return {
            "location": session.region,
            "kind": "StorageV2",
            "sku": {"name": read(found or {}, ("sku", "name"), redundancy(environment))},
            "tags": tagged(found, names.tags),
            "identity": _identity(found, names, key),
            PROPERTIES: {
                "accessTier": "Hot",
                "allowBlobPublicAccess": False,
                "allowCrossTenantReplication": False,
                "allowSharedKeyAccess": False,
                "defaultToOAuthAuthentication": True,
                "encryption": _encryption(now.get("encryption"), names, key),
                "isLocalUserEnabled": False,
                "minimumTlsVersion": "TLS1_2",
                "networkAcls": reach.rules(found),
                "publicNetworkAccess": "Enabled",
                "supportsHttpsTrafficOnly": True,
            },
        }

    return StateAccount(
        arm=session.arm,
        id=names.account_id,
        api_version=API_VERSION,
        subject=f"storage account {names.account}",
        why="holds the state",
        region=session.region,
        created=f"{redundancy(environment)}, {key or CUSTOMER}'s key, no shared keys, TLS 1.2",
        body=body,
        settings=[
            _setting("anonymous reading", "allowBlobPublicAccess", wanted=False, unset=False),
            _setting("shared keys", "allowSharedKeyAccess", wanted=False, unset=True),
            _setting("HTTPS only", "supportsHttpsTrafficOnly", wanted=True, unset=True),
            _setting("least version of TLS", "minimumTlsVersion", wanted="TLS1_2", unset="TLS1_0"),
            _setting("public endpoint", "publicNetworkAccess", wanted="Enabled", unset="Enabled"),
            *([] if key is None else [_source(key)]),
            *reach.settings(),
            tags_setting(names.tags),
        ],
    )


def redundancy(environment: AzureEnvironment) -> str:
    """How Azure copies the state of a new account: over zones where there are any, and to the recovery region
    where that is the pair of the primary one.
    """
    primary, recovery = region(environment.regions.primary), environment.regions.recovery
    zones = primary.availability_zones
    if recovery is not None and primary.pair == recovery:
        return "Standard_RAGZRS" if zones else "Standard_RAGRS"
    return "Standard_ZRS" if zones else "Standard_LRS"


def blob_service(session: Session, names: StateNames) -> ArmResource:
    """Versions and soft deletion."""
    kinds = {
        "deleteRetentionPolicy": "soft deletion of blobs",
        "containerDeleteRetentionPolicy": "soft deletion of containers",
    }

    def body(found: Document | None) -> Document:
        kept = {name: _deleted_days(read(found or {}, (PROPERTIES, name))) for name in kinds}
        days = {name: {"enabled": True, "days": max(DELETED_DAYS, now)} for name, now in kept.items()}
        return {PROPERTIES: {"isVersioningEnabled": True, **days}}

    return ArmResource(
        arm=session.arm,
        id=f"{names.account_id}/blobServices/default",
        api_version=API_VERSION,
        subject=f"versions in {names.account}",
        why="keeps every version of the state, and for a while what was deleted",
        region=session.region,
        created=f"on; what is deleted is kept for {DELETED_DAYS} days",
        body=body,
        settings=[
            _setting("versioning", "isVersioningEnabled", wanted=True, unset=False),
            *(
                Setting(what, (PROPERTIES, name), f"{DELETED_DAYS} days", None, _days)
                for name, what in kinds.items()
            ),
        ],
    )


def container(session: Session, names: StateNames) -> ArmResource:
    """The container of the state."""
    return ArmResource(
        arm=session.arm,
        id=names.container_id,
        api_version=API_VERSION,
        subject=f"container {CONTAINER} of {names.account}",
        why="is where Pulumi keeps the state",
        region=session.region,
        created="private",
        body=lambda _: {PROPERTIES: {"publicAccess": "None"}},
        settings=[_setting("anonymous reading", "publicAccess", wanted="None", unset="None")],
    )


def retention(session: Session, names: StateNames) -> ArmResource:
    """The rule by which old versions go; somebody's other rules stay."""
    ours = {
        "name": "versions",
        "type": "Lifecycle",
        "enabled": True,
        "definition": {
            "filters": {"blobTypes": ["blockBlob"]},
            "actions": {"version": {"delete": {"daysAfterCreationGreaterThan": KEPT_DAYS}}},
        },
    }

    def body(found: Document | None) -> Document:
        others = [
            rule
            for rule in read(found or {}, (PROPERTIES, "policy", "rules"), [])
            if rule["name"] != ours["name"] and _version_days(rule) is None
        ]
        return {PROPERTIES: {"policy": {"rules": [*others, ours]}}}

    return ArmResource(
        arm=session.arm,
        id=f"{names.account_id}/managementPolicies/default",
        api_version=API_VERSION,
        subject=f"lifecycle in {names.account}",
        why=f"lets versions go that are older than {KEPT_DAYS} days",
        region=session.region,
        created=f"versions are kept for {KEPT_DAYS} days",
        body=body,
        settings=[Setting("versions", (PROPERTIES,), f"kept for {KEPT_DAYS} days", None, _kept)],
    )


def _setting(what: str, name: str, *, wanted: Any, unset: Any) -> Setting:
    return Setting(what, (PROPERTIES, name), wanted, unset)


def _source(key: str) -> Setting:
    return Setting(
        "key", (PROPERTIES, "encryption", "keySource"), SOURCES[key], SOURCES[MICROSOFT], lambda value: value
    )


def _encryption(now: dict[str, Any] | None, names: StateNames, key: str | None) -> dict[str, Any]:
    # Whether it is encrypted twice is settled when the account is made.
    twice = True if now is None else bool(now.get("requireInfrastructureEncryption"))
    services = {name: {"enabled": True, "keyType": "Account"} for name in ("blob", "file")}
    common = {"services": services, "requireInfrastructureEncryption": twice}
    source = SOURCES[key or CUSTOMER] if now is None or key else now.get("keySource", SOURCES[MICROSOFT])
    if source == SOURCES[MICROSOFT]:
        return {**common, "keySource": source}
    if now is not None and now.get("keySource") == source:
        # Whose key it is stays: ours, or another one that somebody chose.
        kept = {name: now[name] for name in ("identity", "keyvaultproperties") if name in now}
        return {**common, "keySource": source, **kept}
    return {
        **common,
        "keySource": source,
        "identity": {"userAssignedIdentity": names.identity_id(names.state_identity)},
        "keyvaultproperties": {"keyname": STATE_KEY, "keyvaulturi": names.vault_uri},
    }


def _identity(found: Document | None, names: StateNames, key: str | None) -> dict[str, Any]:
    """The account's identities: those that it has, and the one that the customer's key takes."""
    now: dict[str, Any] = read(found or {}, ("identity",), {})
    held = {name: dict[str, Any]() for name in now.get("userAssignedIdentities", {})}
    if key == CUSTOMER or (found is None and key is None):
        held[names.identity_id(names.state_identity)] = {}
    system = "SystemAssigned" in str(now.get("type", ""))
    kinds = [*(["SystemAssigned"] if system else []), *(["UserAssigned"] if held else [])]
    return {"type": ",".join(kinds) or "None", **({"userAssignedIdentities": held} if held else {})}


def _days(value: Any) -> str:
    """How long what was deleted is kept; longer than we would is as right."""
    if isinstance(value, str):
        return value
    days = _deleted_days(value)
    return f"{min(days, DELETED_DAYS)} days" if days else "off"


def _deleted_days(policy: Any) -> int:
    return int(policy["days"]) if policy and policy.get("enabled") else 0


def _kept(value: Any) -> str:
    """For how long versions are kept, of a policy's properties; longer than we would is as right."""
    if isinstance(value, str):
        return value
    found = [
        days
        for rule in read(value or {}, ("policy", "rules"), [])
        if (days := _version_days(rule)) is not None and rule.get("enabled", True)
    ]
    return f"kept for {min(KEPT_DAYS, *found):.0f} days" if found else "kept for ever"


def _version_days(rule: dict[str, Any]) -> float | None:
    """Days after which a rule deletes versions of any blob; None for one that doesn't."""
    if read(rule, ("definition", "filters", "prefixMatch"), []):
        return None
    return read(rule, ("definition", "actions", "version", "delete", "daysAfterCreationGreaterThan"))
