"""Storage accounts (REST reference of the storage resource provider, 2024-01-01; "Error codes for Create
Storage Account", "Common error codes", "Resolve errors for storage account names"; as of 2026-11).

Names are one namespace for all subscriptions of the sandbox.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from typing_extensions import override

from modelyard_sandbox.azure.manager.account_shapes import IDENTITY, PROPERTIES, SKU
from modelyard_sandbox.azure.manager.errors import ArmError, bad_request, conflict
from modelyard_sandbox.azure.manager.ids import ResourceId
from modelyard_sandbox.azure.manager.kinds import Kind, Write, content_error, envelope, filled
from modelyard_sandbox.azure.manager.locations import PAIRS
from modelyard_sandbox.azure.manager.network_rules import check_network_rules
from modelyard_sandbox.azure.manager.shapes import (
    Problem,
    ShapeFault,
    text,
)
from modelyard_sandbox.azure.manager.store import Body, Resource, Store
from modelyard_sandbox.azure.manager.subscriptions import OBJECT_ID, TENANT_ID

ACCOUNT = "Microsoft.Storage/storageAccounts"
BLOB_SERVICE = f"{ACCOUNT}/blobServices"
API_VERSIONS = ("2022-09-01", "2023-01-01", "2023-04-01", "2023-05-01", "2024-01-01", "2025-01-01")
NAME = re.compile(r"[a-z0-9]{3,24}")
PREMIUM_KINDS = frozenset({"BlockBlobStorage", "FileStorage"})
UPGRADES = {"Storage": {"StorageV2"}, "BlobStorage": {"StorageV2"}}
FIXED = ("isHnsEnabled", "isNfsV3Enabled", "dnsEndpointType")
"""Properties that are settled when the account is made."""
DEFAULTS: Body = {
    "allowBlobPublicAccess": False,
    "allowCrossTenantReplication": False,
    "minimumTlsVersion": "TLS1_0",
    "networkAcls": {
        "bypass": "AzureServices",
        "defaultAction": "Allow",
        "ipRules": [],
        "virtualNetworkRules": [],
    },
    "supportsHttpsTrafficOnly": True,
}


class StorageKind(Kind):
    """What the types of the storage resource provider have in common: api-versions and words."""

    api_versions = API_VERSIONS

    @override
    def fault(self, id_: ResourceId, fault: ShapeFault) -> ArmError:
        if fault.problem is not Problem.NOT_ALLOWED:
            return content_error(fault)
        return bad_request(
            "InvalidRequestPropertyValue",
            f"The value '{fault.value}' is not allowed for property {fault.member}.",
            fault.path,
        )


class StorageAccount(StorageKind):
    """A storage account."""

    type = ACCOUNT
    shape = envelope(
        "StorageAccount",
        PROPERTIES,
        ("location", "sku", "kind"),
        identity=IDENTITY,
        kind=text("Storage", "StorageV2", "BlobStorage", "FileStorage", "BlockBlobStorage"),
        sku=SKU,
    )

    @override
    def check_name(self, name: str) -> None:
        if not NAME.fullmatch(name):
            raise bad_request(
                "AccountNameInvalid",
                f"{name} is not a valid storage account name. Storage account name must be between 3 and 24 "
                "characters in length and use numbers and lower-case letters only.",
            )

    @override
    def settle(self, write: Write) -> Body:
        _check_free(write)
        properties = write.properties
        if write.old:
            _check_changes(write, write.old)
            kept = {name: write.old.properties[name] for name in FIXED if name in write.old.properties}
            properties = filled(properties, kept)
        defaults = DEFAULTS if write.asked["kind"] == "Storage" else {**DEFAULTS, "accessTier": "Hot"}
        properties = filled(properties, defaults)
        _check_features(write.asked, properties)
        check_network_rules(
            write.store,
            write.id,
            properties["networkAcls"],
            "Microsoft.Storage",
            "NetworkAclsValidationFailure",
        )
        return {**write.asked, "properties": properties}

    @override
    def written(self, store: Store, resource: Resource) -> None:
        service = ResourceId(f"{resource.id.text}/blobServices/default", BLOB_SERVICE, "default", resource.id)
        if store.get(service) is None:
            store.write(service, {"properties": service_defaults()})

    @override
    def answer(self, store: Store, resource: Resource) -> Body:
        answer = {**super().answer(store, resource), "sku": sku_of(resource)}
        answer["properties"] = {**resource.properties, **_computed(resource)}
        identity: Body | None = resource.body.get("identity")
        if identity and identity["type"].startswith("SystemAssigned"):
            answer["identity"] = {**identity, "principalId": OBJECT_ID, "tenantId": TENANT_ID}
        return answer


def sku_of(account: Resource) -> Body:
    """An account's SKU as Azure answers it: with its tier."""
    sku = account.body["sku"]
    return {**sku, "tier": sku["name"].partition("_")[0].removesuffix("V2")}


def service_defaults() -> Body:
    """The settings of an account whose blob service nobody has touched."""
    return {
        "cors": {"corsRules": []},
        "deleteRetentionPolicy": {"enabled": False, "allowPermanentDelete": False},
    }


