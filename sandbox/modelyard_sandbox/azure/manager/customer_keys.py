"""Keys of the customer's own, as other services name them: by the address of a vault's key.

Services refuse a key that isn't there, that is off, or that the identity they use it by may not use, each in
its own words; here is what they all look at.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from modelyard_sandbox.azure.manager.access import may_use_key
from modelyard_sandbox.azure.manager.ids import ResourceId
from modelyard_sandbox.azure.manager.store import Resource, Store

# As in `vaults`, which goes by what services have in common.
VAULT = "Microsoft.KeyVault/vaults"
KEY_ADDRESS = re.compile(
    r"https://(?P<vault>[a-z0-9-]+)\.vault\.azure\.net(?::443)?/keys/(?P<key>[a-z0-9-]+)"
    r"(?:/(?P<version>[0-9a-f]+))?/?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class KeyAddress:
    """A key's address, taken apart."""

    vault: str
    key: str
    version: str
    """Empty where the address names none, which means the newest."""


def key_address(url: str) -> KeyAddress | None:
    """What an address names; None if it isn't a key's."""
    found = KEY_ADDRESS.fullmatch(url)
    return KeyAddress(found["vault"], found["key"], found["version"] or "") if found else None


def vault_at(store: Store, url: str) -> Resource | None:
    """The vault whose address this is, or begins so; None if there is none."""
    host = re.match(r"https://([a-z0-9-]+)\.vault\.azure\.net(?=[:/]|$)", url, re.IGNORECASE)
    for vault in store.of_type(VAULT):
        if host and vault.id.name.lower() == host[1].lower():
            return vault
    return None


def key_at(store: Store, url: str) -> Resource | None:
    """The key at an address, in its one version; None if there is none, or not in that version."""
    address, vault = key_address(url), vault_at(store, url)
    if address is None or vault is None:
        return None
    key = store.get(key_id(vault, address.key))
    if key is None or address.version.lower() not in ("", key.tag.replace("-", "")):
        return None
    return key


def key_id(vault: Resource, name: str) -> ResourceId:
    """The id of a vault's key."""
    return ResourceId(f"{vault.id.text}/keys/{name}", f"{VAULT}/keys", name, vault.id)


def is_protected(vault: Resource) -> bool:
    """Whether a vault keeps its keys as every service asks that encrypts with one: with purge protection."""
    return bool(vault.properties.get("enablePurgeProtection"))


def is_on(key: Resource) -> bool:
    """Whether a key may be used."""
    return bool(key.properties["attributes"].get("enabled", True))


def may_use(store: Store, principal_id: str, key: Resource) -> bool:
    """Whether a principal may wrap and unwrap with a key that stands."""
    assert key.id.parent is not None  # noqa: S101  (keys lie in vaults)
    return may_use_key(store, principal_id, key.id.parent, key.id.name)
