"""Object replication as a program makes it: what is known by the id that Azure chose, and what by `default`."""

from __future__ import annotations

from typing import Any

import pytest
from arming import GROUP, LOCATION, Maker

from modelyard_sandbox.azure.client import AzureError
from modelyard_sandbox.azure.registry import handler_of

ACCOUNTS = f"{GROUP}/providers/Microsoft.Storage/storageAccounts"
SOURCE, DESTINATION = f"{ACCOUNTS}/origin", f"{ACCOUNTS}/copies"
KEPT = {"isVersioningEnabled": True, "changeFeed": {"enabled": True}}
RULE = {"sourceContainer": "data", "destinationContainer": "copied"}
IN_GROUP = {"resourceGroupName": "rg"}


def prepared(make: Maker) -> tuple[str, dict[str, Any]]:
    """Two accounts and a policy at the destination: its id and inputs."""
    make.group()
    for name, container in (("origin", "data"), ("copies", "copied")):
        inside = {**IN_GROUP, "accountName": name}
        make(
            "storage:StorageAccount",
            **inside,
            location=LOCATION,
            kind="StorageV2",
            sku={"name": "Standard_LRS"},
        )
        make("storage:BlobServiceProperties", **inside, blobServicesName="default", **KEPT)
        make("storage:BlobContainer", **inside, containerName=container)
    inputs = {
        **IN_GROUP,
        "accountName": "copies",
        "objectReplicationPolicyId": "default",
        "sourceAccount": SOURCE,
        "destinationAccount": DESTINATION,
        "rules": [RULE],
    }
    return make("storage:ObjectReplicationPolicy", **inputs)[0], inputs


def test_a_program_reads_and_deletes_the_destinations_policy_by_the_id_that_it_got(make: Maker) -> None:
    id_, inputs = prepared(make)
    one = handler_of("azure-native:storage:ObjectReplicationPolicy")
    outputs = one.read(make.cloud, id_, inputs)
    assert outputs is not None
    assert outputs["policyId"] == id_.rpartition("/")[2] == outputs["name"]
    seen = one.observe(make.cloud, id_, inputs, outputs)
    assert seen == inputs, "a refresh finds no change"
    assert one.replaces(inputs, seen) == frozenset()
    assert one.id_from(make.cloud, inputs) is None, "what Azure chooses isn't known from what is asked"
    one.delete(make.cloud, id_, inputs)
    assert one.read(make.cloud, id_, inputs) is None


def test_a_program_that_changes_the_destinations_policy_in_place_is_refused(make: Maker) -> None:
    id_, inputs = prepared(make)
    one = handler_of("azure-native:storage:ObjectReplicationPolicy")
    make("storage:BlobContainer", **IN_GROUP, accountName="copies", containerName="others")
    change = {**inputs, "rules": [{**RULE, "destinationContainer": "others"}]}
    with pytest.raises(AzureError, match="The accounts already have the object replication policy"):
        one.update(make.cloud, id_, inputs, change)
