"""What object replication says of accounts and containers: which policies an account has, and what of.

A policy stands twice, once at each account, under one id.
"""

from __future__ import annotations

from collections.abc import Iterator

from modelyard_sandbox.azure.manager.ids import ResourceId, is_resource_id, resource_id
from modelyard_sandbox.azure.manager.store import Body, Resource, Store

ACCOUNT = "Microsoft.Storage/storageAccounts"
REPLICATION = f"{ACCOUNT}/objectReplicationPolicies"
SOURCE, DESTINATION = "source", "destination"


def side_of(account: ResourceId, properties: Body) -> str:
    """Which side of a policy an account is; empty if it is none, or both."""
    sides = [side for side in (SOURCE, DESTINATION) if is_named(account, properties[f"{side}Account"])]
    return sides[0] if len(sides) == 1 else ""


def is_named(account: ResourceId, name: str) -> bool:
    """Whether an account is meant by a name or an id."""
    return name.lower() in (account.name.lower(), account.key)


def policies_at(store: Store, account: ResourceId, side: str | None = None) -> Iterator[Resource]:
    """The policies of an account; those where it is on one side, if that is named."""
    for policy in store.within(account, REPLICATION):
        if side is None or side_of(account, policy.properties) == side:
            yield policy


def account_named(store: Store, name: str) -> Resource | None:
    """The account that a name or an id means; None if there is none."""
    if is_resource_id(name):
        place = resource_id(name)
        return store.get(place) if place.kind == ACCOUNT.lower() else None
    accounts = (found for found in store.of_type(ACCOUNT) if found.id.name == name)
    return next(accounts, None)


def policy_of_container(store: Store, account: ResourceId, container: str) -> Resource | None:
    """The policy of an account that has a rule from or to one of its containers; None if there is none."""
    for policy in policies_at(store, account):
        place = f"{side_of(account, policy.properties)}Container"
        if any(rule[place] == container for rule in policy.properties["rules"]):
            return policy
    return None


def backed_up(store: Store, account: ResourceId) -> frozenset[str]:
    """The containers of an account that Azure Backup copies to a vault, by a policy of its own that isn't
    among the account's here.
    """
    names: set[str] = set()
    for instance in store.of_type("Microsoft.DataProtection/backupVaults/backupInstances"):
        source: str = instance.properties["dataSourceInfo"]["resourceID"]
        parameters: Body = instance.properties["policyInfo"].get("policyParameters", {})
        for part in parameters.get("backupDatasourceParametersList", []):
            names.update(part.get("containersList", []) if source.lower() == account.key else [])
    return frozenset(names)
