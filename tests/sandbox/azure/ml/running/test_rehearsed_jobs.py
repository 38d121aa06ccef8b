"""`modelyard sandbox rehearse` and `status` know of Azure's jobs as well."""

from __future__ import annotations

import json
from typing import Any

import pytest
from azure_ml import compute
from azure_ml_jobs import Yard
from click.testing import CliRunner

from modelyard_cli.main import cli


@pytest.fixture
def command(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> Any:
    """`modelyard sandbox …` in the sandbox of `yard`."""
    monkeypatch.setenv("MODELYARD_SANDBOX_DIR", str(yard.sandbox.directory))

    def run(*arguments: str) -> Any:
        return CliRunner().invoke(cli, ["sandbox", *arguments])

    return run


def test_a_job_that_runs_is_in_the_status_and_is_hit(yard: Yard, command: Any) -> None:
    id_ = f"{yard.workspace}/computes/cheap"
    yard.made("PUT", id_, compute(most=1, vmPriority="LowPriority"))
    name = yard.submit("sleep 60", computeId=id_, displayName="vae")
    yard.when(name, "Running")
    line = f"  job vae ({name}) of cheap, westeurope: Running, 1 process"
    assert line in command("status").output.splitlines()
    [job] = json.loads(command("status", "--format", "json").output)["jobs"]
    assert (job["account"], job["status"]) == ("11111111-1111-1111-1111-111111111111", "Running")
    said = command("rehearse", "spot-interruption", "--fails", "--job", "vae").output
    assert said == "it happens to a node that runs\nnothing more is rehearsed\n"
    assert yard.ended(name) == "Failed"
    assert yard.error(name)["code"] == "PreemptionError"


def test_what_is_azures_alone_is_worded(command: Any) -> None:
    command("rehearse", "unusable-node")
    said = command("rehearse", "spot-interruption", "--fails").output.splitlines()
    assert said == [
        "rehearsed: a node that comes can't be used, any job, at its start, once",
        (
            "rehearsed: the Spot machine of node 0 is interrupted, and a job of Azure fails with it, any job, at "
            "its start, once"
        ),
    ]
    assert command("rehearse", "nothing").output == "nothing is rehearsed\n"
