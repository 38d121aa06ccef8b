"""A storage account's blob service (REST reference: Blob Services, 2024-01-01; "Point-in-time restore for
block blobs"; Azure/azure-rest-api-specs#11236, recognizegroup/terraform#461 and #462; as of 2026-11).
"""

from __future__ import annotations

from typing_extensions import override

from modelyard_sandbox.azure.manager.account_immutability import IMMUTABLE
from modelyard_sandbox.azure.manager.errors import ArmError, bad_request, conflict
from modelyard_sandbox.azure.manager.ids import ResourceId
from modelyard_sandbox.azure.manager.kinds import ANSWERED, DEFAULT_ONLY, Naming, Write, filled
from modelyard_sandbox.azure.manager.object_replication_state import SOURCE, backed_up, policies_at, side_of
from modelyard_sandbox.azure.manager.shapes import flag, many, number, record, text
from modelyard_sandbox.azure.manager.storage import ACCOUNT, BLOB_SERVICE, StorageKind, service_defaults
from modelyard_sandbox.azure.manager.storage_answers import sku_of
from modelyard_sandbox.azure.manager.store import Body, Resource, Store
from modelyard_sandbox.azure.manager.times import timestamp

RETENTION = record(
    "DeleteRetentionPolicy", {"enabled": flag(), "days": number(1, 365), "allowPermanentDelete": flag()}
)
NOT_WITH_NAMESPACE = {
    "isVersioningEnabled": "Blob versioning",
    "changeFeed": "Change feed",
    "restorePolicy": "Point-in-time restore",
}
"""What an account with a hierarchical namespace doesn't have."""


class BlobService(StorageKind):
    """The settings of an account's blobs: `default`, which comes and goes with the account."""

    type = BLOB_SERVICE
    naming = Naming(DEFAULT_ONLY, "blob service", "it must be 'default'", target="blobServicesName")
    parent_type = ACCOUNT
    located = False
    patched = False
    listed_in = frozenset[str]()
    shape = record(
        "BlobServiceProperties",
        {
            "properties": record(
                "BlobServicePropertiesProperties",
                {
                    "automaticSnapshotPolicyEnabled": flag(),
                    "changeFeed": record(
                        "ChangeFeed", {"enabled": flag(), "retentionInDays": number(1, 146_000)}
                    ),
                    "containerDeleteRetentionPolicy": RETENTION,
                    "cors": record(
                        "CorsRules",
                        {
                            "corsRules": many(
                                record(
                                    "CorsRule",
                                    {
                                        "allowedHeaders": many(text()),
                                        "allowedMethods": many(text()),
                                        "allowedOrigins": many(text()),
                                        "exposedHeaders": many(text()),
                                        "maxAgeInSeconds": number(0),
                                    },
                                )
                            )
                        },
                    ),
                    "defaultServiceVersion": text(),
                    "deleteRetentionPolicy": RETENTION,
                    "isVersioningEnabled": flag(),
                    "lastAccessTimeTrackingPolicy": record(
                        "LastAccessTimeTrackingPolicy",
                        {
                            "blobType": many(text()),
                            "enable": flag(),
                            "name": text("AccessTimeTracking"),
                            "trackingGranularityInDays": number(1, 1),
                        },
                        required=("enable",),
                    ),
                    "restorePolicy": record(
                        "RestorePolicyProperties",
                        {"enabled": flag(), "days": number(1, 365)},
                        required=("enabled",),
                        read_only=("lastEnabledTime", "minRestoreTime"),
                    ),
                },
            )
        },
        read_only=(*ANSWERED, "sku"),
    )

    @override
    def settle(self, write: Write) -> Body:
        properties = filled(write.properties, service_defaults())
        account = account_of(write.store, write.id)
        for name, feature in NOT_WITH_NAMESPACE.items():
            if account.properties.get("isHnsEnabled") and _is_on(properties.get(name)):
                raise conflict(
                    "FeatureNotSupportedForAccount",
                    f"{feature} is not supported for the account.",
                    f"properties.{name}",
                )
        _check_restore(properties)
        _check_days(properties)
        _check_use(write.store, account, properties)
        return {"properties": _restored_since(properties, write.old, timestamp(write.store.now()))}

    @override
    def check_deletion(self, store: Store, resource: Resource) -> None:
        raise ArmError(405, "HttpMethodNotAllowed", "The http method 'DELETE' is not supported here.")

    @override
    def answer(self, store: Store, resource: Resource) -> Body:
        return {**super().answer(store, resource), "sku": sku_of(account_of(store, resource.id))}


