"""A storage account's blob service and its containers (REST reference, 2024-01-01; as of 2026-11)."""

from __future__ import annotations

import re

from typing_extensions import override

from modelyard_sandbox.azure.manager.errors import ArmError, bad_request, conflict
from modelyard_sandbox.azure.manager.ids import ResourceId
from modelyard_sandbox.azure.manager.kinds import ANSWERED, Write, filled
from modelyard_sandbox.azure.manager.shapes import flag, many, mapping, number, record, text
from modelyard_sandbox.azure.manager.storage import (
    ACCOUNT,
    BLOB_SERVICE,
    StorageKind,
    service_defaults,
    sku_of,
    timestamp,
)
from modelyard_sandbox.azure.manager.store import Body, Resource, Store

CONTAINER = f"{BLOB_SERVICE}/containers"
CONTAINER_NAME = re.compile(r"(\$root|\$web|\$logs|[a-z0-9](-?[a-z0-9])*)")
CONTAINER_NAME_LENGTHS = range(3, 64)
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
    def check_name(self, name: str) -> None:
        if name.lower() != "default":
            raise bad_request(
                "InvalidResourceName",
                f"The blob service name '{name}' is invalid: it must be 'default'.",
                "blobServicesName",
            )

    @override
    def settle(self, write: Write) -> Body:
        properties = filled(write.properties, service_defaults())
        account = _account(write.store, write.id)
        for name, feature in NOT_WITH_NAMESPACE.items():
            if account.properties.get("isHnsEnabled") and _is_on(properties.get(name)):
                raise conflict(
                    "FeatureNotSupportedForAccount",
                    f"{feature} is not supported for the account.",
                    f"properties.{name}",
                )
        _check_restore(properties)
        return {"properties": properties}

    @override
    def check_deletion(self, store: Store, resource: Resource) -> None:
        raise ArmError(405, "HttpMethodNotAllowed", "The http method 'DELETE' is not supported here.")

    @override
    def answer(self, store: Store, resource: Resource) -> Body:
        return {**super().answer(store, resource), "sku": sku_of(_account(store, resource.id))}


class BlobContainer(StorageKind):
    """A container of blobs."""

    type = CONTAINER
    parent_type = BLOB_SERVICE
    located = False
    listed_in = frozenset[str]()
    shape = record(
        "BlobContainer",
        {
            "properties": record(
                "ContainerProperties",
                {
                    "defaultEncryptionScope": text(),
                    "denyEncryptionScopeOverride": flag(),
                    "enableNfsV3AllSquash": flag(),
                    "enableNfsV3RootSquash": flag(),
                    "immutableStorageWithVersioning": record(
                        "ImmutableStorageWithVersioning",
                        {"enabled": flag()},
                        read_only=("timeStamp", "migrationState"),
                    ),
                    "metadata": mapping(text()),
                    "publicAccess": text("None", "Blob", "Container"),
                },
                read_only=(
                    "deleted",
                    "hasImmutabilityPolicy",
                    "hasLegalHold",
                    "lastModifiedTime",
                    "leaseState",
                    "leaseStatus",
                    "remainingRetentionDays",
                ),
            )
        },
        read_only=ANSWERED,
    )

    @override
    def check_name(self, name: str) -> None:
        if not CONTAINER_NAME.fullmatch(name):
            raise bad_request(
                "InvalidResourceName",
                f"The specified container name '{name}' is invalid: it has lower-case letters, digits and "
                "single hyphens, and begins and ends with a letter or digit.",
                "containerName",
            )
        if len(name) not in CONTAINER_NAME_LENGTHS:
            raise bad_request(
                "OutOfRangeInput",
                f"The specified container name '{name}' is out of range: it has 3 to 63 characters.",
                "containerName",
            )

    @override
    def settle(self, write: Write) -> Body:
        properties = filled(
            write.properties,
            {
                "defaultEncryptionScope": "$account-encryption-key",
                "denyEncryptionScopeOverride": False,
                "publicAccess": "None",
            },
        )
        account = _account(write.store, write.id)
        if properties["publicAccess"] != "None" and not account.properties.get("allowBlobPublicAccess"):
            raise conflict(
                "PublicAccessNotPermitted",
                "Public access is not permitted on this storage account.",
                "properties.publicAccess",
            )
        return {"properties": properties}

    @override
    def answer(self, store: Store, resource: Resource) -> Body:
        properties = {
            **resource.properties,
            "deleted": False,
            "hasImmutabilityPolicy": False,
            "hasLegalHold": False,
            "lastModifiedTime": timestamp(resource.changed),
            "leaseState": "Available",
            "leaseStatus": "Unlocked",
            "remainingRetentionDays": 0,
        }
        answer = super().answer(store, resource)
        return {**answer, "etag": f'"0x{resource.tag[:8].upper()}"', "properties": properties}


def _account(store: Store, id_: ResourceId) -> Resource:
    place = id_.ancestor(ACCOUNT)
    account = store.get(place) if place else None
    assert account is not None  # noqa: S101  (its parent was checked)
    return account


def _is_on(setting: object) -> bool:
    return bool(setting.get("enabled")) if isinstance(setting, dict) else bool(setting)


def _check_restore(properties: Body) -> None:
    """Point-in-time restore needs soft delete for longer than it reaches back, versions and the change
    feed.
    """
    restore = properties.get("restorePolicy", {})
    if not restore.get("enabled"):
        return
    soft = properties["deleteRetentionPolicy"]
    needed = {
        "deleteRetentionPolicy": bool(soft["enabled"]) and soft.get("days", 0) > restore.get("days", 0),
        "changeFeed": _is_on(properties.get("changeFeed")),
        "isVersioningEnabled": _is_on(properties.get("isVersioningEnabled")),
    }
    for name, given in needed.items():
        if not given:
            raise bad_request(
                "InvalidRequestPropertyValue",
                f"The value 'True' is not allowed for property restorePolicy: it needs {name}, and fewer "
                "days than deleteRetentionPolicy.",
                "properties.restorePolicy",
            )
