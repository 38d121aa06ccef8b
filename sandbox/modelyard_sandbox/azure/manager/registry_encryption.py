"""Whose key a container registry is encrypted with ("Encrypt a registry with a customer-managed key"; the
words of a refusal as in MicrosoftDocs/azure-docs#61015; as of 2026-11).

A key's address without a version means the newest one, which the registry follows.
"""

from __future__ import annotations

from modelyard_sandbox.azure.manager.customer_keys import is_on, is_protected, key_at, may_use, vault_at
from modelyard_sandbox.azure.manager.errors import ArmError, bad_request
from modelyard_sandbox.azure.manager.identities import client_id, principal_id, standing_identity
from modelyard_sandbox.azure.manager.kinds import Write
from modelyard_sandbox.azure.manager.store import Body, Resource

PLACE = "properties.encryption.keyVaultProperties"


def check_encryption(write: Write, encryption: Body) -> None:
    """Refuse a customer's key that the registry can't use."""
    named: Body = encryption.get("keyVaultProperties", {})
    if encryption["status"] != "enabled":
        if named:
            raise _refused("a key is named while the encryption's status is disabled.")
        return
    if not named.get("identity") or not named.get("keyIdentifier"):
        raise _refused("the customer's key needs identity, a client id, and keyIdentifier.")
    identity = _identity(write, named["identity"])
    if identity is None:
        raise _refused(
            f"the identity '{named['identity']}' is not the client id of one of the registry's identities."
        )
    url: str = named["keyIdentifier"]
    vault, key = vault_at(write.store, url), key_at(write.store, url)
    if vault is not None and not is_protected(vault):
        raise _refused(f"the key vault '{vault.id.name}' must have purge protection.")
    if key is None or not is_on(key) or not may_use(write.store, principal_id(identity), key):
        raise ArmError(
            403,
            "KeyVaultAccessDenied",
            f"Failed to access KeyId '{url}'. Verify that identity '{named['identity']}' has 'Get, Wrap Key, "
            f"Unwrap Key' permission on key '{url}'. For more information on bring your own key, please "
            "visit 'https://aka.ms/acr/cmk'.",
            PLACE,
        )


def _identity(write: Write, client: str) -> Resource | None:
    named: Body = write.asked.get("identity", {}).get("userAssignedIdentities", {})
    standing = (standing_identity(write.store, id_) for id_ in named)
    return next((found for found in standing if found and client_id(found) == client.lower()), None)


def _refused(why: str) -> ArmError:
    return bad_request("InvalidEncryption", f"The encryption is not valid: {why}", PLACE)
