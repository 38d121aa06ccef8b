"""The key vault, and its keys: for what Pulumi keeps secret, and for the account of the state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelyard_cli.bootstrap.azure.naming import SECRETS_KEY, STATE_KEY
from modelyard_cli.bootstrap.azure.resource import (
    ArmResource,
    Document,
    Setting,
    find,
    read,
    tagged,
    tags_setting,
)
from modelyard_cli.bootstrap.parts import Difference

if TYPE_CHECKING:
    from modelyard_cli.account.azure.session import Session
    from modelyard_cli.bootstrap.azure.naming import StateNames
    from modelyard_cli.bootstrap.azure.reach import Reach

API_VERSION = "2024-11-01"
"""Of vaults and keys (REST reference, 2026-11)."""

SKU = {"family": "A", "name": "standard"}
DELETED_DAYS = 90
KEY_BITS = 3072
ROTATION_DAYS = 365
"""Of the state's key. Pulumi's is never rotated: its ciphertexts don't say by which version, and what names
no version is decrypted with the newest (Go Cloud, secrets/azurekeyvault, 2026-11)."""

PROPERTIES = "properties"


class StateVault(ArmResource):
    """The vault. One that was deleted is recovered: nobody else can have its name for 90 days."""

    def __init__(self, session: Session, names: StateNames, reach: Reach) -> None:
        self._deleted_id = (
            f"{session.home}/providers/Microsoft.KeyVault/locations/{session.region}/deletedVaults/"
            f"{names.vault}"
        )

        def body(found: Document | None) -> Document:
            return {
                "location": session.region,
                "tags": tagged(found, names.tags),
                PROPERTIES: {
                    **_basics(session),
                    # One that holds keys in hardware stays such.
                    "sku": read(found or {}, (PROPERTIES, "sku"), SKU),
                    "enableRbacAuthorization": True,
                    "enableSoftDelete": True,
                    "softDeleteRetentionInDays": read(
                        found or {}, (PROPERTIES, "softDeleteRetentionInDays"), DELETED_DAYS
                    ),
                    "enablePurgeProtection": True,
                    "publicNetworkAccess": "Enabled",
                    "networkAcls": reach.rules(found),
                },
            }

        super().__init__(
            arm=session.arm,
            id=names.vault_id,
            api_version=API_VERSION,
            subject=f"key vault {names.vault}",
            why="holds the keys; Azure's roles decide who uses them, and nobody can purge them",
            region=session.region,
            created="by roles, purge protection on",
            body=body,
            settings=[
                Setting("access by roles", (PROPERTIES, "enableRbacAuthorization"), True, False),
                Setting("purge protection", (PROPERTIES, "enablePurgeProtection"), True, False),
                Setting("public endpoint", (PROPERTIES, "publicNetworkAccess"), "Enabled", "Enabled"),
                *reach.settings(),
                tags_setting(names.tags),
            ],
        )
        self._recovery = {
            "location": session.region,
            PROPERTIES: {**_basics(session), "createMode": "recover"},
        }

    def differences(self) -> list[Difference]:
        """What isn't as it should be; of a deleted one, that it is recovered first."""
        if self.found() is None and find(self.arm, self._deleted_id, API_VERSION) is not None:
            return [Difference("vault", "deleted", "recovered, with its keys", self._recover)]
        return super().differences()

    def _recover(self) -> None:
        self.arm.put(self.id, self.api_version, self._recovery)
        self.write(self.found())


def _basics(session: Session) -> dict[str, Any]:
    return {"tenantId": session.tenant_id, "sku": SKU}


class VaultKey(ArmResource):
    """A key: made once, and never changed by the resource manager."""

    def version_uri(self) -> str | None:
        """Address of the key's version, which a state has to name; None before it is made."""
        found = self.found()
        return None if found is None else str(found[PROPERTIES]["keyUriWithVersion"])


def secrets_key(session: Session, names: StateNames) -> VaultKey:
    """The key of what Pulumi keeps secret."""
    return _key(
        session,
        names,
        SECRETS_KEY,
        "encrypts the secrets in the state; never rotated, since Pulumi's ciphertexts name no version",
        {"keyOps": ["encrypt", "decrypt"]},
    )


def state_key(session: Session, names: StateNames) -> VaultKey:
    """The key of the account of the state."""
    rotation = {"action": {"type": "rotate"}, "trigger": {"timeAfterCreate": f"P{ROTATION_DAYS}D"}}
    return _key(
        session,
        names,
        STATE_KEY,
        "encrypts the state's account, and is rotated each year",
        {"keyOps": ["wrapKey", "unwrapKey"], "rotationPolicy": {"lifetimeActions": [rotation]}},
    )


def _key(session: Session, names: StateNames, key: str, why: str, properties: dict[str, Any]) -> VaultKey:
    return VaultKey(
        arm=session.arm,
        id=names.key_id(key),
        api_version=API_VERSION,
        subject=f"key {key} of {names.vault}",
        why=why,
        region=session.region,
        created=f"RSA, {KEY_BITS:,} bits",
        body=lambda _: {
            "tags": names.tags,
            PROPERTIES: {"kty": "RSA", "keySize": KEY_BITS, **properties},
        },
    )
