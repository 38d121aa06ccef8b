"""Faults of nodes: rehearsed, and what becomes of the jobs on them; nodes that come and go."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from azure_ml import compute
from azure_ml_jobs import Yard
from patience import eventually

from modelyard_sandbox.job_faults import JobFault

GANG: dict[str, Any] = {
    "distribution": {"distributionType": "PyTorch"},
    "resources": {"instanceCount": 2},
}
PREEMPTED = "Nodes of this job got pre-empted. Check if the run has failed or restarted."


@pytest.fixture
def low(yard: Yard) -> dict[str, str]:
    """What sends a job to a cluster of low priority."""
    id_ = f"{yard.workspace}/computes/low"
    yard.made("PUT", id_, compute(most=2, vmPriority="LowPriority"))
    return {"computeId": id_}


def test_a_job_whose_node_is_taken_back_begins_again_under_the_same_id(
    yard: Yard, low: dict[str, str], tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    name = yard.submit(f"echo begun; while [ ! -e {gate} ]; do sleep 0.05; done", **low)
    eventually(lambda: "begun\n" in yard.logs(name).values())
    yard.sandbox.set_job_faults(JobFault("spot_interruption", after_seconds=0.1))
    eventually(lambda: "begun\nbegun\n" in yard.logs(name).values())
    gate.touch()
    assert yard.ended(name) == "Completed"
    assert yard.log(name) == "begun\nbegun\n"
    assert yard.details(name)["warnings"] == [{"message": PREEMPTED}]
    assert yard.sandbox.job_faults() == []


def test_or_it_fails_with_a_preemption_error(yard: Yard, low: dict[str, str]) -> None:
    yard.sandbox.set_job_faults(JobFault("spot_interruption", node=1, restarts=False))
    name, status = yard.run("sleep 60", **GANG, **low)
    assert (status, yard.error(name)["code"]) == ("Failed", "PreemptionError")
    assert yard.error(name)["message"] == PREEMPTED


def test_nodes_of_a_dedicated_cluster_are_not_taken_back(yard: Yard) -> None:
    yard.sandbox.set_job_faults(JobFault("spot_interruption"))
    assert yard.run("sleep 0.3")[1] == "Completed"
    assert yard.sandbox.job_faults() == [JobFault("spot_interruption")]


def test_a_job_fails_with_a_node_that_is_lost(yard: Yard) -> None:
    name = yard.submit("sleep 60", **GANG)
    yard.when(name, "Running")
    assert yard.sandbox.set_job_faults(JobFault("host_failure", node=1, job="job-*")) == 1
    assert yard.ended(name) == "Failed"
    message = yard.error(name)["message"]
    assert re.fullmatch(
        r"The node tvmps_[0-9a-f]{32}_d of this job stopped responding and is lost\.", message
    )
    assert yard.error(name)["code"] == "ServiceError"


def test_a_process_that_needs_too_much_memory_is_killed(yard: Yard) -> None:
    yard.sandbox.set_job_faults(JobFault("out_of_memory"))
    name, status = yard.run("sleep 60")
    assert status == "Failed"
    assert "exited with status code 137." in yard.error(name)["message"]


def test_a_job_waits_while_there_is_no_capacity(yard: Yard) -> None:
    yard.sandbox.set_job_faults(JobFault("no_capacity", job="big"))
    name = yard.submit("true", displayName="big")
    yard.when(name, "Queued")
    assert yard.sandbox.jobs()[0]["status"] == "Queued"
    yard.sandbox.set_job_faults()
    assert yard.ended(name) == "Completed"


def test_an_image_that_cannot_be_pulled_fails_the_job(yard: Yard) -> None:
    yard.sandbox.set_job_faults(JobFault("image_missing"))
    name, status = yard.run("true")
    assert status == "Failed"
    assert yard.error(name)["message"] == (
        f"Unable to pull the image mcr.example.com/train@sha256:{'0' * 64}: it was not found, or access to "
        "it is denied."
    )
    assert yard.details(name)["logFiles"] == {}


def test_a_node_that_cannot_be_used_takes_up_a_place(yard: Yard) -> None:
    id_ = f"{yard.workspace}/computes/frail"
    yard.made("PUT", id_, compute(most=1))
    yard.sandbox.set_job_faults(JobFault("unusable_node"))
    name = yard.submit("true", computeId=id_)

    def counts() -> dict[str, int]:
        return yard.arm("GET", id_)["properties"]["properties"]["nodeStateCounts"]

    eventually(lambda: counts()["unusableNodeCount"] == 1)
    assert yard.status(name) == "Queued"
    yard.sandbox.clock(timedelta(seconds=121))
    assert yard.ended(name) == "Completed"
    assert counts()["unusableNodeCount"] == 0


def test_nodes_go_when_they_have_been_idle_for_as_long_as_the_cluster_says(yard: Yard) -> None:
    assert yard.run("true")[1] == "Completed"
    assert set(yard.nodes()) == {"idle"}
    yard.sandbox.clock(timedelta(seconds=121))
    eventually(lambda: yard.nodes() == {})


def test_a_job_is_cancelled_when_it_has_run_for_as_long_as_it_may(yard: Yard) -> None:
    name = yard.submit("sleep 60", limits={"jobLimitsType": "Command", "timeout": "PT2H"})
    yard.when(name, "Running")
    yard.sandbox.clock(timedelta(hours=2, seconds=1))
    assert yard.ended(name) == "Canceled"
    assert yard.error(name)["message"] == "The job was canceled: it ran longer than its limit, PT2H."


def test_no_job_runs_longer_than_the_nodes_of_its_cluster_let_it(yard: Yard, low: dict[str, str]) -> None:
    name = yard.submit("sleep 60", **low)
    yard.when(name, "Running")
    yard.sandbox.clock(timedelta(days=7, seconds=1))
    assert yard.ended(name) == "Canceled"
    assert yard.error(name)["message"] == (
        "The job was canceled: it ran longer than its limit, 7 days on LowPriority nodes."
    )


def test_jobs_fail_with_the_cluster_that_is_deleted_under_them(yard: Yard) -> None:
    id_ = f"{yard.workspace}/computes/gone"
    yard.made("PUT", id_, compute(most=1))
    runs, waits = (yard.submit("sleep 60", computeId=id_) for _ in range(2))
    yard.when(runs, "Running")
    yard.made("DELETE", id_, None)
    for name in (runs, waits):
        assert yard.ended(name) == "Failed"
        assert yard.error(name)["message"] == "The compute gone was deleted while the job waited or ran."


def test_a_job_with_code_fails_where_nobody_serves_blobs(alone: Yard) -> None:
    alone.container("code")
    id_ = f"{alone.workspace}/codes/c/versions/1"
    address = f"https://{alone.account}.blob.core.windows.net/code/c"
    alone.arm("PUT", id_, {"properties": {"codeUri": address}})
    name, status = alone.run("true", codeId=id_)
    assert status == "Failed"
    assert alone.error(name)["message"] == (
        "The sandbox serves no blobs, and the job has code or data: start them (Sandbox.start_blobs)."
    )
