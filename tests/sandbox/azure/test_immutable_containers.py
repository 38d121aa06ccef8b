"""Containers whose blobs must stay: policies, their locks, and what can't be deleted meanwhile."""

from __future__ import annotations

from typing import Any

import pytest
from arming import ACCOUNT, BLOBS, GROUP, LOCATION, Arm, Maker, account

from modelyard_sandbox.azure.client import AzureError
from modelyard_sandbox.azure.registry import handler_of

DATA = f"{BLOBS}/containers/data"
POLICY = f"{DATA}/immutabilityPolicies/default"
DAYS = "immutabilityPeriodSinceCreationInDays"
VERSIONED = {"properties": {"isVersioningEnabled": True}}
BY_VERSION = {"properties": {"immutableStorageWithVersioning": {"enabled": True}}}
STATE = "Operation not allowed on immutability policy with current state."
ETAG = "Operation not allowed on immutability policy with incorrect etag."


def days(count: int, **properties: Any) -> dict[str, Any]:
    return {"properties": {DAYS: count, **properties}}


@pytest.fixture
def kept(group: Arm) -> Arm:
    """An account with a container under a policy of 7 days."""
    group.put(ACCOUNT, account())
    group.put(DATA, {})
    group.put(POLICY, days(7))
    return group


def named(arm: Arm) -> dict[str, Any]:
    """The header that names the policy's state."""
    return {"headers": {"If-Match": arm.get(POLICY)["etag"]}}


def fill(arm: Arm) -> None:
    """Put a blob into every container."""
    arm.store.has_blobs = lambda _account, _container: True


def protected(by: str) -> tuple[int, str, str]:
    return (
        409,
        "ContainerProtectedFromDeletion",
        f"The storage account account1 container data is protected from deletion due to {by}.",
    )


def test_a_policy_is_made_unlocked_and_shown_at_its_container(kept: Arm) -> None:
    made = kept.get(POLICY)
    assert made["properties"] == {
        DAYS: 7,
        "allowProtectedAppendWrites": False,
        "allowProtectedAppendWritesAll": False,
        "state": "Unlocked",
    }
    container = kept.get(DATA)["properties"]
    assert container["hasImmutabilityPolicy"] is True
    assert container["immutabilityPolicy"] == {"etag": made["etag"], "properties": made["properties"]}


def test_a_change_and_a_deletion_name_the_policys_state(kept: Arm) -> None:
    refused = (412, "ContainerImmutabilityPolicyFailure", ETAG)
    assert kept.refused("PUT", POLICY, days(8)) == refused
    assert kept.refused("DELETE", POLICY) == refused
    assert kept.refused("DELETE", POLICY, headers={"If-Match": "*"}) == refused
    old = named(kept)
    kept.put(POLICY, days(6), **old)
    assert kept.refused("DELETE", POLICY, **old) == refused
    assert kept.call("DELETE", POLICY, **named(kept)) == (200, None)
    assert kept.get(DATA)["properties"]["hasImmutabilityPolicy"] is False


def test_a_locked_policy_can_only_be_lengthened_five_times(kept: Arm) -> None:
    refused = (409, "ContainerImmutabilityPolicyFailure", STATE)
    assert kept.refused("POST", f"{POLICY}/extend", days(8)) == refused
    status, locked = kept.call("POST", f"{POLICY}/lock", {})
    assert (status, locked["properties"]["state"]) == (200, "Locked")
    assert kept.refused("POST", f"{POLICY}/lock", {}) == refused
    assert kept.refused("PUT", POLICY, days(9), **named(kept)) == refused
    assert kept.refused("DELETE", POLICY, **named(kept)) == refused
    assert kept.refused("POST", f"{POLICY}/extend", days(7)) == (
        400,
        "InvalidRequestPropertyValue",
        f"The value '7' is not allowed for property {DAYS}: a locked policy can only be lengthened.",
    )
    for count in range(8, 13):
        longer = kept.call("POST", f"{POLICY}/extend", days(count))[1]
        assert longer["properties"][DAYS] == count
        assert "extensions" not in longer
    assert kept.refused("POST", f"{POLICY}/extend", days(13)) == refused


