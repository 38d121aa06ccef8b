"""`modelyard sandbox rehearse` lets machines and regions fail, and `status` says what runs and is rehearsed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner

from modelyard.errors import SurroundingsError
from modelyard_cli.main import cli


@pytest.fixture
def command(far: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """`modelyard sandbox …` in the sandbox of `far`."""
    monkeypatch.setenv("MODELYARD_SANDBOX_DIR", str(far.account.sandbox.directory))

    def run(*arguments: str) -> Any:
        return CliRunner().invoke(cli, ["sandbox", *arguments])

    return run


def test_a_rehearsal_is_said_added_and_taken_back(command: Any) -> None:
    assert command("rehearse").output == "nothing is rehearsed\n"
    command("rehearse", "host-failure", "--job", "cnn*", "--node", "1", "--after", "30s", "--times", "2")
    command("rehearse", "no-capacity", "--after", "1m")
    said = command("rehearse", "region-loss", "--region", "eu-west-3").output.splitlines()
    assert said == [
        "rehearsed: eu-west-3 is lost",
        "rehearsed: the machine of node 1 fails, jobs cnn*, 30s after its start, 2 times",
        "rehearsed: there is no capacity for any job, for 1m",
    ]
    document = json.loads(command("rehearse", "--format", "json").output)
    assert (document["schema"], document["command"]) == ("modelyard.sandbox/1", "rehearse")
    assert document["lostRegions"] == ["eu-west-3"]
    assert [fault["kind"] for fault in document["faults"]] == ["host_failure", "no_capacity"]
    assert command("rehearse", "nothing").output == "nothing is rehearsed\n"


def test_a_job_that_runs_is_in_the_status_and_is_hit(far: Any, command: Any) -> None:
    id_ = far.gang("sleep 60", 2)
    far.account.when(f"{id_}#1", "RUNNING")
    queue = far.queue.rpartition("/")[2]
    line = f"  job train ({id_}) of {queue}, eu-central-1: RUNNING, 2 processes"
    assert line in command("status").output.splitlines()
    document = json.loads(command("status", "--format", "json").output)
    assert document["jobs"] == [
        {
            "jobId": id_,
            "name": "train",
            "status": "RUNNING",
            "reason": None,
            "account": far.account.account_id,
            "region": "eu-central-1",
            "queue": queue,
            "containers": 2,
        }
    ]
    assert command("rehearse", "out-of-memory", "--job", id_).output == (
        "it happens to a node that runs\nnothing more is rehearsed\n"
    )
    job = far.account.ended(id_)
    assert job["attempts"][0]["container"]["reason"].startswith("OutOfMemoryError")


def test_an_array_is_one_line_of_the_status(far: Any, command: Any) -> None:
    id_ = far.submit("sleep 60", {"arrayProperties": {"size": 500}})
    far.account.when(f"{id_}:5", "RUNNING")
    (line,) = [line for line in command("status").output.splitlines() if id_ in line]
    assert line.endswith("PENDING, 6 processes")
    far.account.batch.terminate_job(jobId=id_, reason="enough")
    far.account.ended(id_)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["meteor"], "'meteor' is not one of"),
        (["region-loss"], "--region goes with region-loss, and region-loss needs it"),
        (["host-failure", "--region", "eu-west-3"], "--region goes with region-loss"),
        (["region-loss", "--region", "eu-west-33"], "eu-west-3"),
        (["region-loss", "--region", "westeurope"], "westeurope is one of Azure's: regions of AWS alone"),
        (["host-failure", "--after", "soon"], "'soon' is no duration"),
        (["spot-interruption", "--notice", "0s"], "'0s' is no duration"),
        (["host-failure", "--node", "-1"], "-1 is not in the range x>=0"),
        (["host-failure", "--times", "0"], "0 is not in the range x>=1"),
    ],
)
def test_what_can_not_be_rehearsed_is_refused(command: Any, arguments: list[str], message: str) -> None:
    refused = command("rehearse", *arguments)
    assert refused.exit_code == 2
    assert message in refused.output
    assert command("rehearse").output == "nothing is rehearsed\n"


def test_without_a_sandbox_nothing_is_rehearsed(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODELYARD_SANDBOX_DIR", str(tmp_path / "none"))
    refused = CliRunner().invoke(cli, ["sandbox", "rehearse", "host-failure"])
    assert isinstance(refused.exception, SurroundingsError)
    assert "no sandbox runs in" in str(refused.exception)
