"""When blobs are backed up, and how long that is kept."""

from __future__ import annotations

from typing import Any

import pytest
from arming import Arm
from azure_lives.backups import STORE, instance, policy, rules
from backing_up import INSTANCE, POLICY, VAULT, prepare, protection


@pytest.fixture
def ready(group: Arm) -> Arm:
    """A vault with a policy that may back an account up."""
    return prepare(group)


def test_a_policy_that_stands_does_not_change_and_stays_while_it_is_used(ready: Arm) -> None:
    ready.put(POLICY, {"properties": policy()})
    assert ready.refused("PUT", POLICY, {"properties": policy(*rules(duration="P30D"))}) == (
        400,
        "UserErrorBackupPolicyUpdateNotSupported",
        "The backup policy 'daily' stands already, and can't be changed. Make another.",
    )
    ready.put(INSTANCE, protection())
    assert ready.refused("DELETE", POLICY) == (
        400,
        "UserErrorBackupPolicyInUse",
        "The backup policy 'daily' is in use by the backup instances account1.",
    )


def changed(at: int, **parts: Any) -> list[dict[str, Any]]:
    """The rules with one of them changed."""
    given = rules()
    given[at] = {**given[at], **parts}
    return given


OPERATIONAL = {"dataStoreType": "OperationalStore", "objectType": "DataStoreInfoBase"}


def keeping(duration: str, store: dict[str, str] = STORE) -> list[dict[str, Any]]:
    after = {"objectType": "AbsoluteDeleteOption", "duration": duration}
    return changed(1, lifecycles=[{"deleteAfter": after, "sourceDataStore": store}])


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (changed(1, name="BackupDaily"), "two rules of the policy have one name."),
        (
            changed(1, isDefault=False),
            "a policy needs one retention rule that is the default, called Default.",
        ),
        (changed(1, lifecycles=[]), "the rule Default needs one lifecycle."),
        (
            keeping("30 days"),
            "the rule Default keeps VaultStore for '30 days': it must be 1 to 3650 days, as in P30D.",
        ),
        (
            keeping("P11Y"),
            "the rule Default keeps VaultStore for 'P11Y': it must be 1 to 3650 days, as in P30D.",
        ),
        (
            keeping("P361D", OPERATIONAL),
            "the rule Default keeps OperationalStore for 'P361D': it must be 1 to 360 days, as in P30D.",
        ),
        (
            changed(0, dataStore=OPERATIONAL),
            "the rule BackupDaily must make Discrete backups into the VaultStore.",
        ),
        (changed(0, trigger={}), "the rule BackupDaily needs a ScheduleBasedTriggerContext."),
        (
            rules("PT4H"),
            (
                "the rule BackupDaily needs repeatingTimeIntervals, daily or weekly, as in "
                "R/2026-01-01T02:00:00+00:00/P1D."
            ),
        ),
        (
            changed(0, trigger={**rules()[0]["trigger"], "taggingCriteria": []}),
            (
                "the rule BackupDaily needs taggingCriteria, one of them for Default, each for a retention "
                "rule."
            ),
        ),
    ],
)
def test_a_policy_that_can_not_be_is_refused(ready: Arm, given: list[Any], why: str) -> None:
    path = POLICY.replace("daily", "other")
    assert ready.refused("PUT", path, {"properties": policy(*given)}) == (
        400,
        "UserErrorInvalidParameterInRequest",
        f"Request parameter is invalid. Here: {why}",
    )


def test_a_policy_is_for_blobs(ready: Arm) -> None:
    disks = {**policy(), "datasourceTypes": ["Microsoft.Compute/disks"]}
    assert ready.refused("PUT", POLICY.replace("daily", "other"), {"properties": disks})[2] == (
        "Request parameter is invalid. Here: the sandbox backs up Microsoft.Storage/storageAccounts/blobServices alone, not "
        "Microsoft.Compute/disks."
    )


@pytest.mark.parametrize("kind", ["backupPolicies", "backupInstances"])
def test_names_have_three_characters_or_more(ready: Arm, kind: str) -> None:
    assert ready.refused("PUT", f"{VAULT}/{kind}/ab", {"properties": policy()}) == (
        400,
        "InvalidResourceName",
        f"The name 'ab' of a backupVaults/{kind} is invalid: it has 3 to 150 letters, digits and hyphens.",
    )


def test_blobs_that_are_kept_in_their_account_need_no_containers(ready: Arm) -> None:
    path = POLICY.replace("daily", "operational")
    ready.put(path, {"properties": policy(keeping("P30D", OPERATIONAL)[1])})
    properties = instance(policy_id=path)
    del properties["policyInfo"]["policyParameters"]
    ready.put(INSTANCE, {"properties": properties})
