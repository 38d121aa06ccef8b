"""Object replication between two accounts (REST reference: Object Replication Policies, 2024-01-01; "Object
replication for block blobs"; "Troubleshoot Azure Blob backup", 2024-09-16; Azure/bicep-types-az#2420 and
Azure/azure-rest-api-specs#11189; as of 2026-11).

A policy is first written at the destination, under the name `default`: Azure chooses its id and its rules'.
With these it is then written at the source. At the destination nothing stands under `default` afterwards.
Azure's pages show no error of a second policy of one pair, of a rule without its container, of too many
policies, and of an account without versions or its change feed: the words for these are the sandbox's.
No blob is ever copied.
"""

from __future__ import annotations

import uuid

from typing_extensions import override

from modelyard_sandbox.azure.manager.errors import ArmError, bad_request, conflict
from modelyard_sandbox.azure.manager.ids import GUID, ResourceId
from modelyard_sandbox.azure.manager.kinds import ANSWERED, Write
from modelyard_sandbox.azure.manager.object_replication_state import (
    ACCOUNT,
    DESTINATION,
    REPLICATION,
    SOURCE,
    account_named,
    backed_up,
    is_named,
    policies_at,
    policy_of_container,
    side_of,
)
from modelyard_sandbox.azure.manager.shapes import flag, many, record, text
from modelyard_sandbox.azure.manager.storage import StorageKind
from modelyard_sandbox.azure.manager.store import Body, Resource, Store
from modelyard_sandbox.azure.manager.times import timestamp

NEW = "default"
MOST_POLICIES = 2
"""An account replicates to two others at most, and takes from two at most."""
MOST_RULES = 1_000
REPLICATING_KINDS = frozenset({"StorageV2", "BlockBlobStorage"})
_IDS = uuid.UUID("0c1f1a52-7d0e-5c6e-9f0b-5a6c1d2e3f40")
"""Namespace of the ids of policies and rules; made up once."""


class ObjectReplicationPolicy(StorageKind):
    """A policy, at one of its two accounts."""

    type = REPLICATION
    parent_type = ACCOUNT
    located = False
    patched = False
    listed_in = frozenset[str]()
    shape = record(
        "ObjectReplicationPolicy",
        {
            "properties": record(
                "ObjectReplicationPolicyProperties",
                {
                    "destinationAccount": text(),
                    "metrics": record("ObjectReplicationPolicyPropertiesMetrics", {"enabled": flag()}),
                    "rules": many(
                        record(
                            "ObjectReplicationPolicyRule",
                            {
                                "destinationContainer": text(),
                                "filters": record(
                                    "ObjectReplicationPolicyFilter",
                                    {"minCreationTime": text(), "prefixMatch": many(text())},
                                ),
                                "ruleId": text(),
                                "sourceContainer": text(),
                            },
                            required=("sourceContainer", "destinationContainer"),
                        )
                    ),
                    "sourceAccount": text(),
                },
                required=("sourceAccount", "destinationAccount", "rules"),
                read_only=("enabledTime", "policyId"),
            )
        },
        required=("properties",),
        read_only=ANSWERED,
    )

    @override
    def check_name(self, name: str) -> None:
        if name != NEW and not GUID.fullmatch(name):
            raise _refused(name, "policyId")

    @override
    def written_at(self, store: Store, id_: ResourceId, body: Body) -> ResourceId:
        asked = body.get("properties")
        names: Body = asked if isinstance(asked, dict) else {}
        source, destination = names.get("sourceAccount"), names.get("destinationAccount")
        assert id_.parent is not None  # noqa: S101  (a policy is an account's)
        if id_.name != NEW or not source or not is_named(id_.parent, str(destination)):
            return id_
        pair = f"{id_.parent.key}\n{str(source).lower()}"
        chosen = new_policy_id(pair, store.chosen[pair])
        store.chosen[pair] += 1
        place = f"{id_.text.rpartition('/')[0]}/{chosen}"
        return ResourceId(place, id_.type, chosen, id_.parent)

    @override
    def settle(self, write: Write) -> Body:
        asked = write.properties
        account = write.id.parent
        assert account is not None  # noqa: S101  (a policy is an account's)
        side = side_of(account, asked)
        if not side:
            raise _refused(asked["destinationAccount"], "destinationAccount")
        _check_ids(write.store, account, asked)
        if write.id.name == NEW:
            raise _refused(NEW, "policyId")
        standing = write.store.get(account)
        assert standing is not None  # noqa: S101  (its parent was checked)
        check_account(write.store, standing, side)
        _check_room(write, account, side)
        _check_rules(write.store, account, side, asked["rules"], write.id.name)
        rules = _named(write) if side == DESTINATION else _known(write)
        if write.old is not None:
            _check_accounts(asked, write.old.properties)
        return {"properties": {**asked, "rules": rules}}

    @override
    def answer(self, store: Store, resource: Resource) -> Body:
        properties = {**resource.properties, "policyId": resource.id.name}
        account = resource.id.parent
        if account is not None and side_of(account, properties) == SOURCE:
            properties["enabledTime"] = timestamp(resource.created)
        return {**super().answer(store, resource), "properties": properties}


def new_policy_id(pair: str, serial: int) -> str:
    """The id of the next policy of a pair of accounts: a new one each time."""
    return str(uuid.uuid5(_IDS, f"{pair}\n{serial}"))


def rule_id(policy_id: str, rule: Body) -> str:
    """The id of a rule of a policy."""
    return str(uuid.uuid5(_IDS, f"{policy_id}\n{rule['sourceContainer']}\n{rule['destinationContainer']}"))


