"""Work that goes on after an answer: how it is asked after, what the resource shows, how it ends."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from arming import ACCOUNT, GROUP, VAULT, Arm, Maker, vault
from azure_lives.machine_learning import IN_WORKSPACE, WORKSPACES, compute, furnish
from azure_ml import COMPUTE, IDENTITY, USER, WORKSPACE, identity, workspace
from azure_ml import compute as cluster
from azure_ml import furnish as furnish_group
from werkzeug.test import TestResponse

from modelyard_sandbox.azure.client import AzureError
from modelyard_sandbox.azure.manager.operations import LONGEST, POLLS
from modelyard_sandbox.azure.registry import handler_of
from modelyard_sandbox.errors import PartialError

ML_VERSION = {"api-version": "2025-12-01"}


@pytest.fixture
def parts(group: Arm) -> Arm:
    """A group with what a workspace is made of."""
    furnish_group(group)
    return group


def ask(arm: Arm, method: str, path: str, body: Any = None) -> TestResponse:
    """An answer as it comes, without waiting for the end of the work."""
    return arm.client.open(path, method=method, json=body, query_string=ML_VERSION)


def state(arm: Arm, path: str) -> str:
    return ask(arm, "GET", path).get_json()["properties"]["provisioningState"]


def status(arm: Arm, answer: TestResponse) -> dict[str, Any]:
    return arm.client.get(answer.headers["Azure-AsyncOperation"]).get_json()


def test_a_creation_answers_at_once_and_ends_by_being_asked_after(parts: Arm) -> None:
    made = ask(parts, "PUT", WORKSPACE, workspace())
    assert made.status_code == 201
    assert made.get_json()["properties"]["provisioningState"] == "Creating"
    place = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.MachineLearningServices"
    assert f"{place}/locations/westeurope/operationsStatus/" in made.headers["Azure-AsyncOperation"]
    assert f"{place}/locations/westeurope/operationResults/" in made.headers["Location"]
    assert made.headers["Azure-AsyncOperation"].endswith("?api-version=2025-12-01")
    assert made.headers["x-ms-retry-after-ms"] == "10"
    for _ in range(POLLS - 1):
        said = status(parts, made)
        assert said["status"] == "InProgress"
        assert said["startTime"] == "2026-11-25T12:00:00.0000000Z"
    ended = status(parts, made)
    assert (ended["status"], ended["endTime"]) == ("Succeeded", "2026-11-25T12:00:00.0000000Z")
    assert ended["id"].endswith(ended["name"])
    assert state(parts, WORKSPACE) == "Succeeded"
    assert status(parts, made) == ended, "it can be asked after again"


def test_a_resource_that_is_looked_at_comes_to_its_end_too(parts: Arm) -> None:
    ask(parts, "PUT", WORKSPACE, workspace())
    assert [state(parts, WORKSPACE) for _ in range(POLLS)] == ["Creating"] * (POLLS - 1) + ["Succeeded"]


def test_lists_show_what_becomes_of_a_resource_without_bringing_it_nearer(parts: Arm) -> None:
    ask(parts, "PUT", WORKSPACE, workspace())
    for _ in range(POLLS + 2):
        (listed,) = ask(parts, "GET", WORKSPACE.rpartition("/")[0]).get_json()["value"]
        assert listed["properties"]["provisioningState"] == "Creating"


def test_time_that_passes_ends_work_that_nobody_asks_after(parts: Arm) -> None:
    ask(parts, "PUT", WORKSPACE, workspace())
    parts.clock.time += LONGEST - timedelta(seconds=1)
    assert state(parts, WORKSPACE) == "Creating"
    parts.clock.time += timedelta(seconds=1)
    assert state(parts, WORKSPACE) == "Succeeded"


def test_time_that_passes_ends_a_deletion_that_nobody_asks_after_for_lists_as_well(parts: Arm) -> None:
    parts.put(WORKSPACE, workspace())
    ask(parts, "DELETE", WORKSPACE)
    parts.clock.time += LONGEST
    assert ask(parts, "GET", WORKSPACE.rpartition("/")[0]).get_json()["value"] == []


def test_work_that_can_not_be_asked_after_any_more_is_done(
    parts: Arm, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts.put(WORKSPACE, workspace())
    monkeypatch.setattr("modelyard_sandbox.azure.manager.operations.KEPT", 1)
    deleted = ask(parts, "DELETE", WORKSPACE)
    parts.client.delete(VAULT, query_string={"api-version": "2024-11-01"})
    assert parts.client.get(deleted.headers["Azure-AsyncOperation"]).status_code == 404
    assert parts.refused("GET", WORKSPACE)[1] == "ResourceNotFound"


def test_a_change_answers_200_and_a_deletion_202(parts: Arm) -> None:
    parts.put(WORKSPACE, workspace())
    changed = ask(parts, "PUT", WORKSPACE, workspace(description="new"))
    assert changed.status_code == 200
    assert changed.get_json()["properties"]["provisioningState"] == "Updating"
    while status(parts, changed)["status"] == "InProgress":
        pass
    deleted = ask(parts, "DELETE", WORKSPACE)
    assert (deleted.status_code, deleted.data) == (202, b"")
    assert state(parts, WORKSPACE) == "Deleting"
    assert ask(parts, "GET", WORKSPACE).status_code == 404
    assert status(parts, deleted)["status"] == "Succeeded"


def test_the_result_is_where_location_says(parts: Arm) -> None:
    made = ask(parts, "PUT", WORKSPACE, workspace())
    waiting = parts.client.get(made.headers["Location"])
    assert (waiting.status_code, waiting.headers["Location"]) == (202, made.headers["Location"])
    result = parts.client.get(made.headers["Location"])
    assert (result.status_code, result.get_json()["id"]) == (200, WORKSPACE)
    deleted = ask(parts, "DELETE", WORKSPACE)
    answers = [parts.client.get(deleted.headers["Location"]).status_code for _ in range(POLLS)]
    assert answers == [202] * (POLLS - 1) + [204]


def test_what_is_being_worked_on_can_not_be_touched(parts: Arm) -> None:
    ask(parts, "PUT", WORKSPACE, workspace())
    said = ask(parts, "PUT", COMPUTE, cluster())
    assert (said.status_code, said.get_json()["error"]) == (
        409,
        {
            "code": "AnotherOperationInProgress",
            "message": f"Another operation on this or dependent resource is in progress: {WORKSPACE}.",
        },
    )
    assert ask(parts, "PUT", COMPUTE, cluster()).status_code == 201, "who tries again gets through"


def test_work_that_fails_says_why_and_leaves_the_resource_failed(parts: Arm) -> None:
    identity(parts)
    made = ask(parts, "PUT", WORKSPACE, workspace(USER, primaryUserAssignedIdentity=IDENTITY))
    assert made.status_code == 201
    while (said := status(parts, made))["status"] == "InProgress":
        pass
    assert said["status"] == "Failed"
    assert said["error"]["code"] == "BadRequest"
    assert "does not have the role 'Contributor'" in said["error"]["message"]
    assert state(parts, WORKSPACE) == "Failed"
    assert parts.client.get(made.headers["Location"]).status_code == 400


def test_a_group_takes_along_what_is_being_deleted(parts: Arm) -> None:
    parts.put(WORKSPACE, workspace())
    deleted = ask(parts, "DELETE", WORKSPACE)
    assert parts.call("DELETE", GROUP) == (200, None)
    assert status(parts, deleted)["status"] == "Succeeded"


def test_a_vault_is_deleted_in_time_and_made_at_once(group: Arm) -> None:
    version = {"api-version": "2024-11-01"}
    made = group.client.put(VAULT, json=vault(), query_string=version)
    assert "Azure-AsyncOperation" not in made.headers
    deleted = group.client.delete(VAULT, query_string=version)
    assert deleted.status_code == 202
    assert group.call("DELETE", VAULT)[0] == 409


def test_an_operation_that_is_unknown_is_said_to_be(group: Arm) -> None:
    place = "/subscriptions/11111111-1111-1111-1111-111111111111/providers/Microsoft.MachineLearningServices"
    path = f"{place}/locations/westeurope/operationsStatus/none"
    assert group.refused("GET", path) == (404, "OperationNotFound", "The operation 'none' was not found.")


def test_the_sandboxs_own_client_waits_for_the_end(make: Maker) -> None:
    furnish(make)
    handler = handler_of("azure-native:machinelearningservices:Compute")
    inputs = {**IN_WORKSPACE, "computeName": "cpu", "properties": compute()}
    id_, outputs = handler.create(make.cloud, inputs)
    assert outputs["properties"]["provisioningState"] == "Succeeded"
    handler.delete(make.cloud, id_, inputs)
    assert handler.read(make.cloud, id_, inputs) is None


def test_what_was_made_and_failed_is_there_to_be_mended(make: Maker) -> None:
    furnish(make)
    handler = handler_of("azure-native:machinelearningservices:Workspace")
    who = IDENTITY
    make(
        "managedidentity:UserAssignedIdentity",
        resourceGroupName="rg",
        location="westeurope",
        resourceName="worker",
    )
    inputs = {
        "resourceGroupName": "rg",
        "location": "westeurope",
        "workspaceName": "ml-dev",
        "identity": {"type": "UserAssigned", "userAssignedIdentities": [who]},
        "primaryUserAssignedIdentity": who,
        "keyVault": VAULT,
        "storageAccount": ACCOUNT,
    }
    with pytest.raises(PartialError) as caught:
        handler.create(make.cloud, inputs)
    assert caught.value.id == f"{WORKSPACES}/ml-dev"
    assert "does not have the role 'Contributor'" in str(caught.value)
    assert handler.at_fault(inputs, _cause(caught.value)) == "primaryUserAssignedIdentity"
    outputs = handler.read(make.cloud, caught.value.id, inputs)
    assert outputs is not None
    assert outputs["provisioningState"] == "Failed"
    with pytest.raises(AzureError, match="does not have the role 'Contributor'"):
        handler.update(make.cloud, caught.value.id, inputs, {**inputs, "description": "again"})
    system = {"type": "SystemAssigned,UserAssigned", "userAssignedIdentities": [who]}
    mended = handler.update(make.cloud, caught.value.id, inputs, {**inputs, "identity": system})
    assert mended["provisioningState"] == "Succeeded"


def _cause(error: PartialError) -> AzureError:
    assert isinstance(error.cause, AzureError)
    return error.cause