def account_of(store: Store, id_: ResourceId) -> Resource:
    """The account that something lies in."""
    place = id_.ancestor(ACCOUNT)
    account = store.get(place) if place else None
    assert account is not None  # noqa: S101  (its parent was checked)
    return account


def _is_on(setting: object) -> bool:
    return bool(setting.get("enabled")) if isinstance(setting, dict) else bool(setting)


def _check_days(properties: Body) -> None:
    """What is kept is kept for some days; a restore reaches less far back than what it restores from, even
    while it is off.
    """
    for name in ("deleteRetentionPolicy", "containerDeleteRetentionPolicy", "restorePolicy"):
        policy: Body = properties.get(name, {})
        if policy.get("enabled") and not policy.get("days"):
            raise _refused(True, f"{name}.enabled", "it needs days.", name)
    days: int | None = properties.get("restorePolicy", {}).get("days")
    kept = {
        "deleteRetentionPolicy.days": properties["deleteRetentionPolicy"].get("days"),
        "changeFeed.retentionInDays": properties.get("changeFeed", {}).get("retentionInDays"),
    }
    for name, longer in kept.items():
        if days is not None and longer is not None and days >= longer:
            raise _refused(
                days, "restorePolicy.days", f"it must be less than {name}, {longer}.", "restorePolicy"
            )


def _check_restore(properties: Body) -> None:
    """Point-in-time restore needs soft delete, versions and the change feed."""
    restore = properties.get("restorePolicy", {})
    if not restore.get("enabled"):
        return
    for name in ("deleteRetentionPolicy", "changeFeed", "isVersioningEnabled"):
        if not _is_on(properties.get(name)):
            raise _refused(
                True,
                "restorePolicy",
                f"it needs {name}, and fewer days than deleteRetentionPolicy.",
                "restorePolicy",
            )
    if properties["deleteRetentionPolicy"].get("allowPermanentDelete"):
        raise _refused(
            True,
            "allowPermanentDelete",
            "it can't be used with point-in-time restore.",
            "deleteRetentionPolicy",
        )


def _check_use(store: Store, account: Resource, properties: Body) -> None:
    """What replication and immutable versions are built on stays on while they are used."""
    replicated = list(policies_at(store, account.id))
    copied = bool(backed_up(store, account.id))
    users = {
        "Object Replication": bool(replicated) or copied,
        "version-level immutability": _has_immutable(store, account),
    }
    for user, uses in users.items():
        if uses and not _is_on(properties.get("isVersioningEnabled")):
            raise _in_use("isVersioningEnabled", user, "isVersioningEnabled")
    read = copied or any(side_of(account.id, policy.properties) == SOURCE for policy in replicated)
    if read and not _is_on(properties.get("changeFeed")):
        raise _in_use("Change Feed", "Object Replication", "changeFeed")


def _has_immutable(store: Store, account: Resource) -> bool:
    containers = store.within(account.id, f"{BLOB_SERVICE}/containers")
    return any(_is_on(container.properties.get(IMMUTABLE)) for container in containers)


def _restored_since(properties: Body, old: Resource | None, now: str) -> Body:
    """The settings with the time since when a restore has been possible."""
    restore: Body = properties.get("restorePolicy", {})
    if not restore.get("enabled"):
        return properties
    before: Body = old.properties.get("restorePolicy", {}) if old else {}
    since = before.get("lastEnabledTime", now) if before.get("enabled") else now
    return {**properties, "restorePolicy": {**restore, "lastEnabledTime": since, "minRestoreTime": since}}


def _in_use(name: str, user: str, path: str) -> ArmError:
    return bad_request(
        "InvalidRequestPropertyValue",
        f"The value 'False' is not allowed for property {name} because {user} is enabled.",
        f"properties.{path}",
    )


def _refused(value: object, name: str, why: str, path: str) -> ArmError:
    said = f"The value '{value}' is not allowed for property {name}: {why}"
    return bad_request("InvalidRequestPropertyValue", said, f"properties.{path}")
