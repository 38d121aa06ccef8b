"""Object replication: a policy at each of two accounts, under an id that Azure chooses."""

from __future__ import annotations

from typing import Any

import pytest
from arming import GROUP, Arm, account

ACCOUNTS = f"{GROUP}/providers/Microsoft.Storage/storageAccounts"
SOURCE, DESTINATION = f"{ACCOUNTS}/origin", f"{ACCOUNTS}/copies"
NEW = f"{DESTINATION}/objectReplicationPolicies/default"
KEPT = {"isVersioningEnabled": True, "changeFeed": {"enabled": True}}
RULE = {"sourceContainer": "data", "destinationContainer": "copied"}
UNKNOWN = "0b9b4dd6-5a5d-4c5f-9a2b-1c4c3f6f7a10"


def furnish(arm: Arm, account_id: str, *containers: str, **parts: Any) -> None:
    """An account with versions, its change feed and containers."""
    arm.put(account_id, account(**parts))
    arm.put(f"{account_id}/blobServices/default", {"properties": KEPT})
    for name in containers:
        arm.put(f"{account_id}/blobServices/default/containers/{name}", {})


@pytest.fixture
def pair(group: Arm) -> Arm:
    """Two accounts that can replicate."""
    furnish(group, SOURCE, "data", "more")
    furnish(group, DESTINATION, "copied", "others")
    return group


def policy(*rules: Any, **properties: Any) -> dict[str, Any]:
    given = {"sourceAccount": SOURCE, "destinationAccount": DESTINATION, "rules": list(rules) or [RULE]}
    return {"properties": {**given, **properties}}


