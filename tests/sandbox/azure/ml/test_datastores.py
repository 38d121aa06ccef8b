"""Datastores: what they name, and what is shown of their credentials."""

from __future__ import annotations

from typing import Any

import pytest
from arming import ACCOUNT, BLOBS, Arm, account
from azure_ml import DATASTORE, WORKSPACE, datastore

SKIP = {"skipValidation": "true"}


def test_a_datastore_is_made_changed_and_deleted(ml: Arm) -> None:
    ml.put(f"{BLOBS}/containers/datasets", {})
    made = ml.put(DATASTORE, datastore())
    assert made["properties"]["isDefault"] is False
    assert made["properties"]["endpoint"] == "core.windows.net"
    changed = ml.put(DATASTORE, datastore(description="ours", tags={"owner": "me"}))
    assert changed["properties"]["description"] == "ours"
    assert ml.call("DELETE", DATASTORE)[0] == 200
    assert "datasets" not in ml.listed(f"{WORKSPACE}/datastores")


def test_what_a_datastore_names_must_stand_unless_nobody_looks(ml: Arm) -> None:
    assert ml.refused("PUT", DATASTORE, datastore()) == (
        400,
        "BadRequest",
        "The container datasets of storage account account1 was not found.",
    )
    assert ml.refused("PUT", DATASTORE, datastore(accountName="none")) == (
        400,
        "BadRequest",
        "The storage account none was not found.",
    )
    ml.put(DATASTORE, datastore(accountName="none"), query=SKIP)


def test_a_datastore_by_key_needs_an_account_that_takes_keys(ml: Arm) -> None:
    ml.put(f"{BLOBS}/containers/datasets", {})
    by_key = {"credentialsType": "AccountKey", "secrets": {"secretsType": "AccountKey", "key": "c2VjcmV0"}}
    made = ml.put(DATASTORE, datastore(credentials=by_key))
    assert made["properties"]["credentials"] == {"credentialsType": "AccountKey"}, "no secret is shown"
    ml.put(ACCOUNT, account(properties={"allowSharedKeyAccess": False}))
    assert ml.refused("PUT", DATASTORE, datastore(credentials=by_key)) == (
        400,
        "BadRequest",
        "Key based authentication is not permitted on the storage account account1.",
    )


CHANGES: dict[str, dict[str, Any]] = {
    "accountName": datastore(accountName="other"),
    "containerName": datastore(containerName="other"),
    "endpoint": datastore(endpoint="core.usgovcloudapi.net"),
    "datastoreType": datastore(datastoreType="AzureDataLakeGen2", filesystem="datasets"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_a_datastore_names_can_not_be_changed(ml: Arm, name: str) -> None:
    ml.put(DATASTORE, datastore(), query=SKIP)
    assert ml.refused("PUT", DATASTORE, CHANGES[name], query=SKIP) == (
        400,
        "BadRequest",
        f"The {name} of a datastore can not be changed after creation.",
    )


def test_a_datastore_without_a_container_is_refused(ml: Arm) -> None:
    assert ml.refused("PUT", DATASTORE, datastore(containerName=None), query=SKIP) == (
        400,
        "BadRequest",
        "A datastore of type AzureBlob needs the property containerName.",
    )


def test_datastores_are_listed_thirty_at_a_time(ml: Arm) -> None:
    for number in range(40):
        ml.put(f"{WORKSPACE}/datastores/d{number:02}", datastore(), query=SKIP)
    first = ml.get(f"{WORKSPACE}/datastores")
    assert len(first["value"]) == 30
    second = ml.client.get(first["nextLink"]).get_json()
    assert len(second["value"]) == 14
    assert "nextLink" not in second
    names = [item["name"] for item in [*first["value"], *second["value"]]]
    assert len(set(names)) == 44, "with those that came with the workspace"
