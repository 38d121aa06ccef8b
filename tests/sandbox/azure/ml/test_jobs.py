"""Jobs as the resource manager has them: what they can be, what they show, lists, cancellation, deletion."""

from __future__ import annotations

from typing import Any

import pytest
from arming import Arm
from azure_ml import COMPUTE, IDENTITY, JOB, WORKSPACE, command, compute, identity, sweep

from modelyard_sandbox.azure.manager.ml.durations import duration

DATA = {"jobInputType": "uri_folder", "uri": "azureml://datastores/datasets/paths/a"}


def test_a_job_shows_what_azure_fills_in(ready: Arm) -> None:
    status, made = ready.call("PUT", JOB, command(distribution={"distributionType": "pytorch"}))
    assert status == 201
    assert (made["id"], made["name"]) == (JOB, "one")
    assert made["type"] == "Microsoft.MachineLearningServices/workspaces/jobs"
    shown = made["properties"]
    assert shown["status"] == "NotStarted"
    assert shown["distribution"] == {"distributionType": "PyTorch", "processCountPerInstance": 1}
    assert shown["resources"] == {"instanceCount": 1, "shmSize": "2g"}
    assert (shown["displayName"], shown["experimentName"], shown["isArchived"]) == ("one", "Default", False)
    assert "run" not in made
    assert ready.get(JOB) == made


def test_both_api_versions_are_taken(ready: Arm) -> None:
    for version in ("2024-10-01", "2025-12-01"):
        ready.put(JOB, command(), query={"api-version": version})
    assert ready.refused("PUT", JOB, command(), query={"api-version": "2022-05-01"})[1] == (
        "NoRegisteredProviderFound"
    )


def test_a_job_that_is_written_again_as_it_is_stays_one(ready: Arm) -> None:
    made = ready.put(JOB, command())
    assert ready.call("PUT", JOB, command()) == (200, made)
    assert ready.call("PUT", JOB, made)[0] == 200, "an answer can be sent back"
    assert ready.listed(f"{WORKSPACE}/jobs") == ["one"]
    search = ready.put(f"{JOB}-search", sweep())
    assert ready.call("PUT", f"{JOB}-search", sweep()) == (200, search)
    assert ready.call("PUT", f"{JOB}-search", search)[0] == 200


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("command", "false"),
        ("experimentName", "other"),
        ("resources", {"instanceCount": 1, "shmSize": "64g"}),
        ("environmentVariables", {"A": "1"}),
        ("limits", {"jobLimitsType": "Command", "timeout": "PT1H"}),
    ],
)
def test_nothing_that_says_what_runs_can_be_changed(ready: Arm, name: str, value: Any) -> None:
    before = ready.put(JOB, command())
    assert ready.refused("PUT", JOB, command(**{name: value})) == (
        400,
        "BadRequest",
        f"The property {name} of a job can not be changed after creation.",
    )
    assert ready.get(JOB) == before


def test_what_describes_a_job_can_be_changed(ready: Arm) -> None:
    ready.put(JOB, command())
    changed = ready.put(JOB, command(tags={"a": "b"}, isArchived=True, properties={"c": "d"}))
    assert changed["properties"]["tags"] == {"a": "b"}
    assert changed["properties"]["isArchived"] is True


@pytest.mark.parametrize("name", ["-a", "a.b", "a" * 256, "_x"])
def test_a_job_has_a_name_that_azure_takes(ready: Arm, name: str) -> None:
    assert ready.refused("PUT", f"{WORKSPACE}/jobs/{name}", command()) == (
        400,
        "InvalidJobName",
        (
            f"The job name '{name}' is invalid: it has 1 to 255 letters, digits, hyphens and underscores, and "
            "begins with a letter or a digit."
        ),
    )


def test_low_priority_nodes_let_a_job_run_for_a_week(ready: Arm) -> None:
    low = COMPUTE.replace("/gpu", "/low")
    ready.put(low, compute(vmPriority="LowPriority"))
    timed = {"jobLimitsType": "Command", "timeout": "P7DT1S"}
    assert ready.refused("PUT", JOB, command(computeId=low, limits=timed))[2] == (
        "The specified value P7DT1S for property properties.limits.timeout is more than the 7 days that a "
        "job may run on LowPriority nodes."
    )
    ready.put(JOB, command(computeId=low, limits={**timed, "timeout": "PT168H"}))


def test_a_cluster_that_is_being_made_takes_no_jobs(ready: Arm) -> None:
    query = {"api-version": "2025-12-01"}
    new = COMPUTE.replace("/gpu", "/new")
    assert ready.client.put(new, json=compute(), query_string=query).status_code == 201
    assert ready.refused("PUT", JOB, command(computeId=new)) == (
        400,
        "BadRequest",
        "The compute new can't take jobs: its provisioningState is Creating.",
    )
    ready.client.get(new, query_string=query)
    ready.put(JOB, command(computeId=new))


