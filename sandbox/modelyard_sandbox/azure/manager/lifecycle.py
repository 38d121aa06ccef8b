"""A storage account's lifecycle policy (REST reference: Management Policies, 2024-01-01; "Azure Blob Storage
lifecycle management overview"; Azure's MissingLastAccessTimeBasedTrackingPolicy as in
avinor/terraform-azurerm-storage-account#19; as of 2026-11).

Nothing is ever moved or deleted by it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from typing_extensions import override

from modelyard_sandbox.azure.manager.errors import ArmError, bad_request
from modelyard_sandbox.azure.manager.ids import ResourceId
from modelyard_sandbox.azure.manager.kinds import ANSWERED, DEFAULT_ONLY, Naming, Write
from modelyard_sandbox.azure.manager.lifecycle_shapes import LAST_ACCESS, POLICY
from modelyard_sandbox.azure.manager.shapes import record
from modelyard_sandbox.azure.manager.storage import ACCOUNT, StorageKind
from modelyard_sandbox.azure.manager.store import Body, Resource, Store
from modelyard_sandbox.azure.manager.times import timestamp

MOST_RULES = 100
MOST_PREFIXES = 10
TIERS = ("tierToCool", "tierToCold", "tierToArchive", "tierToHot")


class ManagementPolicy(StorageKind):
    """What becomes of an account's blobs with time: `default`."""

    type = f"{ACCOUNT}/managementPolicies"
    naming = Naming(DEFAULT_ONLY, "management policy", "it must be 'default'", target="managementPolicyName")
    parent_type = ACCOUNT
    located = False
    patched = False
    listed_in = frozenset[str]()
    shape = record(
        "ManagementPolicy",
        {
            "properties": record(
                "ManagementPolicyProperties", {"policy": POLICY}, ("policy",), ("lastModifiedTime",)
            )
        },
        required=("properties",),
        read_only=ANSWERED,
    )

    @override
    def accept(self, id_: ResourceId, body: Any) -> Body:
        taken = super().accept(id_, body)
        rules: list[Body] = taken["properties"]["policy"]["rules"]
        if not 1 <= len(rules) <= MOST_RULES:
            raise _refused(len(rules), "rules", f"a policy has 1 to {MOST_RULES} rules.")
        names = [rule["name"] for rule in rules]
        for name in names:
            if names.count(name) > 1:
                raise _refused(name, "name", "another rule has this name.")
        for rule in rules:
            _check_rule(rule)
        return taken

    @override
    def settle(self, write: Write) -> Body:
        assert write.id.parent is not None  # noqa: S101  (its parent was checked)
        account = write.store.get(write.id.parent)
        assert account is not None  # noqa: S101  (its parent was checked)
        rules = [{"enabled": True, **rule} for rule in write.properties["policy"]["rules"]]
        for rule in rules:
            for name, condition in _actions(rule):
                _check_action(write.store, account, name, condition)
        return {"properties": {"policy": {"rules": rules}}}

    @override
    def answer(self, store: Store, resource: Resource) -> Body:
        properties = {**resource.properties, "lastModifiedTime": timestamp(resource.changed)}
        return {**super().answer(store, resource), "properties": properties}


def _check_rule(rule: Body) -> None:
    definition: Body = rule["definition"]
    filters: Body = definition.get("filters", {"blobTypes": ["blockBlob"]})
    if not filters["blobTypes"]:
        raise _refused("", "blobTypes", "a rule is for block blobs, for append blobs or for both.")
    if len(filters.get("prefixMatch", [])) > MOST_PREFIXES:
        raise _refused(
            len(filters["prefixMatch"]), "prefixMatch", f"a rule has at most {MOST_PREFIXES} prefixes."
        )
    actions = list(_actions(rule))
    if not actions:
        raise _refused(rule["name"], "actions", "a rule has one action at least.")
    for name, condition in actions:
        if isinstance(condition, dict) and not condition:
            raise _refused(name, "actions", "an action needs the days after which it is taken.")
        if "appendBlob" in filters["blobTypes"] and name in TIERS:
            raise _refused("appendBlob", "blobTypes", f"append blobs can't be moved by {name}.")


def _actions(rule: Body) -> Iterator[tuple[str, Any]]:
    """Each action by name, with its condition; for base blobs, snapshots and versions."""
    for actions in rule["definition"]["actions"].values():
        yield from actions.items()


def _check_action(store: Store, account: Resource, name: str, condition: Any) -> None:
    kind, sku = account.body["kind"], account.body["sku"]["name"]
    if name in TIERS and kind not in ("StorageV2", "BlobStorage"):
        raise _refused(name, "actions", f"an account of kind {kind} has no tiers.")
    if name == "tierToArchive" and "Z" in sku.partition("_")[2]:
        raise _refused(name, "actions", f"an account of SKU {sku} has no archive tier.")
    by_access = name == "enableAutoTierToHotFromCool" and condition
    if by_access or (isinstance(condition, dict) and LAST_ACCESS in condition):
        _check_tracking(store, account)


def _check_tracking(store: Store, account: Resource) -> None:
    place = f"{account.id.text}/blobServices/default"
    service = store.get(ResourceId(place, f"{ACCOUNT}/blobServices", "default", account.id))
    tracking: Body = service.properties.get("lastAccessTimeTrackingPolicy", {}) if service else {}
    if not tracking.get("enable"):
        raise bad_request(
            "MissingLastAccessTimeBasedTrackingPolicy",
            "Last access time based tracking policy must be enabled before using its specific actions in "
            "object lifecycle management policy",
            "properties.policy",
        )


def _refused(value: object, name: str, why: str) -> ArmError:
    said = f"The value '{value}' is not allowed for property {name}: {why}"
    return bad_request("InvalidRequestPropertyValue", said, "properties.policy")
