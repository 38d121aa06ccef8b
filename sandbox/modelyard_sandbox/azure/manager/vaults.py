"""Key vaults: deletion leaves them recoverable, and their names taken (REST reference of Vaults, 2024-11-01;
"Azure Key Vault soft-delete overview", "common error codes"; as of 2026-11).

Names are one namespace for all subscriptions of the sandbox, with those of deleted vaults until they are
purged: by hand, or when they have been kept for as long as they were to be.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from typing_extensions import override

from modelyard_sandbox.azure.manager.errors import ArmError, bad_request, conflict, not_found
from modelyard_sandbox.azure.manager.ids import GUID, ResourceId
from modelyard_sandbox.azure.manager.kinds import Kind, Write, content_error, envelope, filled
from modelyard_sandbox.azure.manager.locations import normal
from modelyard_sandbox.azure.manager.network_rules import check_network_rules
from modelyard_sandbox.azure.manager.shapes import (
    Problem,
    ShapeFault,
    flag,
    many,
    number,
    record,
    text,
)
from modelyard_sandbox.azure.manager.store import Body, Resource, Store
from modelyard_sandbox.azure.manager.times import timestamp

VAULT = "Microsoft.KeyVault/vaults"
NAME = re.compile(r"[a-z](-?[a-z0-9])*", re.IGNORECASE)
NAME_LENGTHS = range(3, 25)
PERMISSIONS = record(
    "Permissions", dict.fromkeys(("certificates", "keys", "secrets", "storage"), many(text()))
)
PROPERTIES = record(
    "VaultProperties",
    {
        "accessPolicies": many(
            record(
                "AccessPolicyEntry",
                {"applicationId": text(), "objectId": text(), "permissions": PERMISSIONS, "tenantId": text()},
                required=("objectId", "permissions", "tenantId"),
            )
        ),
        "createMode": text("recover", "default"),
        "enablePurgeProtection": flag(),
        "enableRbacAuthorization": flag(),
        "enableSoftDelete": flag(),
        "enabledForDeployment": flag(),
        "enabledForDiskEncryption": flag(),
        "enabledForTemplateDeployment": flag(),
        "networkAcls": record(
            "NetworkRuleSet",
            {
                "bypass": text("AzureServices", "None"),
                "defaultAction": text("Allow", "Deny"),
                "ipRules": many(record("IPRule", {"value": text()}, required=("value",))),
                "virtualNetworkRules": many(
                    record(
                        "VirtualNetworkRule",
                        {"id": text(), "ignoreMissingVnetServiceEndpoint": flag()},
                        required=("id",),
                    )
                ),
            },
        ),
        "publicNetworkAccess": text("Enabled", "Disabled", "SecuredByPerimeter"),
        "sku": record(
            "Sku", {"family": text("A"), "name": text("standard", "premium")}, required=("family", "name")
        ),
        "softDeleteRetentionInDays": number(7, 90),
        "tenantId": text(),
    },
    required=("sku", "tenantId"),
    read_only=("hsmPoolResourceId", "privateEndpointConnections", "provisioningState", "vaultUri"),
)
DEFAULTS: Body = {
    "accessPolicies": [],
    "enableRbacAuthorization": False,
    "enableSoftDelete": True,
    "enabledForDeployment": False,
    "publicNetworkAccess": "Enabled",
    "softDeleteRetentionInDays": 90,
}


class Vault(Kind):
    """A key vault."""

    type = VAULT
    asynchronous = frozenset({"DELETE"})
    api_versions = ("2023-02-01", "2023-07-01", "2024-11-01", "2025-05-01", "2026-02-01")
    shape = envelope("Vault", PROPERTIES, required=("location", "properties"))

    @override
    def check_name(self, name: str) -> None:
        if not NAME.fullmatch(name) or len(name) not in NAME_LENGTHS:
            raise bad_request(
                "VaultNameNotValid",
                f"The vault name '{name}' is invalid. A vault's name must be between 3-24 alphanumeric "
                "characters. The name must begin with a letter, end with a letter or digit, and not contain "
                "consecutive hyphens.",
            )

    @override
    def fault(self, id_: ResourceId, fault: ShapeFault) -> ArmError:
        if fault.problem is Problem.UNKNOWN_MEMBER:
            return content_error(fault)
        return bad_request("BadRequest", fault.message, fault.path)

    @override
    def settle(self, write: Write) -> Body:
        properties = dict(write.properties)
        recover = properties.pop("createMode", "default") == "recover"
        if write.old is None:
            gone = _deleted(write)
            if gone is not None and recover:
                return _recovered(write, gone)
            _check_free(write, gone, recover=recover)
            if "accessPolicies" not in properties and not properties.get("enableRbacAuthorization"):
                raise bad_request(
                    "BadRequest",
                    'The parameter "accessPolicies" is not specified.',
                    "properties.accessPolicies",
                )
        _check_protection(properties, write.old)
        kept = write.old.properties if write.old else {}
        lasting = ("enablePurgeProtection", "softDeleteRetentionInDays")
        properties = filled(properties, {name: kept[name] for name in lasting if name in kept})
        if not GUID.fullmatch(properties["tenantId"]):
            raise bad_request(
                "BadRequest", f"The tenant id '{properties['tenantId']}' is invalid.", "properties.tenantId"
            )
        check_network_rules(
            write.store, write.id, properties.get("networkAcls", {}), "Microsoft.KeyVault", ""
        )
        return {**write.asked, "properties": filled(properties, DEFAULTS)}

    @override
    def removed(self, store: Store, resource: Resource) -> None:
        store.deleted[resource.id.name.lower()] = resource
        store.deleted_at[resource.id.name.lower()] = store.now()

    @override
    def answer(self, store: Store, resource: Resource) -> Body:
        made = {"createdAt": timestamp(resource.created), "lastModifiedAt": timestamp(resource.changed)}
        who = {"createdByType": "Application", "lastModifiedByType": "Application"}
        # What is connected to vaults is made up of types that build on the one of vaults.
        from modelyard_sandbox.azure.manager.private_connections import connections_of

        connections = connections_of(store, resource)
        properties = {
            **resource.properties,
            **({"privateEndpointConnections": connections} if connections else {}),
            "provisioningState": "Succeeded",
            "vaultUri": f"https://{resource.id.name.lower()}.vault.azure.net/",
        }
        return {
            **super().answer(store, resource),
            "systemData": {**made, **who},
            "properties": properties,
        }


def check_vault_name(store: Store, owner: ResourceId, body: Body) -> tuple[int, Body]:
    """Whether a vault's name is free (Vaults: Check Name Availability)."""
    del owner
    name = str(body.get("name", ""))
    if not NAME.fullmatch(name) or len(name) not in NAME_LENGTHS:
        said = f"The vault name '{name}' is invalid."
        return 200, {"nameAvailable": False, "reason": "AccountNameInvalid", "message": said}
    taken = {vault.id.name.lower() for vault in store.of_type(VAULT)} | _kept(store).keys()
    if name.lower() in taken:
        return 200, {"nameAvailable": False, "reason": "AlreadyExists", "message": _in_use(name)}
    return 200, {"nameAvailable": True}


