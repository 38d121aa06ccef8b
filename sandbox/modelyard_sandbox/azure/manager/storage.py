"""Storage accounts (REST reference of the storage resource provider, 2024-01-01; "Error codes for Create
Storage Account", "Common error codes", "Resolve errors for storage account names"; as of 2026-11).

Names are one namespace for all subscriptions of the sandbox.
"""

from __future__ import annotations

import re
from typing import Any

from typing_extensions import override

from modelyard_sandbox.azure.manager.account_immutability import IMMUTABLE, check_account_immutability
from modelyard_sandbox.azure.manager.account_shapes import PROPERTIES, SKU
from modelyard_sandbox.azure.manager.errors import ArmError, bad_request, conflict
from modelyard_sandbox.azure.manager.identities import IDENTITY_SHAPE, check_identity
from modelyard_sandbox.azure.manager.ids import ResourceId
from modelyard_sandbox.azure.manager.kinds import Kind, Write, content_error, envelope, filled
from modelyard_sandbox.azure.manager.network_rules import check_network_rules, is_public_range
from modelyard_sandbox.azure.manager.shapes import Problem, ShapeFault, text
from modelyard_sandbox.azure.manager.storage_answers import shown_account
from modelyard_sandbox.azure.manager.storage_encryption import check_encryption
from modelyard_sandbox.azure.manager.store import Body, Resource, Store

ACCOUNT = "Microsoft.Storage/storageAccounts"
BLOB_SERVICE = f"{ACCOUNT}/blobServices"
API_VERSIONS = ("2022-09-01", "2023-01-01", "2023-04-01", "2023-05-01", "2024-01-01", "2025-01-01")
NAME = re.compile(r"[a-z0-9]{3,24}")
PREMIUM_KINDS = frozenset({"BlockBlobStorage", "FileStorage"})
UPGRADES = {"Storage": {"StorageV2"}, "BlobStorage": {"StorageV2"}}
FIXED = ("isHnsEnabled", "isNfsV3Enabled", "dnsEndpointType")
"""Properties that are settled when the account is made."""
BYPASSES = frozenset({"AzureServices", "Logging", "Metrics", "None"})
SMALL_RANGES = ("/31", "/32")
SAS_PERIOD = re.compile(r"\d{1,5}\.([01]\d|2[0-3]):[0-5]\d:[0-5]\d")
"""Days, hours, minutes and seconds."""
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
        return _not_allowed(fault.value, fault.member, fault.path)


class StorageAccount(StorageKind):
    """A storage account."""

    type = ACCOUNT
    tag_name_length = 128
    shape = envelope(
        "StorageAccount",
        PROPERTIES,
        ("location", "sku", "kind"),
        identity=IDENTITY_SHAPE,
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
            properties = filled(properties, _kept(write.old))
        defaults = DEFAULTS if write.asked["kind"] == "Storage" else {**DEFAULTS, "accessTier": "Hot"}
        properties = filled(properties, defaults)
        _check_features(write.asked, properties)
        check_identity(write)
        check_encryption(write, properties.get("encryption", {}))
        check_account_immutability(properties, write.old)
        check_network_rules(
            write.store,
            write.id,
            properties["networkAcls"],
            "Microsoft.Storage",
            "NetworkAclsValidationFailure",
        )
        return {**write.asked, "properties": properties}

    @override
    def check_deletion(self, store: Store, resource: Resource) -> None:
        # What keeps containers is made up of types that build on this one.
        from modelyard_sandbox.azure.manager.blob_containers import check_account_deletion

        check_account_deletion(store, resource)

    @override
    def written(self, store: Store, resource: Resource) -> None:
        service = ResourceId(f"{resource.id.text}/blobServices/default", BLOB_SERVICE, "default", resource.id)
        if store.get(service) is None:
            store.write(service, {"properties": service_defaults()})

    @override
    def answer(self, store: Store, resource: Resource) -> Body:
        return {**super().answer(store, resource), **shown_account(store, resource)}


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
    if was.partition("_")[0] != is_.partition("_")[0] or ("Z" in was) != ("Z" in is_):
        raise bad_request(
            "StorageAccountTypeConversionNotAllowed",
            f"The storage account {write.id.name} can't be converted from {was} to {is_}.",
            "sku.name",
        )


def _kept(old: Resource) -> Body:
    """What an account keeps where a change says nothing of it."""
    kept: Body = {name: old.properties[name] for name in (*FIXED, IMMUTABLE) if name in old.properties}
    second = "requireInfrastructureEncryption"
    if second in old.properties.get("encryption", {}):
        kept["encryption"] = {second: old.properties["encryption"][second]}
    return kept


def _read_only(name: str, path: str) -> ArmError:
    return bad_request(
        "AccountPropertyCannotBeUpdated",
        f"The property '{name}' was specified in the input, but it cannot be updated as it is read-only.",
        path,
    )


def _unset(name: str) -> Any:
    return "Standard" if name == "dnsEndpointType" else False


def _check_sas(properties: Body) -> None:
    period: str = properties.get("sasPolicy", {}).get("sasExpirationPeriod", "1.00:00:00")
    if not SAS_PERIOD.fullmatch(period):
        raise _not_allowed(period, "sasExpirationPeriod", "properties.sasPolicy.sasExpirationPeriod")


def _check_bypass(rules: Body) -> None:
    words = [word.strip() for word in rules["bypass"].split(",")]
    if not set(words) <= BYPASSES or ("None" in words and len(words) > 1):
        raise _not_allowed(rules["bypass"], "bypass", "properties.networkAcls.bypass")


def _not_allowed(value: object, name: str, path: str) -> ArmError:
    return bad_request(
        "InvalidRequestPropertyValue", f"The value '{value}' is not allowed for property {name}.", path
    )


def _check_addresses(rules: Body) -> None:
    """Refuse what isn't the internet's, and a range of one address or two, which is written as addresses."""
    for rule in rules.get("ipRules", []):
        if not is_public_range(rule["value"]) or rule["value"].endswith(SMALL_RANGES):
            raise bad_request(
                "InvalidValuesForRequestParameters",
                "Values for request parameters are invalid: networkAcls.ipRule[*].value. For more "
                "information, see - https://aka.ms/storagenetworkruleset",
                "properties.networkAcls.ipRules",
            )


def _check_features(body: Body, properties: Body) -> None:
    _check_sas(properties)
    _check_bypass(properties["networkAcls"])
    _check_addresses(properties["networkAcls"])
    premium = body["sku"]["name"].startswith("Premium")
    if body["kind"] in PREMIUM_KINDS and not premium:
        raise bad_request(
            "InvalidAccountType",
            f"The SKU {body['sku']['name']} is not valid for kind {body['kind']}.",
            "sku.name",
        )
    blocks = body["kind"] == "BlockBlobStorage" or (body["kind"] == "StorageV2" and not premium)
    if properties.get("isHnsEnabled") and not blocks:
        raise _not_allowed(True, "isHnsEnabled", "properties.isHnsEnabled")
    for feature in ("isNfsV3Enabled", "isSftpEnabled"):
        if properties.get(feature) and not properties.get("isHnsEnabled"):
            raise _not_allowed(True, feature, f"properties.{feature}")
