"""The keys of a vault as Azure Resource Manager has them (REST reference of Keys, 2024-11-01: Create If Not
Exist, Get, List, Get Version, List Versions; "Key types, algorithms, and operations"; "About keys"; 2026-11).

It makes the first version of a key and nothing else: another PUT must ask for what stands
(KeyCreationParametersDidNotMatchExistingKey, as in Azure/bicep#8283), and DELETE is refused for all of a
vault's content (DisallowedResourceOperation, as in Azure/terraform-provider-azapi#879). The vault itself
deletes keys: see `key_service`. What the vault refuses, the resource manager words as
`[INNER CODE (CODE)] MESSAGE`.

Keys that leave a vault (`exportable`, `release_policy`, the operation `release`) are not known here.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from typing_extensions import override

from modelyard_sandbox.azure.manager.errors import ArmError, bad_request, conflict, not_found
from modelyard_sandbox.azure.manager.ids import ResourceId
from modelyard_sandbox.azure.manager.key_rotation import POLICY, check_rotation
from modelyard_sandbox.azure.manager.kinds import Kind, Naming, Write, content_error, envelope, filled
from modelyard_sandbox.azure.manager.shapes import (
    Problem,
    ShapeFault,
    flag,
    many,
    mapping,
    number,
    record,
    text,
)
from modelyard_sandbox.azure.manager.store import Body, Resource, Store
from modelyard_sandbox.azure.manager.vaults import VAULT, Vault
from modelyard_sandbox.paths import under

KEY = f"{VAULT}/keys"
NAME = re.compile(r"[a-zA-Z0-9-]{1,127}")
SIZES_BITS = (2_048, 3_072, 4_096)
IN_HARDWARE = ("RSA-HSM", "EC-HSM")
SIGNING = ("sign", "verify")
ENCRYPTING = ("encrypt", "decrypt", "wrapKey", "unwrapKey")
PROPERTIES = record(
    "KeyProperties",
    {
        "attributes": record(
            "KeyAttributes",
            {"enabled": flag(), "exp": number(0), "nbf": number(0)},
            read_only=("created", "updated", "recoveryLevel"),
        ),
        "curveName": text("P-256", "P-384", "P-521", "P-256K"),
        "keyOps": many(text(*ENCRYPTING, *SIGNING, "import")),
        "keySize": number(),
        "kty": text("EC", "EC-HSM", "RSA", "RSA-HSM"),
        "rotationPolicy": POLICY,
    },
    required=("kty",),
    read_only=("keyUri", "keyUriWithVersion"),
)


class Key(Kind):
    """A key of a vault: its first version."""

    type = KEY
    naming = Naming(NAME, "key", "it has 1 to 127 letters, digits and hyphens", "BadParameter", "keyName")
    api_versions = Vault.api_versions
    parent_type = VAULT
    located = False
    patched = False
    made_once = True
    listed_in = frozenset[str]()
    shape = envelope(
        "KeyCreateParameters",
        PROPERTIES,
        required=("properties",),
        read_only=("location",),
        tags=mapping(text()),
    )

    @override
    def fault(self, id_: ResourceId, fault: ShapeFault) -> ArmError:
        if fault.problem is Problem.UNKNOWN_MEMBER:
            return content_error(fault)
        return bad_request("BadParameter", fault.message, fault.path)

    @override
    def accept(self, id_: ResourceId, body: Any) -> Body:
        taken = super().accept(id_, body)
        _check(taken["properties"])
        check_rotation(taken["properties"].get("rotationPolicy", {}))
        return taken

    @override
    def settle(self, write: Write) -> Body:
        asked = write.properties
        vault = vault_of(write.store, write.id)
        if asked["kty"] in IN_HARDWARE and vault.properties["sku"]["name"] != "premium":
            raise bad_request(
                "BadParameter", "Hardware key operation not allowed on standard vault", "properties.kty"
            )
        if write.id.key in deleted_keys(write.store):
            raise conflict(
                "ObjectIsDeletedButRecoverable",
                f"[ObjectIsDeletedButRecoverable (Conflict)] Key {write.id.name} is currently in a deleted "
                "but recoverable state, and its name cannot be reused; in this state, the key can only be "
                "recovered or purged.",
            )
        properties = filled(asked, {"attributes": {"enabled": True}, **_defaults(asked)})
        return {**write.asked, "properties": properties}

    @override
    def check_same(self, write: Write, old: Resource) -> None:
        difference = _difference(write.asked, old.body)
        if difference:
            raise ArmError(
                400,
                "KeyCreationParametersDidNotMatchExistingKey",
                "[KeyCreationParametersDidNotMatchExistingKey (BadRequest)] The key "
                f"'{write.id.name}' already exists, but the specified key creation parameters did not match "
                f"that of the existing key (The existing key has another {difference}.). This API can only "
                "be used for creating the first version of a new key (no subsequent versions can be created, "
                "and existing keys cannot be updated).",
                difference,
            )

    @override
    def removed(self, store: Store, resource: Resource) -> None:
        """A deleted vault keeps its keys, and has them again when it is recovered."""
        store.set_aside.setdefault(_vault_id(resource.id).name.lower(), []).append(resource)

    @override
    def answer(self, store: Store, resource: Resource) -> Body:
        return {
            **super().answer(store, resource),
            "location": vault_of(store, resource.id).location,
            "properties": shown(store, resource),
        }

    @override
    def listed(self, store: Store, resource: Resource) -> Body:
        full = self.answer(store, resource)
        brief = {name: full["properties"][name] for name in ("attributes", "keyUri")}
        return {**full, "properties": brief}


def list_versions(store: Store, owner: ResourceId, body: Body) -> tuple[int, Body]:
    """The versions of a key: its one (Keys: List Versions)."""
    del body
    return 200, {"value": [_version(store, _standing(store, owner))]}


def show_version(store: Store, id_: ResourceId, body: Body) -> tuple[int, Body]:
    """A version of a key (Keys: Get Version)."""
    del body
    assert id_.parent is not None  # noqa: S101  (a version lies in a key)
    key = _standing(store, id_.parent)
    if version_of(key) != id_.name.lower():
        raise not_found("KeyNotFound", f"A key with (name/id) {key.id.name}/{id_.name} was not found.")
    return 200, _version(store, key)


def version_of(key: Resource) -> str:
    """The name of a key's one version."""
    return key.tag.replace("-", "")