def list_deleted(store: Store, owner: ResourceId, body: Body) -> tuple[int, Body]:
    """The deleted vaults of a subscription (Vaults: List Deleted)."""
    del body
    found = [gone for gone in _kept(store).values() if gone.id.subscription.key == owner.subscription.key]
    return 200, {"value": [_tombstone(store, gone) for gone in found]}


def show_deleted(store: Store, id_: ResourceId, body: Body) -> tuple[int, Body]:
    """A deleted vault (Vaults: Get Deleted)."""
    del body
    return 200, _tombstone(store, _named(store, id_))


def purge(store: Store, id_: ResourceId, body: Body) -> tuple[int, None]:
    """End a deleted vault for good, unless it is protected from that (Vaults: Purge Deleted)."""
    del body
    gone = _named(store, id_)
    if gone.properties.get("enablePurgeProtection"):
        raise ArmError(405, "MethodNotAllowed", "Operation 'DeletedVaultPurge' is not allowed.")
    _forget(store, gone.id.name.lower())
    return 200, None


def _kept(store: Store) -> dict[str, Resource]:
    """The deleted vaults that haven't been kept for as long as they were to be."""
    for name in list(store.deleted):
        if store.now() >= _purged_at(store, name):
            _forget(store, name)
    return store.deleted


