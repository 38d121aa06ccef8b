"""How a storage account is encrypted, and whose key it may use ("Customer-managed keys for Azure Storage
encryption", "Storage resource provider error codes", Azure/azure-cli#17914; as of 2026-11).

The vault must have purge protection, the key must be an RSA key that is on, and the identity that the account
uses it by must be allowed to wrap and unwrap with it. A new account's own identity has no role yet, so a
customer's key at creation asks for an identity of the user's.
"""

from __future__ import annotations

from modelyard_sandbox.azure.manager.customer_keys import is_on, is_protected, key_at, may_use, vault_at
from modelyard_sandbox.azure.manager.errors import ArmError, bad_request
from modelyard_sandbox.azure.manager.identities import principal_id, standing_identity
from modelyard_sandbox.azure.manager.kinds import Write
from modelyard_sandbox.azure.manager.store import Body, Resource, Store

KEY_VAULT = "Microsoft.Keyvault"
SETTLED_SERVICES = ("queue", "table")
"""Services whose key type is settled when the account is made."""
NO_ACCESS = (
    "The operation failed because of authentication issue on the keyvault. For more information, see - "
    "https://aka.ms/storagekeyvaultaccesscontrol"
)


def check_encryption(write: Write, encryption: Body) -> None:
    """Refuse an encryption that can't be, or that an account can't change to."""
    if write.old is not None:
        _check_settled(encryption, write.old.properties.get("encryption", {}))
    if encryption.get("keyvaultproperties") and not encryption.get("keySource"):
        raise bad_request(
            "MissingEncryptionKeySource", "The Encryption KeySource is missing in the request.", "encryption"
        )
    if encryption.get("keySource") == KEY_VAULT:
        _check_key(write, encryption)


def key_url(encryption: Body) -> str:
    """The address of the key that an account's encryption names."""
    key: Body = encryption.get("keyvaultproperties", {})
    version = f"/{key['keyversion']}" if key.get("keyversion") else ""
    return f"{key.get('keyvaulturi', '').rstrip('/')}/keys/{key.get('keyname', '')}{version}"


def _check_settled(encryption: Body, old: Body) -> None:
    name = "requireInfrastructureEncryption"
    if name in encryption and encryption[name] != old.get(name, False):
        raise _read_only(name)
    for service in SETTLED_SERVICES:
        was = old.get("services", {}).get(service, {}).get("keyType", "Service")
        if encryption.get("services", {}).get(service, {}).get("keyType", was) != was:
            raise _read_only(f"services.{service}.keyType")


def _check_key(write: Write, encryption: Body) -> None:
    named: Body = encryption.get("keyvaultproperties", {})
    if not named.get("keyname") or not named.get("keyvaulturi"):
        raise bad_request(
            "InvalidRequestPropertyValue",
            f"The value '{KEY_VAULT}' is not allowed for property keySource: it needs keyname and "
            "keyvaulturi.",
            "properties.encryption.keyvaultproperties",
        )
    principal = _principal(write, encryption)
    url = key_url(encryption)
    vault, key = vault_at(write.store, url), key_at(write.store, url)
    if vault is None:
        raise ArmError(
            403,
            "KeyVaultVaultNotFound",
            "The key vault is not found for encryption.",
            "properties.encryption.keyvaultproperties",
        )
    if not is_protected(vault):
        raise bad_request(
            "KeyVaultPolicyError",
            "Keyvault policy recoverable is not set",
            "properties.encryption.keyvaultproperties",
        )
    _check_standing(write.store, key, principal)


def _check_standing(store: Store, key: Resource | None, principal: str | None) -> None:
    if key is None or not is_on(key):
        raise ArmError(
            403,
            "KeyVaultEncryptionKeyNotFound",
            "The key vault key is not found to unwrap the encryption key.",
            "properties.encryption.keyvaultproperties",
        )
    if not key.properties["kty"].startswith("RSA"):
        raise bad_request(
            "InvalidRequestPropertyValue",
            f"The value '{key.id.name}' is not allowed for property keyname: the key must be an RSA key.",
            "properties.encryption.keyvaultproperties.keyname",
        )
    if principal is None or not may_use(store, principal, key):
        raise ArmError(403, "KeyVaultAuthenticationFailure", NO_ACCESS, "properties.encryption")


def _principal(write: Write, encryption: Body) -> str | None:
    """By whom the account uses the key; None for a new account's own identity."""
    named: str = encryption.get("identity", {}).get("userAssignedIdentity", "")
    if not named:
        return principal_id(write.old) if write.old else None
    own: Body = write.asked.get("identity", {}).get("userAssignedIdentities", {})
    identity = standing_identity(write.store, named)
    if identity is None or named.lower() not in (id_.lower() for id_ in own):
        raise bad_request(
            "InvalidRequestPropertyValue",
            f"The value '{named}' is not allowed for property userAssignedIdentity: it must be one of the "
            "account's identities.",
            "properties.encryption.identity",
        )
    return principal_id(identity)


def _read_only(name: str) -> ArmError:
    return bad_request(
        "AccountPropertyCannotBeUpdated",
        f"The property '{name}' was specified in the input, but it cannot be updated as it is read-only.",
        f"properties.encryption.{name}",
    )