@pytest.mark.parametrize("count", [0, "long", None])
def test_a_policy_is_lengthened_to_a_number_of_days(kept: Arm, count: Any) -> None:
    kept.call("POST", f"{POLICY}/lock", {})
    status, code, said = kept.refused("POST", f"{POLICY}/extend", {"properties": {DAYS: count}})
    assert status == 400
    assert code in ("InvalidRequestPropertyValue", "InvalidRequestContent")
    assert DAYS in said
    assert kept.get(POLICY)["properties"][DAYS] == 7


def test_an_action_on_a_policy_that_is_not_there_is_refused(kept: Arm) -> None:
    kept.call("DELETE", POLICY, **named(kept))
    assert kept.refused("POST", f"{POLICY}/lock", {}) == (
        404,
        "ResourceNotFound",
        (
            "The Resource 'Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies/"
            "account1/default/data/default' under resource group 'rg' was not found."
        ),
    )


@pytest.mark.parametrize(
    ("name", "body", "code", "message"),
    [
        (
            "second",
            days(7),
            "InvalidResourceName",
            "The immutability policy name 'second' is invalid: it must be 'default'.",
        ),
        (
            "default",
            days(0),
            "InvalidRequestPropertyValue",
            f"The value '0' is not allowed for property {DAYS}.",
        ),
        (
            "default",
            {"properties": {}},
            "InvalidRequestPropertyValue",
            f"The value '' is not allowed for property {DAYS}: it is needed.",
        ),
        (
            "default",
            days(7, allowProtectedAppendWrites=True, allowProtectedAppendWritesAll=True),
            "InvalidRequestPropertyValue",
            (
                "The value 'True' is not allowed for property allowProtectedAppendWritesAll: it can't be set "
                "together with allowProtectedAppendWrites."
            ),
        ),
    ],
)
def test_a_policy_that_can_not_be_is_refused(
    group: Arm, name: str, body: Any, code: str, message: str
) -> None:
    group.put(ACCOUNT, account())
    group.put(DATA, {})
    assert group.refused("PUT", f"{DATA}/immutabilityPolicies/{name}", body) == (400, code, message)


def test_a_container_under_a_policy_is_deleted_only_while_it_is_empty(kept: Arm) -> None:
    fill(kept)
    assert kept.refused("DELETE", DATA) == protected("ImmutabilityPolicy")
    kept.call("DELETE", POLICY, **named(kept))
    assert kept.call("DELETE", DATA) == (200, None)


def test_an_empty_container_goes_with_its_locked_policy(kept: Arm) -> None:
    kept.call("POST", f"{POLICY}/lock", {})
    assert kept.call("DELETE", DATA) == (200, None)
    assert kept.refused("GET", POLICY)[1] == "ParentResourceNotFound"


def test_a_locked_policy_keeps_the_account_and_its_group(kept: Arm) -> None:
    kept.call("POST", f"{POLICY}/lock", {})
    refused = (
        409,
        "AccountProtectedFromDeletion",
        "account1 is protected from deletion. The container(s) data have a locked immutability policy.",
    )
    assert kept.refused("DELETE", ACCOUNT) == refused
    assert kept.refused("DELETE", GROUP)[1] == "ResourceGroupDeletionBlocked"
    assert {"code": refused[1], "message": refused[2]} in kept.call("DELETE", GROUP)[1]["error"]["details"]
    assert kept.get(POLICY)["properties"]["state"] == "Locked"


def test_an_unlocked_policy_does_not_keep_the_account(kept: Arm) -> None:
    assert kept.call("DELETE", ACCOUNT) == (200, None)


