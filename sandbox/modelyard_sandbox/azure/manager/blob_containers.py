"""The containers of a storage account (REST reference: Blob Containers, 2024-01-01; "Configure immutability
policies for blob versions"; as of 2026-11).

A container that holds blobs can't be deleted under a policy, nor can its account while the policy is locked;
one that is replicated can't be deleted at all, which Azure's pages say of its blobs and not in which words.
"""

from __future__ import annotations

import re

from typing_extensions import override

from modelyard_sandbox.azure.manager.account_immutability import IMMUTABLE
from modelyard_sandbox.azure.manager.blobs import account_of
from modelyard_sandbox.azure.manager.errors import ArmError, bad_request, conflict
from modelyard_sandbox.azure.manager.ids import ResourceId
from modelyard_sandbox.azure.manager.immutability import CONTAINER, LOCKED, POLICY, ImmutabilityPolicy
from modelyard_sandbox.azure.manager.kinds import ANSWERED, Write, filled
from modelyard_sandbox.azure.manager.object_replication_state import backed_up, policy_of_container
from modelyard_sandbox.azure.manager.shapes import flag, mapping, record, text
from modelyard_sandbox.azure.manager.storage import ACCOUNT, BLOB_SERVICE, StorageKind
from modelyard_sandbox.azure.manager.store import Body, Resource, Store
from modelyard_sandbox.azure.manager.times import timestamp

CONTAINER_NAME = re.compile(r"(\$root|\$web|\$logs|[a-z0-9](-?[a-z0-9])*)")
CONTAINER_NAME_LENGTHS = range(3, 64)
FIXED = ("defaultEncryptionScope", "denyEncryptionScopeOverride")
"""What is settled when a container is made."""


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
                    "immutabilityPolicy",
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
        account = account_of(write.store, write.id)
        if properties["publicAccess"] != "None" and not account.properties.get("allowBlobPublicAccess"):
            raise conflict(
                "PublicAccessNotPermitted",
                "Public access is not permitted on this storage account.",
                "properties.publicAccess",
            )
        if account.properties.get(IMMUTABLE, {}).get("enabled"):
            properties = filled(properties, {IMMUTABLE: {"enabled": True}})
        _check_immutability(write, account, properties)
        if write.old is not None:
            properties = _checked(properties, write.old)
        return {"properties": properties}

    @override
    def written(self, store: Store, resource: Resource) -> None:
        if resource.is_new:
            _tell(store, resource, made=True)

    @override
    def removed(self, store: Store, resource: Resource) -> None:
        _tell(store, resource, made=False)

    @override
    def check_deletion(self, store: Store, resource: Resource) -> None:
        account = account_of(store, resource.id)
        if policy_of_container(store, account.id, resource.id.name) is not None:
            raise protected(account, resource, "an object replication policy")
        if resource.id.name in backed_up(store, account.id):
            raise protected(account, resource, "the object replication policy of a backup")
        kept = resource.properties.get(IMMUTABLE, {}).get("enabled") or _policy(store, resource)
        if kept and store.has_blobs(account.id.name, resource.id.name):
            raise protected(account, resource, "ImmutabilityPolicy")

    @override
    def answer(self, store: Store, resource: Resource) -> Body:
        policy = _policy(store, resource)
        properties = {
            **resource.properties,
            "deleted": False,
            "hasImmutabilityPolicy": policy is not None,
            "hasLegalHold": False,
            "lastModifiedTime": timestamp(resource.changed),
            "leaseState": "Available",
            "leaseStatus": "Unlocked",
            "remainingRetentionDays": 0,
        }
        if policy is not None:
            shown = ImmutabilityPolicy().answer(store, policy)
            properties["immutabilityPolicy"] = {"etag": shown["etag"], "properties": shown["properties"]}
        if resource.properties.get(IMMUTABLE, {}).get("enabled"):
            properties[IMMUTABLE] = {"enabled": True, "timeStamp": timestamp(resource.created)}
        answer = super().answer(store, resource)
        return {**answer, "etag": f'"0x{resource.tag[:8].upper()}"', "properties": properties}


def protected(account: Resource, container: Resource, by: str) -> ArmError:
    """The error for a container that can't be deleted."""
    return conflict(
        "ContainerProtectedFromDeletion",
        f"The storage account {account.id.name} container {container.id.name} is protected from deletion due "
        f"to {by}.",
    )


def check_account_deletion(store: Store, account: Resource) -> None:
    """Refuse to delete an account whose containers must stay."""
    locked: list[str] = []
    for container in store.within(account.id, CONTAINER):
        policy = _policy(store, container)
        versions = container.properties.get(IMMUTABLE, {}).get("enabled")
        if (policy is not None and policy.properties["state"] == LOCKED) or (
            versions and store.has_blobs(account.id.name, container.id.name)
        ):
            locked.append(container.id.name)
    if locked:
        raise conflict(
            "AccountProtectedFromDeletion",
            f"{account.id.name} is protected from deletion. The container(s) {', '.join(locked)} have a "
            "locked immutability policy.",
        )


def _policy(store: Store, container: Resource) -> Resource | None:
    place = f"{container.id.text}/immutabilityPolicies/default"
    return store.get(ResourceId(place, POLICY, "default", container.id))


def _check_immutability(write: Write, account: Resource, properties: Body) -> None:
    """Versions must be on for immutable ones, which can be had when a container is made, and not later."""
    asked = bool(properties.get(IMMUTABLE, {}).get("enabled"))
    if write.old is not None:
        was = bool(write.old.properties.get(IMMUTABLE, {}).get("enabled"))
        if asked == was or (was and IMMUTABLE not in write.properties):
            return
        raise _settled(IMMUTABLE)
    if not asked:
        return
    if account.properties.get("isHnsEnabled"):
        raise conflict(
            "FeatureNotSupportedForAccount",
            "Version-level immutability is not supported for the account.",
            f"properties.{IMMUTABLE}",
        )
    service = write.id.parent and write.store.get(write.id.parent)
    if not service or not service.properties.get("isVersioningEnabled"):
        raise bad_request(
            "InvalidRequestPropertyValue",
            f"The value 'True' is not allowed for property {IMMUTABLE}: the account needs "
            "isVersioningEnabled.",
            f"properties.{IMMUTABLE}",
        )


def _checked(properties: Body, old: Resource) -> Body:
    """The properties of a container that stands, with what it keeps."""
    for name in FIXED:
        if properties[name] != old.properties[name]:
            raise _settled(name)
    kept: Body = {IMMUTABLE: old.properties[IMMUTABLE]} if IMMUTABLE in old.properties else {}
    return filled(properties, kept)


def _settled(name: str) -> ArmError:
    return bad_request(
        "ContainerPropertyCannotBeUpdated",
        f"The property '{name}' was specified in the input, but it cannot be updated as it is read-only.",
        f"properties.{name}",
    )


def _tell(store: Store, container: Resource, *, made: bool) -> None:
    account = container.id.ancestor(ACCOUNT)
    assert account is not None  # noqa: S101  (containers lie in accounts)
    for watcher in list(store.on_container):
        watcher(store, account.name, container.id.name, made)