def at_source(made: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Where a policy that was made at its destination belongs at its source, and its document there."""
    id_ = f"{SOURCE}/objectReplicationPolicies/{made['properties']['policyId']}"
    return id_, policy(*made["properties"]["rules"])


def refused(value: object, name: str, why: str = "") -> tuple[int, str, str]:
    return (
        400,
        "InvalidRequestPropertyValue",
        f"The value '{value}' is not allowed for property {name}{why}.",
    )


def test_the_destination_comes_first_and_gets_ids_which_the_source_then_names(pair: Arm) -> None:
    made = pair.put(NEW, policy())
    chosen = made["properties"]["policyId"]
    assert made["id"] == f"{DESTINATION}/objectReplicationPolicies/{chosen}"
    assert made["name"] == chosen
    assert made["properties"]["rules"][0].keys() == {*RULE, "ruleId"}
    assert "enabledTime" not in made["properties"]
    id_, document = at_source(made)
    other = pair.put(id_, {"properties": {**document["properties"], "metrics": {"enabled": True}}})
    assert other["properties"]["rules"] == made["properties"]["rules"]
    assert other["properties"]["enabledTime"] == "2026-11-25T12:00:00.0000000Z"
    assert other["properties"]["metrics"] == {"enabled": True}
    assert pair.put(id_, other) == other, "an answer can be sent back"
    assert pair.listed(f"{DESTINATION}/objectReplicationPolicies") == [chosen]


def test_nothing_stands_under_default(pair: Arm) -> None:
    pair.put(NEW, policy())
    assert pair.refused("GET", NEW) == (
        404,
        "ResourceNotFound",
        (
            "The Resource 'Microsoft.Storage/storageAccounts/objectReplicationPolicies/copies/default' under "
            "resource group 'rg' was not found."
        ),
    )
    assert pair.call("DELETE", NEW) == (204, None)
    assert len(pair.listed(f"{DESTINATION}/objectReplicationPolicies")) == 1


def test_a_pair_has_one_policy_and_the_next_one_has_another_id(pair: Arm) -> None:
    first = pair.put(NEW, policy())
    chosen = first["properties"]["policyId"]
    assert pair.refused("PUT", NEW, policy()) == (
        409,
        "ObjectReplicationPolicyAlreadyExists",
        (
            f"The accounts already have the object replication policy {chosen}. Delete it first, or change it "
            "under its own id."
        ),
    )
    changed = pair.put(
        first["id"], policy(RULE, {"sourceContainer": "more", "destinationContainer": "others"})
    )
    assert changed["properties"]["rules"][0] == first["properties"]["rules"][0]
    assert len({rule["ruleId"] for rule in changed["properties"]["rules"]}) == 2
    assert pair.call("DELETE", first["id"]) == (200, None)
    assert pair.put(NEW, policy())["properties"]["policyId"] != chosen


def test_the_source_must_name_a_policy_and_rules_of_the_destination(pair: Arm) -> None:
    assert pair.refused("PUT", f"{SOURCE}/objectReplicationPolicies/default", policy()) == refused(
        "default", "policyId"
    )
    unknown = f"{SOURCE}/objectReplicationPolicies/{UNKNOWN}"
    assert pair.refused("PUT", unknown, policy()) == refused(UNKNOWN, "policyId")
    id_, document = at_source(pair.put(NEW, policy()))
    assert pair.refused("PUT", id_, policy()) == refused("", "ruleId")
    wrong = {**document["properties"]["rules"][0], "ruleId": UNKNOWN}
    assert pair.refused("PUT", id_, policy(wrong)) == refused(UNKNOWN, "ruleId")
    swapped = {**document["properties"]["rules"][0], "sourceContainer": "more"}
    assert pair.refused("PUT", id_, policy(swapped))[2].endswith("is not allowed for property ruleId.")


def test_a_policy_without_its_accounts_is_refused(pair: Arm) -> None:
    for properties in ("none", {}, {"sourceAccount": SOURCE, "rules": [RULE]}):
        status, code, _ = pair.refused("PUT", NEW, {"properties": properties})
        assert (status, code) == (400, "InvalidRequestContent")
    assert pair.listed(f"{DESTINATION}/objectReplicationPolicies") == []


def test_a_policys_id_is_azures_to_choose(pair: Arm) -> None:
    unknown = f"{DESTINATION}/objectReplicationPolicies/{UNKNOWN}"
    assert pair.refused("PUT", unknown, policy()) == refused(UNKNOWN, "policyId")
    named = f"{DESTINATION}/objectReplicationPolicies/copies"
    assert pair.refused("PUT", named, policy()) == refused("copies", "policyId")


def test_both_accounts_must_stand_and_be_named_by_their_ids(pair: Arm) -> None:
    none = f"{ACCOUNTS}/none"
    assert pair.refused("PUT", NEW, policy(sourceAccount=none)) == refused(none, "sourceAccount")
    assert pair.refused("PUT", NEW, policy(sourceAccount="origin")) == refused(
        "origin",
        "sourceAccount",
        ": it must be the account's full resource id, since allowCrossTenantReplication is off",
    )
    pair.put(DESTINATION, account(properties={"allowCrossTenantReplication": True}))
    pair.put(NEW, policy(sourceAccount="origin", destinationAccount="copies"))


def test_a_policy_stands_at_one_of_its_two_accounts(pair: Arm) -> None:
    other = f"{ACCOUNTS}/other"
    furnish(pair, other, "data")
    assert pair.refused("PUT", f"{other}/objectReplicationPolicies/default", policy()) == refused(
        DESTINATION, "destinationAccount"
    )
    assert pair.refused("PUT", NEW, policy(sourceAccount=DESTINATION)) == refused(
        DESTINATION, "destinationAccount"
    )


@pytest.mark.parametrize(
    ("rules", "value", "name", "why"),
    [
        (
            [{**RULE, "destinationContainer": "none"}],
            "none",
            "destinationContainer",
            ": account copies has no such container",
        ),
        (
            [RULE, {**RULE, "destinationContainer": "others"}],
            "data",
            "sourceContainer",
            ": a container has one rule of a policy",
        ),
        (
            [RULE, {**RULE, "sourceContainer": "more"}],
            "copied",
            "destinationContainer",
            ": a container has one rule of a policy",
        ),
    ],
)
def test_rules_that_can_not_be_are_refused(
    pair: Arm, rules: list[Any], value: object, name: str, why: str
) -> None:
    assert pair.refused("PUT", NEW, policy(*rules)) == refused(value, name, why)


def test_a_policy_has_a_rule(pair: Arm) -> None:
    assert pair.refused("PUT", NEW, policy(rules=[])) == refused(0, "rules", ": a policy has 1 to 1000")


def test_versions_are_needed_at_both_and_the_change_feed_at_the_source(pair: Arm) -> None:
    pair.put(f"{DESTINATION}/blobServices/default", {"properties": {}})
    assert pair.refused("PUT", NEW, policy()) == refused(
        False, "isVersioningEnabled", " of account copies: Object Replication needs it"
    )
    pair.put(f"{DESTINATION}/blobServices/default", {"properties": {"isVersioningEnabled": True}})
    id_, document = at_source(pair.put(NEW, policy()))
    pair.put(f"{SOURCE}/blobServices/default", {"properties": {"isVersioningEnabled": True}})
    assert pair.refused("PUT", id_, document) == refused(
        False, "Change Feed", " of account origin: Object Replication needs it"
    )


def test_versions_and_the_change_feed_stay_on_while_they_are_used(pair: Arm) -> None:
    id_, document = at_source(pair.put(NEW, policy()))
    pair.put(id_, document)
    service = f"{SOURCE}/blobServices/default"
    assert pair.refused("PUT", service, {"properties": {"isVersioningEnabled": True}}) == (
        400,
        "InvalidRequestPropertyValue",
        "The value 'False' is not allowed for property Change Feed because Object Replication is enabled.",
    )
    for account_id in (SOURCE, DESTINATION):
        off = {"properties": {"changeFeed": {"enabled": True}}}
        assert pair.refused("PUT", f"{account_id}/blobServices/default", off) == (
            400,
            "InvalidRequestPropertyValue",
            (
                "The value 'False' is not allowed for property isVersioningEnabled because Object Replication is "
                "enabled."
            ),
        )
    pair.put(f"{DESTINATION}/blobServices/default", {"properties": {"isVersioningEnabled": True}})
    pair.call("DELETE", id_)
    pair.put(service, {"properties": {}})


@pytest.mark.parametrize(
    "parts",
    [{"properties": {"isHnsEnabled": True}}, {"kind": "FileStorage", "sku": {"name": "Premium_LRS"}}],
)
def test_an_account_that_has_no_replication_is_refused(group: Arm, parts: dict[str, Any]) -> None:
    furnish(group, SOURCE, "data")
    group.put(DESTINATION, account(**parts))
    group.put(f"{DESTINATION}/blobServices/default/containers/copied", {})
    assert group.refused("PUT", NEW, policy()) == (
        409,
        "FeatureNotSupportedForAccount",
        "Object replication is not supported for the account.",
    )


def test_a_source_has_two_destinations_at_most(pair: Arm) -> None:
    made: list[str] = []
    for name in ("copies", "copies2", "copies3"):
        pair.put(f"{SOURCE}/blobServices/default/containers/{name}", {})
        destination = f"{ACCOUNTS}/{name}"
        furnish(pair, destination, "copied")
        own = {**RULE, "sourceContainer": name}
        names = policy(own, destinationAccount=destination)
        policy_id = pair.put(f"{destination}/objectReplicationPolicies/default", names)
        rules = policy_id["properties"]["rules"]
        made.append(f"{SOURCE}/objectReplicationPolicies/{policy_id['name']}")
        document = policy(*rules, destinationAccount=destination)
        if len(made) < 3:
            pair.put(made[-1], document)
            continue
        assert pair.refused("PUT", made[-1], document) == (
            409,
            "ObjectReplicationPolicyLimitReached",
            "The account origin is the source of 2 object replication policies already, and of 2 at most.",
        )


def test_a_container_is_part_of_one_policy(pair: Arm) -> None:
    id_, document = at_source(pair.put(NEW, policy()))
    pair.put(id_, document)
    other = f"{ACCOUNTS}/other"
    furnish(pair, other, "copied")
    made = pair.put(f"{other}/objectReplicationPolicies/default", policy(destinationAccount=other))
    again = policy(*made["properties"]["rules"], destinationAccount=other)
    assert pair.refused("PUT", f"{SOURCE}/objectReplicationPolicies/{made['name']}", again) == refused(
        "data", "sourceContainer", ": a container can be part of only one policy"
    )


def test_a_container_that_is_replicated_can_not_be_deleted(pair: Arm) -> None:
    made = pair.put(NEW, policy())
    id_, document = at_source(made)
    pair.put(id_, document)
    containers = {"origin": f"{SOURCE}/blobServices/default/containers/data"}
    containers["copies"] = f"{DESTINATION}/blobServices/default/containers/copied"
    for name, container in containers.items():
        assert pair.refused("DELETE", container) == (
            409,
            "ContainerProtectedFromDeletion",
            (
                f"The storage account {name} container {container.rpartition('/')[2]} is protected from deletion "
                "due to an object replication policy."
            ),
        )
    assert pair.call("DELETE", f"{SOURCE}/blobServices/default/containers/more")[0] == 200
    pair.call("DELETE", made["id"])
    assert pair.call("DELETE", containers["copies"])[0] == 200
    assert pair.refused("DELETE", containers["origin"])[1] == "ContainerProtectedFromDeletion"
    pair.call("DELETE", id_)
    assert pair.call("DELETE", containers["origin"])[0] == 200


def test_a_policys_accounts_do_not_change(pair: Arm) -> None:
    made = pair.put(NEW, policy())
    furnish(pair, f"{ACCOUNTS}/other", "data")
    assert pair.refused("PUT", made["id"], policy(sourceAccount=f"{ACCOUNTS}/other")) == refused(
        f"{ACCOUNTS}/other", "sourceAccount"
    )
