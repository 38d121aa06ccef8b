"""Run history: at the host that Azure's clients ask, and at the resource manager's own address."""

from __future__ import annotations

import pytest
from arming import Arm
from azure_ml import COMPUTE, WORKSPACE, compute

DETAILS = f"/history/v1.0{WORKSPACE}/runs/one/details"
HOST = {"Host": "westeurope.api.azureml.ms"}


@pytest.fixture
def job(ml: Arm) -> Arm:
    """A workspace with a job that waits."""
    environment = f"{WORKSPACE}/environments/train/versions/1"
    ml.put(COMPUTE, compute())
    ml.put(environment, {"properties": {"image": "mcr.example.com/train:1"}})
    properties = {
        "jobType": "Command",
        "computeId": COMPUTE,
        "environmentId": environment,
        "command": "true",
        "properties": {"mine": "1"},
    }
    ml.put(f"{WORKSPACE}/jobs/one", {"properties": properties})
    return ml


def test_a_job_that_waits_has_neither_times_nor_logs_nor_an_error(job: Arm) -> None:
    expected = {
        "runId": "one",
        "target": "gpu",
        "status": "NotStarted",
        "warnings": [],
        "properties": {"mine": "1"},
        "inputDatasets": [],
        "outputDatasets": [],
        "logFiles": {},
        "submittedBy": "sandbox",
    }
    assert job.call("GET", DETAILS) == (200, expected)
    assert job.call("GET", DETAILS, headers=HOST) == (200, expected)
    assert job.call("GET", DETAILS.replace("resourceGroups", "resourcegroups"))[0] == 200


def test_a_job_that_is_over_says_when(job: Arm) -> None:
    job.call("POST", f"{WORKSPACE}/jobs/one/cancel")
    found = job.get(DETAILS)
    assert (found["status"], found["endTimeUtc"]) == ("Canceled", "2026-11-25T12:00:00.0000000Z")


def test_what_is_not_there_is_not_found(job: Arm) -> None:
    assert job.refused("GET", DETAILS.replace("/one/", "/two/")) == (
        404,
        "UserError",
        "Run two not found.",
    )
    assert job.refused("GET", "/discovery", headers=HOST) == (
        404,
        "NotFound",
        "The sandbox's run history does not answer GET /discovery.",
    )


def test_details_are_only_read(job: Arm) -> None:
    assert job.refused("PUT", DETAILS, {}) == (
        405,
        "HttpMethodNotAllowed",
        "The http method 'PUT' is not supported here.",
    )
