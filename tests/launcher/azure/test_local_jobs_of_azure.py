"""`modelyard job` for an environment on Azure whose nodes are processes of this machine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from azure_launching import ROOT, project_with, target
from patience import GONE_SECONDS

from modelyard.errors import InputError
from modelyard.outputs.azure import AzureLaunchTarget
from modelyard_launcher.azure.access import AzureAccess
from modelyard_launcher.backends import LaunchContext
from modelyard_launcher.resolved import ResolvedTarget
from modelyard_launcher.supervise.decide import _why_nodes_stay
from modelyard_launcher.supervise.in_cloud import plan_in_cloud
from modelyard_launcher.supervise.sites import recovery_site
from modelyard_launcher.target import find_place


def test_a_job_of_an_environment_on_azure_runs_here_from_submission_to_its_end(yard: Any) -> None:
    here = target(stores=str(yard.project))
    file = yard.project / "azure.json"
    file.write_text(here.model_dump_json(by_alias=True))
    job = str(yard.write_job("echo rank $NODE_RANK of $NUM_NODES; sleep 0.2", num_nodes=2))
    where = ["--target", str(file), "--format", "json"]
    submitted = yard.modelyard("job", "submit", job, *where, "--backend", "local", "--detach")
    assert submitted.returncode == 0, submitted.stderr
    run_id = json.loads(submitted.stdout)["run_id"]
    waited = yard.modelyard("job", "wait", run_id, *where)
    assert waited.returncode == 0, waited.stderr
    status = json.loads(yard.modelyard("job", "status", run_id, *where).stdout)
    assert status["state"] == "succeeded"
    lines = yard.modelyard("job", "logs", run_id, "--target", str(file)).stdout.splitlines()
    assert sorted(lines) == ["[0] rank 0 of 2", "[1] rank 1 of 2"]
    listed = json.loads(yard.modelyard("job", "list", *where).stdout)
    assert [run["run_id"] for run in listed["runs"]] == [run_id]
    record = json.loads((yard.project / "checkpoints" / "runs" / run_id / "run.json").read_text())
    assert AzureLaunchTarget.model_validate(record["target"]) == here


def test_a_run_of_an_environment_on_azure_is_cancelled_here(yard: Any, eventually: Any) -> None:
    file = yard.project / "azure.json"
    file.write_text(target(stores=str(yard.project)).model_dump_json(by_alias=True))
    job = str(yard.write_job("sleep 60"))
    where = ["--target", str(file), "--format", "json"]
    submitted = yard.modelyard("job", "submit", job, *where, "--backend", "local", "--detach")
    run_id = json.loads(submitted.stdout)["run_id"]
    eventually(yard.processes)
    cancelled = yard.modelyard("job", "cancel", run_id, *where)
    assert json.loads(cancelled.stdout)["state"] == "cancelled"
    eventually(lambda: not yard.processes(), GONE_SECONDS)


def test_a_run_is_not_supervised_from_within_azure(yard: Any) -> None:
    record, _ = yard.run("true")
    resolved = ResolvedTarget(target(), "file", "the file target.json")
    context = LaunchContext(yard.project, AzureAccess("azure", "westeurope", "s"), "file:///stores")
    there = record.model_copy(update={"backend": "azure_ml"})
    with pytest.raises(InputError, match="`modelyard job supervise --in-cloud` knows AWS alone") as raised:
        plan_in_cloud(context, resolved, there, [], None)
    assert raised.value.problems[0].mend == "supervise it from here, or from a machine that stays on"


def test_a_bad_node_stays_on_azure_for_azures_own_reason(yard: Any) -> None:
    record, _ = yard.run("true", preflight={"end_bad_nodes": True})
    there = record.model_copy(update={"target": target().model_dump(mode="json")})
    assert _why_nodes_stay(there) == "nobody who submits jobs ends a cluster's nodes on Azure"
    assert "jobs.end_bad_nodes" in (_why_nodes_stay(record) or "")


def test_the_recovery_region_is_known_from_the_environment_alone(tmp_path: Path) -> None:
    place = find_place("azure-prod", None, project=project_with(tmp_path, "azure-prod"))
    site = recovery_site(place, None)
    assert site is not None
    assert (site.region, site.recovery, site.context.access.region) == ("eastus", True, "eastus")
    assert site.context.checkpoints_uri.endswith(".blob.core.windows.net/checkpoints")
    assert site.context.checkpoints_uri != place.checkpoints_uri
    at_home = recovery_site(find_place("azure-dev", None, project=ROOT), None)
    assert at_home is None