def _forget(store: Store, name: str) -> None:
    """End a deleted vault with all that it holds."""
    gone = store.deleted.pop(name)
    store.set_aside.pop(name, None)
    for key in [key for key, held in store.deleted_keys.items() if held.id.is_in(gone.id)]:
        del store.deleted_keys[key]


def _purged_at(store: Store, name: str) -> datetime:
    days = store.deleted[name].properties["softDeleteRetentionInDays"]
    return store.deleted_at[name] + timedelta(days=days)


def _named(store: Store, id_: ResourceId) -> Resource:
    gone = _kept(store).get(id_.name.lower())
    place = normal(id_.parent.name) if id_.parent else ""
    if gone is None or gone.location != place or gone.id.subscription.key != id_.subscription.key:
        raise not_found("DeletedVaultNotFound", f"The specified deleted vault '{id_.name}' does not exist.")
    return gone


def _tombstone(store: Store, gone: Resource) -> Body:
    name = gone.id.name
    place = f"{gone.id.subscription.text}/providers/Microsoft.KeyVault/locations/{gone.location}"
    return {
        "id": f"{place}/deletedVaults/{name}",
        "name": name,
        "type": "Microsoft.KeyVault/deletedVaults",
        "properties": {
            "vaultId": gone.id.text,
            "location": gone.location,
            "tags": gone.body.get("tags", {}),
            "deletionDate": timestamp(store.deleted_at[name.lower()]),
            "scheduledPurgeDate": timestamp(_purged_at(store, name.lower())),
            "purgeProtectionEnabled": bool(gone.properties.get("enablePurgeProtection")),
        },
    }


def _deleted(write: Write) -> Resource | None:
    return _kept(write.store).get(write.id.name.lower())


def _recovered(write: Write, gone: Resource) -> Body:
    if gone.id.key != write.id.key or gone.location != write.asked["location"]:
        raise conflict("VaultAlreadyExists", _in_use(write.id.name))
    del write.store.deleted[write.id.name.lower()]
    for held in write.store.set_aside.pop(write.id.name.lower(), []):
        write.store.restore(held)
    return {**gone.body, "tags": write.asked.get("tags", gone.body.get("tags", {}))}


def _check_free(write: Write, gone: Resource | None, *, recover: bool) -> None:
    taken = any(vault.id.name.lower() == write.id.name.lower() for vault in write.store.of_type(VAULT))
    if gone is not None and gone.id.subscription.key == write.id.subscription.key:
        raise conflict(
            "ConflictError",
            "A vault with the same name already exists in deleted state. You need to either recover or purge "
            "existing key vault.",
        )
    if taken or gone is not None:
        raise conflict("VaultAlreadyExists", _in_use(write.id.name))
    if recover:
        raise not_found(
            "DeletedVaultNotFound", f"The specified deleted vault '{write.id.name}' does not exist."
        )


def _in_use(name: str) -> str:
    return (
        f"The vault name '{name}' is already in use. Vault names are globally unique so it is possible that "
        "the name is already taken, or that a vault of that name was deleted and not purged."
    )


def _check_protection(properties: Body, old: Resource | None) -> None:
    """What protects a vault's content can't be taken back, nor softened."""
    if properties.get("enablePurgeProtection") is False:
        raise bad_request(
            "BadRequest",
            'The property "enablePurgeProtection" cannot be set to false. Enabling the purge protection for '
            "a vault is an irreversible action.",
            "properties.enablePurgeProtection",
        )
    if properties.get("enableSoftDelete") is False:
        raise bad_request(
            "BadRequest",
            'The property "enableSoftDelete" cannot be set to false. Enabling the soft delete functionality '
            "is an irreversible action.",
            "properties.enableSoftDelete",
        )
    days = properties.get("softDeleteRetentionInDays")
    if old is not None and days is not None and days != old.properties["softDeleteRetentionInDays"]:
        raise bad_request(
            "BadRequest",
            'The property "softDeleteRetentionInDays" has been set already and it can\'t be modified.',
            "properties.softDeleteRetentionInDays",
        )
