"""Resource guards, and which vaults they protect (REST reference: Resource Guards, Dpp Resource Guard Proxy,
2025-01-01; "Multi-user authorization using Resource Guard"; as of 2026-11).

Who asks isn't checked, so that a vault's protection can be taken away by deleting its proxy.
"""

from __future__ import annotations

from collections.abc import Iterable

from typing_extensions import override

from modelyard_sandbox.azure.manager.backup_kinds import (
    BACKUP_VAULT,
    GUARD_PROXY,
    RESOURCE_GUARD,
    BackupKind,
    invalid,
    vault_of,
)
from modelyard_sandbox.azure.manager.errors import bad_request, conflict
from modelyard_sandbox.azure.manager.ids import is_resource_id, resource_id
from modelyard_sandbox.azure.manager.kinds import ANSWERED, Write, envelope, filled
from modelyard_sandbox.azure.manager.shapes import many, record, text
from modelyard_sandbox.azure.manager.store import Body, Resource, Store
from modelyard_sandbox.azure.manager.times import timestamp

DELETE_INSTANCE = f"{BACKUP_VAULT}/backupInstances/delete"
DELETE_PROXY = f"{GUARD_PROXY}/delete"
REDUCE_IMMUTABILITY = f"{BACKUP_VAULT}/write#reduceImmutabilityState"
REDUCE_SOFT_DELETE = f"{BACKUP_VAULT}/write#reduceSoftDeleteSecurity"
OPERATIONS = (DELETE_INSTANCE, DELETE_PROXY, REDUCE_IMMUTABILITY, REDUCE_SOFT_DELETE)
"""The critical operations of a backup vault; the deletion of a proxy can't be left out."""


class ResourceGuard(BackupKind):
    """Whoever owns it must agree to critical operations on the vaults that it protects."""

    type = RESOURCE_GUARD
    shape = envelope(
        "ResourceGuardResource",
        record(
            "ResourceGuard",
            {"vaultCriticalOperationExclusionList": many(text())},
            read_only=("allowAutoApprovals", "description", "provisioningState", "resourceGuardOperations"),
        ),
        eTag=text(),
    )

    @override
    def settle(self, write: Write) -> Body:
        properties = filled(write.properties, {"vaultCriticalOperationExclusionList": []})
        for name in properties["vaultCriticalOperationExclusionList"]:
            if name not in OPERATIONS or name == DELETE_PROXY:
                raise invalid(
                    f"'{name}' is no operation that can be left out of a resource guard.",
                    "properties.vaultCriticalOperationExclusionList",
                )
        body = {name: part for name, part in write.asked.items() if name != "eTag"}
        return {**body, "properties": properties}

    @override
    def check_deletion(self, store: Store, resource: Resource) -> None:
        users = [proxy for proxy in store.of_type(GUARD_PROXY) if _guard_id(proxy) == resource.id.key]
        if users:
            names = sorted(vault_of(store, proxy.id).id.name for proxy in users)
            raise conflict(
                "UserErrorResourceGuardInUse",
                f"The resource guard '{resource.id.name}' protects the vaults {', '.join(names)}.",
            )

    @override
    def answer(self, store: Store, resource: Resource) -> Body:
        left_out: list[str] = resource.properties["vaultCriticalOperationExclusionList"]
        properties = {
            **resource.properties,
            "allowAutoApprovals": True,
            "provisioningState": "Succeeded",
            "resourceGuardOperations": [
                {"vaultCriticalOperation": name, "requestResourceType": f"{RESOURCE_GUARD}/{_short(name)}"}
                for name in OPERATIONS
                if name not in left_out
            ],
        }
        return {**super().answer(store, resource), "properties": properties}


class ResourceGuardProxy(BackupKind):
    """The protection of a vault by a resource guard, of which it has one."""

    type = GUARD_PROXY
    parent_type = BACKUP_VAULT
    located = False
    patched = False
    listed_in = frozenset[str]()
    shape = record(
        "ResourceGuardProxyBaseResource",
        {
            "properties": record(
                "ResourceGuardProxyBase",
                {
                    "description": text(),
                    "lastUpdatedTime": text(),
                    "resourceGuardOperationDetails": many(
                        record(
                            "ResourceGuardOperationDetail",
                            {"defaultResourceRequest": text(), "vaultCriticalOperation": text()},
                        )
                    ),
                    "resourceGuardResourceId": text(),
                },
                required=("resourceGuardResourceId",),
            )
        },
        required=("properties",),
        read_only=ANSWERED,
    )

    @override
    def settle(self, write: Write) -> Body:
        where = "properties.resourceGuardResourceId"
        named: str = write.properties["resourceGuardResourceId"]
        place = resource_id(named) if is_resource_id(named) else None
        guard = write.store.get(place) if place and place.kind == RESOURCE_GUARD.lower() else None
        if guard is None:
            raise bad_request(
                "UserErrorResourceGuardNotFound", f"The resource guard '{named}' was not found.", where
            )
        vault = vault_of(write.store, write.id)
        if guard.location != vault.location:
            raise bad_request(
                "UserErrorResourceGuardInDifferentRegion",
                f"The resource guard is in '{guard.location}', and must be in the vault's region "
                f"'{vault.location}'.",
                where,
            )
        others = [
            found for found in write.store.within(vault.id, GUARD_PROXY) if found.id.key != write.id.key
        ]
        if others:
            raise conflict(
                "UserErrorVaultAlreadyProtectedByResourceGuard",
                f"The vault '{vault.id.name}' is already protected by a resource guard.",
                where,
            )
        given: Body = {"lastUpdatedTime": timestamp(write.store.now())}
        return {"properties": {**given, **write.properties}}


def is_guarded(store: Store, vault: Resource, operation: str, requests: Iterable[str]) -> bool:
    """Whether an operation on a vault lacks the agreement of a resource guard's owner: the id of one of the
    guard's requests, whose owner lets nobody else read it.
    """
    for proxy in store.within(vault.id, GUARD_PROXY):
        if any(request.lower().startswith(f"{_guard_id(proxy)}/") for request in requests):
            continue
        guard = store.get(resource_id(proxy.properties["resourceGuardResourceId"]))
        left_out = guard.properties["vaultCriticalOperationExclusionList"] if guard else []
        if operation not in left_out:
            return True
    return False


def _guard_id(proxy: Resource) -> str:
    return str(proxy.properties["resourceGuardResourceId"]).lower()


def _short(operation: str) -> str:
    last = operation.rpartition("/")[2].partition("#")
    return f"{last[2] or operation.split('/')[-2]}Requests"