def check_account_name(store: Store, owner: ResourceId, body: Body) -> tuple[int, Body]:
    """Whether an account's name is free (Storage Accounts: Check Name Availability)."""
    del owner
    name = str(body.get("name", ""))
    if not NAME.fullmatch(name):
        said = f"{name} is not a valid storage account name."
        return 200, {"nameAvailable": False, "reason": "AccountNameInvalid", "message": said}
    if any(account.id.name == name for account in store.of_type(ACCOUNT)):
        said = f"The storage account named {name} is already taken."
        return 200, {"nameAvailable": False, "reason": "AlreadyExists", "message": said}
    return 200, {"nameAvailable": True}


def _check_free(write: Write) -> None:
    for account in write.store.of_type(ACCOUNT):
        if account.id.name != write.id.name or account.id.key == write.id.key:
            continue
        if account.id.subscription.key == write.id.subscription.key:
            raise conflict(
                "StorageAccountInAnotherResourceGroup",
                f"The account {write.id.name} is already in another resource group in this subscription.",
            )
        raise conflict(
            "StorageAccountAlreadyTaken", f"The storage account named {write.id.name} is already taken."
        )


def _check_changes(write: Write, old: Resource) -> None:
    for name in FIXED:
        if name in write.properties and write.properties[name] != old.properties.get(name, _unset(name)):
            raise _read_only(name, f"properties.{name}")
    before, after = old.body["kind"], write.asked["kind"]
    if after != before and after not in UPGRADES.get(before, set()):
        raise _read_only("kind", "kind")
    was, is_ = old.body["sku"]["name"], write.asked["sku"]["name"]
    if was.partition("_")[0] != is_.partition("_")[0]:
        raise bad_request(
            "StorageAccountTypeConversionNotAllowed",
            f"The storage account {write.id.name} can't be converted from {was} to {is_}.",
            "sku.name",
        )


def _read_only(name: str, path: str) -> ArmError:
    return bad_request(
        "AccountPropertyCannotBeUpdated",
        f"The property '{name}' was specified in the input, but it cannot be updated as it is read-only.",
        path,
    )


def _unset(name: str) -> Any:
    return "Standard" if name == "dnsEndpointType" else False


def _check_features(body: Body, properties: Body) -> None:
    premium = body["sku"]["name"].startswith("Premium")
    if body["kind"] in PREMIUM_KINDS and not premium:
        raise bad_request(
            "InvalidAccountType",
            f"The SKU {body['sku']['name']} is not valid for kind {body['kind']}.",
            "sku.name",
        )
    blocks = body["kind"] == "BlockBlobStorage" or (body["kind"] == "StorageV2" and not premium)
    if properties.get("isHnsEnabled") and not blocks:
        raise bad_request(
            "InvalidRequestPropertyValue",
            "The value 'True' is not allowed for property isHnsEnabled.",
            "properties.isHnsEnabled",
        )
    for feature in ("isNfsV3Enabled", "isSftpEnabled"):
        if properties.get(feature) and not properties.get("isHnsEnabled"):
            raise bad_request(
                "InvalidRequestPropertyValue",
                f"The value 'True' is not allowed for property {feature}.",
                f"properties.{feature}",
            )
    encryption: Body = properties.get("encryption", {})
    if encryption.get("keyvaultproperties") and not encryption.get("keySource"):
        raise bad_request(
            "MissingEncryptionKeySource", "The Encryption KeySource is missing in the request.", "encryption"
        )


def _computed(resource: Resource) -> Body:
    made = timestamp(resource.created)
    computed: Body = {
        "creationTime": made,
        "keyCreationTime": {"key1": made, "key2": made},
        "primaryEndpoints": _endpoints(resource, ""),
        "primaryLocation": resource.location,
        "privateEndpointConnections": [],
        "provisioningState": "Succeeded",
        "statusOfPrimary": "available",
        "encryption": filled(
            resource.properties.get("encryption", {}),
            {
                "keySource": "Microsoft.Storage",
                "services": {
                    name: {"enabled": True, "keyType": "Account", "lastEnabledTime": made}
                    for name in ("blob", "file")
                },
            },
        ),
    }
    sku, pair = resource.body["sku"]["name"], PAIRS.get(resource.location)
    if pair and "G" in sku.partition("_")[2]:
        computed |= {"secondaryLocation": pair, "statusOfSecondary": "available"}
        if "_RA" in sku:
            computed["secondaryEndpoints"] = _endpoints(resource, "-secondary")
    return computed


def _endpoints(resource: Resource, end: str) -> Body:
    services = {
        "BlobStorage": ("blob", "dfs", "table"),
        "BlockBlobStorage": ("blob", "dfs", "web"),
        "FileStorage": ("file",),
    }
    given = services.get(resource.body["kind"], ("blob", "dfs", "file", "queue", "table", "web"))
    host = f"{resource.id.name}{end}"
    return {
        name: f"https://{host}.{'z1.' if name == 'web' else ''}{name}.core.windows.net/"
        for name in given
        if not (end and name == "file")
    }


def timestamp(moment: datetime) -> str:
    """A time as Azure writes it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f0Z")