def test_versions_can_be_immutable_where_there_are_versions(group: Arm) -> None:
    group.put(ACCOUNT, account())
    assert group.refused("PUT", DATA, BY_VERSION) == (
        400,
        "InvalidRequestPropertyValue",
        (
            "The value 'True' is not allowed for property immutableStorageWithVersioning: the account needs "
            "isVersioningEnabled."
        ),
    )
    group.put(BLOBS, VERSIONED)
    made = group.put(DATA, BY_VERSION)["properties"]["immutableStorageWithVersioning"]
    assert made == {"enabled": True, "timeStamp": "2026-11-25T12:00:00.0000000Z"}
    assert group.refused("PUT", BLOBS, {"properties": {"isVersioningEnabled": False}}) == (
        400,
        "InvalidRequestPropertyValue",
        (
            "The value 'False' is not allowed for property isVersioningEnabled because version-level "
            "immutability is enabled."
        ),
    )
    group.call("DELETE", DATA)
    group.put(BLOBS, {"properties": {"isVersioningEnabled": False}})


def test_immutable_versions_are_settled_when_the_container_is_made(group: Arm) -> None:
    group.put(ACCOUNT, account())
    group.put(BLOBS, VERSIONED)
    group.put(DATA, BY_VERSION)
    assert group.put(DATA, {})["properties"]["immutableStorageWithVersioning"]["enabled"] is True
    off = {"properties": {"immutableStorageWithVersioning": {"enabled": False}}}
    refused = (
        400,
        "ContainerPropertyCannotBeUpdated",
        (
            "The property 'immutableStorageWithVersioning' was specified in the input, but it cannot be "
            "updated as it is read-only."
        ),
    )
    assert group.refused("PUT", DATA, off) == refused
    group.put(f"{BLOBS}/containers/other", {})
    assert group.refused("PUT", f"{BLOBS}/containers/other", BY_VERSION) == refused


def test_an_encryption_scope_is_settled_when_the_container_is_made(group: Arm) -> None:
    group.put(ACCOUNT, account())
    group.put(DATA, {})
    assert group.refused("PUT", DATA, {"properties": {"denyEncryptionScopeOverride": True}})[1:] == (
        "ContainerPropertyCannotBeUpdated",
        (
            "The property 'denyEncryptionScopeOverride' was specified in the input, but it cannot be updated as "
            "it is read-only."
        ),
    )


def test_a_container_with_immutable_versions_is_kept_while_it_holds_some(group: Arm) -> None:
    group.put(ACCOUNT, account())
    group.put(BLOBS, VERSIONED)
    group.put(DATA, BY_VERSION)
    fill(group)
    assert group.refused("DELETE", DATA) == protected("ImmutabilityPolicy")
    assert group.refused("DELETE", ACCOUNT)[1] == "AccountProtectedFromDeletion"


def test_an_account_with_immutable_versions_has_them_in_each_container(group: Arm) -> None:
    group.put(ACCOUNT, account(properties={"immutableStorageWithVersioning": {"enabled": True}}))
    group.put(BLOBS, VERSIONED)
    assert group.put(DATA, {})["properties"]["immutableStorageWithVersioning"]["enabled"] is True


def test_a_hierarchical_namespace_has_no_immutable_versions(group: Arm) -> None:
    group.put(ACCOUNT, account(properties={"isHnsEnabled": True}))
    assert group.refused("PUT", DATA, BY_VERSION) == (
        409,
        "FeatureNotSupportedForAccount",
        "Version-level immutability is not supported for the account.",
    )


def test_a_program_that_changes_or_deletes_a_policy_fails_as_with_azure_native(make: Maker) -> None:
    make.group()
    placed = {"resourceGroupName": "rg", "accountName": "account1"}
    make(
        "storage:StorageAccount", **placed, location=LOCATION, kind="StorageV2", sku={"name": "Standard_LRS"}
    )
    make("storage:BlobContainer", **placed, containerName="data")
    one = handler_of("azure-native:storage:BlobContainerImmutabilityPolicy")
    inputs = {**placed, "containerName": "data", "immutabilityPolicyName": "default", DAYS: 7}
    id_, _ = one.create(make.cloud, inputs)
    with pytest.raises(AzureError, match="incorrect etag"):
        one.update(make.cloud, id_, inputs, {**inputs, DAYS: 8})
    with pytest.raises(AzureError, match="incorrect etag"):
        one.delete(make.cloud, id_, inputs)