def vault_of(store: Store, id_: ResourceId) -> Resource:
    """The vault of a key."""
    vault = store.get(_vault_id(id_))
    assert vault is not None  # noqa: S101  (its parent was checked)
    return vault


def shown(store: Store, key: Resource) -> Body:
    """A key's properties as Azure answers them."""
    uri = f"https://{_vault_id(key.id).name.lower()}.vault.azure.net/keys/{key.id.name}"
    times = {"created": int(key.created.timestamp()), "updated": int(key.changed.timestamp())}
    protected = vault_of(store, key.id).properties.get("enablePurgeProtection")
    level = "Recoverable" if protected else "Recoverable+Purgeable"
    properties = {
        **key.properties,
        "attributes": {**key.properties["attributes"], **times, "recoveryLevel": level},
        "keyUri": uri,
        "keyUriWithVersion": f"{uri}/{version_of(key)}",
    }
    policy = key.properties.get("rotationPolicy")
    if policy:
        attributes = {**policy.get("attributes", {}), **times}
        properties["rotationPolicy"] = {**policy, "attributes": attributes}
    return properties


def deleted_keys(store: Store) -> dict[str, Resource]:
    """The deleted keys, by id in lower case, that haven't been kept for as long as their vault says."""
    for key, gone in list(store.deleted_keys.items()):
        vault = store.get(_vault_id(gone.id))
        if vault is None:
            continue
        days = vault.properties["softDeleteRetentionInDays"]
        if store.now() >= store.deleted_at[key] + timedelta(days=days):
            del store.deleted_keys[key]
    return store.deleted_keys


def _vault_id(id_: ResourceId) -> ResourceId:
    place = id_.ancestor(VAULT)
    assert place is not None  # noqa: S101  (keys lie in vaults)
    return place


def _standing(store: Store, id_: ResourceId) -> Resource:
    found = store.get(id_)
    if found is None:
        raise Key().missing(id_)
    return found


def _version(store: Store, key: Resource) -> Body:
    name = version_of(key)
    return {
        "id": f"{key.id.text}/versions/{name}",
        "name": name,
        "type": f"{KEY}/versions",
        "location": vault_of(store, key.id).location,
        "properties": shown(store, key),
    }


def _is_rsa(asked: Body) -> bool:
    return asked["kty"].startswith("RSA")


def _defaults(asked: Body) -> Body:
    """What Azure chooses: a key that only imports others is of 4096 bits, every other one of 2048."""
    if not _is_rsa(asked):
        return {"curveName": "P-256", "keyOps": list(SIGNING)}
    size = SIZES_BITS[-1] if asked.get("keyOps") == ["import"] else SIZES_BITS[0]
    return {"keySize": size, "keyOps": [*ENCRYPTING[:2], *SIGNING, *ENCRYPTING[2:]]}


def _check(asked: Body) -> None:
    """Refuse what doesn't go together, whatever stands."""
    size, operations = asked.get("keySize"), asked.get("keyOps", [])
    if _is_rsa(asked) and size is not None and size not in SIZES_BITS:
        raise _invalid("keySize", f"'{size}' is none of {', '.join(map(str, SIZES_BITS))}.")
    if not _is_rsa(asked) and not set(operations) <= set(SIGNING):
        raise _invalid("keyOps", f"a key of type '{asked['kty']}' has sign and verify only.")
    if "import" in operations and (asked["kty"] != "RSA-HSM" or len(operations) > 1):
        raise _invalid("keyOps", "import is for keys of type 'RSA-HSM', and stands alone.")
    attributes = asked.get("attributes", {})
    if attributes.get("exp", attributes.get("nbf", 0) + 1) <= attributes.get("nbf", 0):
        raise _invalid("attributes", "exp must be later than nbf.")


def _invalid(name: str, why: str) -> ArmError:
    return bad_request("BadParameter", f"Property {name} has invalid value: {why}", f"properties.{name}")


def _difference(asked: Any, standing: Any, path: str = "") -> str:
    """The path of the first thing that is asked for and doesn't stand so; empty if there is none."""
    if not isinstance(asked, dict) or not isinstance(standing, dict):
        return "" if asked == standing else path
    places = ((under(path, name), name) for name in asked)
    found = (_difference(asked[name], standing.get(name), place) for place, name in places)
    return next((place for place in found if place), "")
