"""What a vault does itself at its own address: delete keys, and bring them back (REST reference of Key Vault,
keys, 7.4: Delete Key, Get Deleted Key, Get Deleted Keys, Recover Deleted Key, Purge Deleted Key; "Azure Key
Vault REST API error codes"; "Network security for Azure Key Vault"; as of 2026-11).

A request is a vault's by its Host, `NAME.vault.azure.net`, as Azure's clients send it. Whoever asks comes
from the internet: a vault that is closed to it, or lets some addresses in only, refuses.
"""

from __future__ import annotations

from datetime import timedelta

from modelyard_sandbox.azure.manager.errors import ArmError, not_found
from modelyard_sandbox.azure.manager.ids import ResourceId
from modelyard_sandbox.azure.manager.keys import KEY, deleted_keys, shown, vault_of, version_of
from modelyard_sandbox.azure.manager.store import Body, Resource, Store
from modelyard_sandbox.azure.manager.subscriptions import CLIENT_ID, OBJECT_ID
from modelyard_sandbox.azure.manager.vaults import VAULT

SUFFIX = ".vault.azure.net"


def is_a_vaults(host: str) -> bool:
    """Whether a request's Host is a vault's."""
    return _bare(host).endswith(SUFFIX)


def answer(store: Store, host: str, method: str, path: str) -> tuple[int, Body | None]:
    """Answer a request to a vault.

    Raises:
        ArmError: it is refused, in the form of a vault's errors.
    """
    vault = _vault(store, _bare(host).removesuffix(SUFFIX))
    _check_network(vault)
    match (method, *path.strip("/").split("/")):
        case ("DELETE", "keys", name):
            return 200, _delete(store, _id(vault, name))
        case ("GET", "deletedkeys"):
            found = [gone for gone in deleted_keys(store).values() if gone.id.is_in(vault.id)]
            return 200, {"value": [_item(store, gone) for gone in found], "nextLink": None}
        case ("GET", "deletedkeys", name):
            return 200, _deleted_bundle(store, _gone(store, _id(vault, name)))
        case ("POST", "deletedkeys", name, "recover"):
            return 200, _recover(store, _id(vault, name))
        case ("DELETE", "deletedkeys", name):
            return _purge(store, vault, _id(vault, name))
        case _:
            raise not_found("NotFound", f"The sandbox's vaults do not answer {method} {path}.")


def _bare(host: str) -> str:
    return host.partition(":")[0].lower()


def _vault(store: Store, name: str) -> Resource:
    for vault in store.of_type(VAULT):
        if vault.id.name.lower() == name:
            return vault
    raise not_found("VaultNotFound", f"There is no vault at {name}{SUFFIX}.")


def _check_network(vault: Resource) -> None:
    """Refuse whoever comes from the internet, where the vault does."""
    where = (
        f"\r\nCaller: appid={CLIENT_ID};oid={OBJECT_ID}\r\nVault: {vault.id.name};location={vault.location}"
    )
    if str(vault.properties.get("publicNetworkAccess", "")).lower() == "disabled":
        said = (
            "Public network access is disabled and request is not from a trusted service nor via an approved "
            "private link."
        )
        raise ArmError(403, "Forbidden", said + where, inner="ForbiddenByConnection")
    if vault.properties.get("networkAcls", {}).get("defaultAction") == "Deny":
        said = "Client address is not authorized and caller is not a trusted service."
        raise ArmError(403, "Forbidden", said + where, inner="ForbiddenByFirewall")


def _id(vault: Resource, name: str) -> ResourceId:
    return ResourceId(f"{vault.id.text}/keys/{name}", KEY, name, vault.id)


def _delete(store: Store, id_: ResourceId) -> Body:
    key = store.get(id_)
    if key is None:
        raise not_found(
            "KeyNotFound",
            f"A key with (name/id) {id_.name} was not found in this key vault. If you recently deleted this "
            "key you may be able to recover it using the correct recovery command.",
        )
    store.drop(id_)
    store.deleted_keys[id_.key] = key
    store.deleted_at[id_.key] = store.now()
    return _deleted_bundle(store, key)


def _recover(store: Store, id_: ResourceId) -> Body:
    key = _gone(store, id_)
    del store.deleted_keys[id_.key]
    store.restore(key)
    return _bundle(store, key)


def _purge(store: Store, vault: Resource, id_: ResourceId) -> tuple[int, None]:
    _gone(store, id_)
    if vault.properties.get("enablePurgeProtection"):
        raise ArmError(
            403,
            "Forbidden",
            'Operation "purge" is not allowed because purge protection is enabled for this vault. Key Vault '
            "service will automatically purge it after the retention period has passed.\r\n"
            f"Vault: {vault.id.name};location={vault.location}",
        )
    del store.deleted_keys[id_.key]
    return 204, None


def _gone(store: Store, id_: ResourceId) -> Resource:
    found = deleted_keys(store).get(id_.key)
    if found is None:
        raise not_found("KeyNotFound", f"Deleted Key not found: {id_.name}")
    return found


def _bundle(store: Store, key: Resource) -> Body:
    properties = shown(store, key)
    kid = properties["keyUriWithVersion"]
    tags = {"tags": key.body["tags"]} if key.body.get("tags") else {}
    described = {"kid": kid, "kty": properties["kty"], "key_ops": properties["keyOps"]}
    curve = {"crv": properties["curveName"]} if "curveName" in properties else {}
    return {"key": {**described, **curve}, "attributes": properties["attributes"], **tags}


def _deleted_bundle(store: Store, key: Resource) -> Body:
    return {**_bundle(store, key), **_times(store, key)}


def _item(store: Store, key: Resource) -> Body:
    properties = shown(store, key)
    kid = properties["keyUriWithVersion"].removesuffix(f"/{version_of(key)}")
    return {"kid": kid, "attributes": properties["attributes"], **_times(store, key)}


def _times(store: Store, key: Resource) -> Body:
    deleted = store.deleted_at[key.id.key]
    vault = vault_of(store, key.id)
    purged = deleted + timedelta(days=vault.properties["softDeleteRetentionInDays"])
    return {
        "recoveryId": f"https://{vault.id.name.lower()}{SUFFIX}/deletedkeys/{key.id.name}",
        "deletedDate": int(deleted.timestamp()),
        "scheduledPurgeDate": int(purged.timestamp()),
    }
