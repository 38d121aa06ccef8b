"""The lifecycle policy of an account."""

from __future__ import annotations

from typing import Any

import pytest
from arming import ACCOUNT, BLOBS, Arm, account

POLICY = f"{ACCOUNT}/managementPolicies/default"
COOL = {"baseBlob": {"tierToCool": {"daysAfterModificationGreaterThan": 30}}}
BY_ACCESS = {"baseBlob": {"tierToCool": {"daysAfterLastAccessTimeGreaterThan": 30}}}


def rule(name: str = "age", actions: Any = COOL, **filters: Any) -> dict[str, Any]:
    given = {"blobTypes": ["blockBlob"], **filters}
    return {"name": name, "type": "Lifecycle", "definition": {"filters": given, "actions": actions}}


def policy(*rules: Any) -> dict[str, Any]:
    return {"properties": {"policy": {"rules": list(rules)}}}


def test_a_policy_is_made_shown_changed_and_deleted(group: Arm) -> None:
    group.put(ACCOUNT, account())
    made = group.put(POLICY, policy(rule(prefixMatch=["data/"])))
    assert made["properties"] == {
        "lastModifiedTime": "2026-11-25T12:00:00.0000000Z",
        "policy": {"rules": [{"enabled": True, **rule(prefixMatch=["data/"])}]},
    }
    assert group.put(POLICY, made) == made, "an answer can be sent back"
    changed = group.put(POLICY, policy(rule(), {**rule("other"), "enabled": False}))
    assert [found["enabled"] for found in changed["properties"]["policy"]["rules"]] == [True, False]
    assert group.call("DELETE", POLICY) == (200, None)
    assert group.refused("GET", POLICY)[:2] == (404, "ResourceNotFound")


@pytest.mark.parametrize(
    ("rules", "value", "what"),
    [
        ([], 0, "rules: a policy has 1 to 100 rules."),
        ([rule(str(at)) for at in range(101)], 101, "rules: a policy has 1 to 100 rules."),
        ([rule(), rule()], "age", "name: another rule has this name."),
        ([rule(actions={})], "age", "actions: a rule has one action at least."),
        (
            [rule(actions={"baseBlob": {"delete": {}}})],
            "delete",
            "actions: an action needs the days after which it is taken.",
        ),
        ([rule(blobTypes=[])], "", "blobTypes: a rule is for block blobs, for append blobs or for both."),
        (
            [rule(prefixMatch=[f"data/{at}" for at in range(11)])],
            11,
            "prefixMatch: a rule has at most 10 prefixes.",
        ),
        (
            [rule(blobTypes=["blockBlob", "appendBlob"])],
            "appendBlob",
            "blobTypes: append blobs can't be moved by tierToCool.",
        ),
    ],
)
def test_rules_that_can_not_be_are_refused(group: Arm, rules: list[Any], value: object, what: str) -> None:
    group.put(ACCOUNT, account())
    assert group.refused("PUT", POLICY, policy(*rules)) == (
        400,
        "InvalidRequestPropertyValue",
        f"The value '{value}' is not allowed for property {what}",
    )


def test_an_account_with_copies_over_zones_has_no_archive(group: Arm) -> None:
    archive = policy(rule(actions={"baseBlob": {"tierToArchive": {"daysAfterModificationGreaterThan": 90}}}))
    group.put(ACCOUNT, account(sku={"name": "Standard_GZRS"}))
    assert group.refused("PUT", POLICY, archive)[2] == (
        "The value 'tierToArchive' is not allowed for property actions: an account of SKU Standard_GZRS has "
        "no archive tier."
    )
    second = ACCOUNT.replace("account1", "account2")
    group.put(second, account(sku={"name": "Standard_GRS"}))
    group.put(f"{second}/managementPolicies/default", archive)


def test_a_premium_account_has_no_tiers(group: Arm) -> None:
    group.put(ACCOUNT, account(kind="BlockBlobStorage", sku={"name": "Premium_LRS"}))
    assert group.refused("PUT", POLICY, policy(rule()))[2] == (
        "The value 'tierToCool' is not allowed for property actions: an account of kind BlockBlobStorage has "
        "no tiers."
    )
    delete = {"baseBlob": {"delete": {"daysAfterModificationGreaterThan": 365}}}
    group.put(POLICY, policy(rule(actions=delete)))


def test_days_since_the_last_access_need_it_to_be_tracked(group: Arm) -> None:
    group.put(ACCOUNT, account())
    assert group.refused("PUT", POLICY, policy(rule(actions=BY_ACCESS))) == (
        400,
        "MissingLastAccessTimeBasedTrackingPolicy",
        (
            "Last access time based tracking policy must be enabled before using its specific actions in object "
            "lifecycle management policy"
        ),
    )
    group.put(BLOBS, {"properties": {"lastAccessTimeTrackingPolicy": {"enable": True}}})
    group.put(POLICY, policy(rule(actions=BY_ACCESS)))


def test_a_policy_is_the_default_one(group: Arm) -> None:
    group.put(ACCOUNT, account())
    assert group.refused("PUT", f"{ACCOUNT}/managementPolicies/second", policy(rule()))[1:] == (
        "InvalidResourceName",
        "The management policy name 'second' is invalid: it must be 'default'.",
    )