def test_a_job_runs_as_an_identity_that_its_cluster_has(ready: Arm) -> None:
    client = ready.get(IDENTITY)["properties"]["clientId"]
    ready.put(JOB, command(identity={"identityType": "Managed", "clientId": client.upper()}))
    bare = COMPUTE.replace("/gpu", "/bare")
    ready.put(bare, compute())
    assert ready.refused("PUT", f"{JOB}2", command(computeId=bare, identity={"identityType": "Managed"})) == (
        400,
        "BadRequest",
        "The compute bare has no managed identity that the job could run as.",
    )


def test_of_several_identities_one_is_named(ready: Arm) -> None:
    other = f"{IDENTITY}2"
    identity(ready, other)
    both = COMPUTE.replace("/gpu", "/both")
    users = {"type": "UserAssigned", "userAssignedIdentities": {IDENTITY: {}, other: {}}}
    ready.put(both, {**compute(), "identity": users})
    assert ready.refused("PUT", JOB, command(computeId=both, identity={"identityType": "Managed"}))[2] == (
        "The compute both has 2 identities: say which, by clientId."
    )


def test_the_long_form_of_a_datastores_address_is_taken(ready: Arm) -> None:
    group = WORKSPACE.partition("/providers/")[0].replace("resourceGroups", "resourcegroups")
    address = f"azureml:/{group}/workspaces/ml-dev/datastores/datasets/paths/a/b"
    ready.put(JOB, command(inputs={"a": {**DATA, "uri": address}}))


def test_lists_are_paged_and_filtered(ready: Arm) -> None:
    for number in range(32):
        tags = {"kind": "even" if number % 2 == 0 else "odd", "own": str(number)}
        ready.put(f"{WORKSPACE}/jobs/job{number:02d}", command(tags=tags))
    ready.put(f"{WORKSPACE}/jobs/search", sweep())
    ready.put(f"{WORKSPACE}/jobs/job00", command(tags={"kind": "even", "own": "0"}, isArchived=True))
    place = f"{WORKSPACE}/jobs"

    def names(**query: str) -> list[str]:
        status, found = ready.call("GET", place, query=query)
        assert status == 200
        shown = [item["name"] for item in found["value"]]
        if "nextLink" in found:
            skip = found["nextLink"].partition("skipToken=")[2].partition("&")[0]
            shown += names(**{**query, "$skip": skip})
        return shown

    first = ready.get(place)
    assert len(first["value"]) == 30
    assert "nextLink" in first
    assert len(names()) == 32
    assert names(listViewType="ArchivedOnly") == ["job00"]
    assert len(names(listViewType="All")) == 33
    assert names(jobType="Sweep") == ["search"]
    assert names(tag="own=7") == ["job07"]
    assert len(names(tag="kind")) == 31
    assert len(names(**{"$skip": "20"})) == 12
    assert ready.refused("GET", place, query={"listViewType": "Some"}) == (
        400,
        "InvalidQueryParameterValue",
        (
            "The value 'Some' of the query parameter 'listViewType' is invalid: it must be one of ActiveOnly, "
            "ArchivedOnly, All."
        ),
    )


def test_a_job_that_waits_is_cancelled_at_once_and_can_then_be_deleted(ready: Arm) -> None:
    ready.put(JOB, command())
    assert ready.refused("DELETE", JOB) == (
        409,
        "JobNotOver",
        "The job one is NotStarted: cancel it, and delete it once it is over.",
    )
    assert ready.call("POST", f"{JOB}/cancel") == (200, None)
    assert ready.get(JOB)["properties"]["status"] == "Canceled"
    assert ready.call("POST", f"{JOB}/cancel") == (200, None)
    assert ready.call("DELETE", JOB) == (200, None)
    assert ready.call("DELETE", JOB) == (204, None)
    assert ready.refused("GET", JOB)[:2] == (404, "ResourceNotFound")
    assert ready.refused("POST", f"{JOB}/cancel")[:2] == (404, "ResourceNotFound")


def test_jobs_go_with_their_workspace(ready: Arm) -> None:
    ready.put(JOB, command())
    assert ready.call("DELETE", WORKSPACE) == (200, None)
    assert ready.refused("GET", JOB)[1] == "ParentResourceNotFound"


def test_the_properties_of_a_job_are_an_object(ready: Arm) -> None:
    for body in ({}, {"properties": "x"}):
        assert ready.refused("PUT", JOB, body)[:2] == (400, "InvalidRequestContent")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("PT48H", 172_800), ("P2D", 172_800), ("P1DT1H1M1S", 90_061), ("PT0.5S", 0.5)],
)
def test_durations_are_read(text: str, seconds: float) -> None:
    span = duration(text)
    assert span is not None
    assert span.total_seconds() == seconds


@pytest.mark.parametrize("text", ["", "P", "PT", "P1DT", "48H", "P-1D", "P1Y", f"P{'9' * 30}D"])
def test_what_is_no_duration_is_none(text: str) -> None:
    assert duration(text) is None