def check_account(store: Store, account: Resource, side: str) -> None:
    """Refuse an account that can't be on that side of a policy."""
    if account.properties.get("isHnsEnabled") or account.body["kind"] not in REPLICATING_KINDS:
        raise conflict(
            "FeatureNotSupportedForAccount", "Object replication is not supported for the account."
        )
    place = f"{account.id.text}/blobServices/default"
    service = store.get(ResourceId(place, f"{ACCOUNT}/blobServices", NEW, account.id))
    assert service is not None  # noqa: S101  (it comes with the account)
    needed = {"isVersioningEnabled": service.properties.get("isVersioningEnabled")}
    if side == SOURCE:
        needed["Change Feed"] = service.properties.get("changeFeed", {}).get("enabled")
    for name, is_on in needed.items():
        if not is_on:
            raise _refused(False, name, f" of account {account.id.name}: Object Replication needs it")


def _check_ids(store: Store, account: ResourceId, asked: Body) -> None:
    """Accounts must stand, and be named by their ids where replication across tenants isn't allowed."""
    standing = store.get(account)
    across = bool(standing and standing.properties.get("allowCrossTenantReplication"))
    for side in (SOURCE, DESTINATION):
        name: str = asked[f"{side}Account"]
        is_id = name.startswith("/")
        if account_named(store, name) is None and (is_id or not across):
            raise _refused(name, f"{side}Account")
        if not is_id and not across:
            raise _refused(
                name,
                f"{side}Account",
                ": it must be the account's full resource id, since allowCrossTenantReplication is off",
            )


def _check_rules(store: Store, account: ResourceId, side: str, rules: list[Body], own: str) -> None:
    if not 1 <= len(rules) <= MOST_RULES:
        raise _refused(len(rules), "rules", f": a policy has 1 to {MOST_RULES}")
    for name in ("sourceContainer", "destinationContainer"):
        seen: set[str] = set()
        for rule in rules:
            if rule[name] in seen:
                raise _refused(rule[name], name, ": a container has one rule of a policy")
            seen.add(rule[name])
    containers = f"{account.text}/blobServices/default/containers"
    for rule in rules:
        name = rule[f"{side}Container"]
        place = ResourceId(f"{containers}/{name}", f"{ACCOUNT}/blobServices/containers", name)
        if store.get(place) is None:
            raise _refused(name, f"{side}Container", f": account {account.name} has no such container")
        other = policy_of_container(store, account, name)
        if (other is not None and other.id.name != own) or name in backed_up(store, account):
            raise _refused(name, f"{side}Container", ": a container can be part of only one policy")


def _check_room(write: Write, account: ResourceId, side: str) -> None:
    """An account has two policies a side at most, and a pair of accounts has one."""
    other = f"{DESTINATION if side == SOURCE else SOURCE}Account"
    partner = account_named(write.store, write.properties[other])
    found = [at for at in policies_at(write.store, account, side) if at.id.key != write.id.key]
    for policy in found:
        same = account_named(write.store, policy.properties[other])
        if partner is not None and same is not None and same.id.key == partner.id.key:
            raise conflict(
                "ObjectReplicationPolicyAlreadyExists",
                f"The accounts already have the object replication policy {policy.id.name}. Delete it first, "
                "or change it under its own id.",
            )
    if len(found) >= MOST_POLICIES:
        raise conflict(
            "ObjectReplicationPolicyLimitReached",
            f"The account {account.name} is the {side} of {len(found)} object replication policies already, "
            f"and of {MOST_POLICIES} at most.",
        )


def _named(write: Write) -> list[Body]:
    """The rules of a policy at its destination, each with an id."""
    if write.old is None and not _is_chosen(write):
        raise _refused(write.id.name, "policyId")
    return [{**rule, "ruleId": rule_id(write.id.name, rule)} for rule in write.properties["rules"]]


def _is_chosen(write: Write) -> bool:
    """Whether Azure itself has just chosen the policy's id."""
    assert write.id.parent is not None  # noqa: S101  (a policy is an account's)
    pair = f"{write.id.parent.key}\n{write.properties['sourceAccount'].lower()}"
    return write.id.name == new_policy_id(pair, write.store.chosen[pair] - 1)


def _known(write: Write) -> list[Body]:
    """The rules of a policy at its source: with the ids that the destination's have."""
    destination = account_named(write.store, write.properties["destinationAccount"])
    if destination is None:
        return write.properties["rules"]
    policies = policies_at(write.store, destination.id, DESTINATION)
    twin = next((policy for policy in policies if policy.id.name == write.id.name.lower()), None)
    if twin is None:
        raise _refused(write.id.name, "policyId")
    _check_accounts(write.properties, twin.properties)
    places = {rule["ruleId"]: (rule["sourceContainer"], rule["destinationContainer"]) for rule in _of(twin)}
    for rule in write.properties["rules"]:
        containers = (rule["sourceContainer"], rule["destinationContainer"])
        if places.get(rule.get("ruleId", "")) != containers:
            raise _refused(rule.get("ruleId", ""), "ruleId")
    return write.properties["rules"]


def _of(policy: Resource) -> list[Body]:
    return policy.properties["rules"]


def _check_accounts(asked: Body, standing: Body) -> None:
    for name in ("sourceAccount", "destinationAccount"):
        if asked[name].rpartition("/")[2].lower() != standing[name].rpartition("/")[2].lower():
            raise _refused(asked[name], name)


def _refused(value: object, name: str, why: str = "") -> ArmError:
    said = f"The value '{value}' is not allowed for property {name}{why}."
    return bad_request("InvalidRequestPropertyValue", said, f"properties.{name}")
