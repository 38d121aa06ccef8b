"""What Azure adds to a storage account that it shows (REST reference, 2024-01-01; as of 2026-11)."""

from __future__ import annotations

from modelyard_sandbox.azure.manager.customer_keys import key_at
from modelyard_sandbox.azure.manager.identities import shown_identity
from modelyard_sandbox.azure.manager.keys import shown
from modelyard_sandbox.azure.manager.kinds import filled
from modelyard_sandbox.azure.manager.locations import pair_of
from modelyard_sandbox.azure.manager.storage_encryption import key_url
from modelyard_sandbox.azure.manager.store import Body, Resource, Store
from modelyard_sandbox.azure.manager.times import timestamp


def sku_of(account: Resource) -> Body:
    """An account's SKU as Azure answers it: with its tier."""
    sku = account.body["sku"]
    return {**sku, "tier": sku["name"].partition("_")[0].removesuffix("V2")}


def shown_account(store: Store, account: Resource) -> Body:
    """What an account's answer has beside its id, name and type."""
    properties = {**account.properties, **_computed(store, account)}
    return {
        **account.body,
        "sku": sku_of(account),
        "properties": properties,
        **shown_identity(store, account),
    }


def _computed(store: Store, account: Resource) -> Body:
    # What is connected to accounts is made up of types that build on the one of accounts.
    from modelyard_sandbox.azure.manager.private_connections import connections_of

    made = timestamp(account.created)
    computed: Body = {
        "creationTime": made,
        "keyCreationTime": {"key1": made, "key2": made},
        "primaryEndpoints": _endpoints(account, ""),
        "primaryLocation": account.location,
        "privateEndpointConnections": connections_of(store, account),
        "provisioningState": "Succeeded",
        "statusOfPrimary": "available",
        "encryption": _encryption(store, account),
    }
    sku, pair = account.body["sku"]["name"], pair_of(account.location)
    if pair and "G" in sku.partition("_")[2]:
        computed |= {"secondaryLocation": pair, "statusOfSecondary": "available"}
        if "_RA" in sku:
            computed["secondaryEndpoints"] = _endpoints(account, "-secondary")
    return computed


def _encryption(store: Store, account: Resource) -> Body:
    made = timestamp(account.created)
    services = {
        name: {"enabled": True, "keyType": "Account", "lastEnabledTime": made} for name in ("blob", "file")
    }
    encryption = filled(
        account.properties.get("encryption", {}), {"keySource": "Microsoft.Storage", "services": services}
    )
    key = key_at(store, key_url(encryption)) if encryption["keySource"] != "Microsoft.Storage" else None
    if key is not None:
        version = {
            "currentVersionedKeyIdentifier": shown(store, key)["keyUriWithVersion"],
            "lastKeyRotationTimestamp": timestamp(key.created),
        }
        encryption["keyvaultproperties"] = {**encryption["keyvaultproperties"], **version}
    return encryption


def _endpoints(account: Resource, end: str) -> Body:
    services = {
        "BlobStorage": ("blob", "dfs", "table"),
        "BlockBlobStorage": ("blob", "dfs", "web"),
        "FileStorage": ("file",),
    }
    given = services.get(account.body["kind"], ("blob", "dfs", "file", "queue", "table", "web"))
    host = f"{account.id.name}{end}"
    return {
        name: f"https://{host}.{'z1.' if name == 'web' else ''}{name}.core.windows.net/"
        for name in given
        if not (end and name == "file")
    }
