"""Jobs whose ranks mpirun starts: planned, run in a sandbox that plays mpirun's part, and submitted again."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from azure_ml_launching import IMAGE, MlYard, ml_pool, ml_target

from modelyard_launcher.azure.access import AzureAccess
from modelyard_launcher.backends import LaunchContext
from modelyard_launcher.backends.azure_ml.backend import AzureMlBackend
from modelyard_launcher.load import load_job
from modelyard_launcher.plan import Plan
from modelyard_launcher.plan_text import plan_text
from modelyard_launcher.resolved import ResolvedTarget
from modelyard_sandbox.job_faults import JobFault

WORKSPACE = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.MachineLearningServices/workspaces/ml"
RETRIED = {"attempts": 3}
NOTE = (
    "the service's mpirun starts 2 processes on each node, and may number them otherwise than shown here; the image "
    "needs Open MPI, and a program that is ended from outside has no longer to save than mpirun and the service leave it"
)


def plan(tmp_path: Path, **fields: Any) -> Plan:
    path = tmp_path / "job.yaml"
    job = {"name": "vae", "image": IMAGE, "run": "python train.py", "distribution": "mpi", **fields}
    path.write_text(yaml.safe_dump(job))
    access = AzureAccess("azure", "westeurope", "s")
    backend = AzureMlBackend(
        LaunchContext(tmp_path, access, "https://acct.blob.core.windows.net/checkpoints")
    )
    target = ml_target(WORKSPACE, "acct", ml_pool())
    return backend.plan(load_job(path), ResolvedTarget(target, "file", "the file target.json"))


def trial(planned: Plan) -> dict[str, Any]:
    properties = planned.calls[-4].request["body"]["properties"]
    return properties.get("trial", properties)


@pytest.mark.parametrize("nodes", [1, 2])
def test_mpirun_starts_as_many_processes_as_the_job_says(tmp_path: Path, nodes: int) -> None:
    planned = plan(tmp_path, num_nodes=nodes, processes_per_node=2, retry=RETRIED)
    body = trial(planned)
    assert body["distribution"] == {"distributionType": "Mpi", "processCountPerInstance": 2}
    assert body["resources"]["instanceCount"] == nodes
    assert body["environmentVariables"]["MODELYARD_PROCESSES_PER_NODE"] == "2"
    assert body["environmentVariables"]["MODELYARD_STARTS"] == "1", "processes of one mpirun start together"
    assert NOTE in planned.notes
    told = [
        tuple(each[name] for name in ("NODE_RANK", "RANK", "LOCAL_RANK"))
        for each in planned.rank_environments
    ]
    assert told == [("0", "0", "0"), ("0", "1", "1"), ("1", "2", "0"), ("1", "3", "1")][: 2 * nodes]
    assert planned.common_environment["WORLD_SIZE"] == str(2 * nodes)
    assert f"  nodes      {nodes}, 2 processes each (mpi); the host keeps" in plan_text(planned)


def test_one_process_on_one_node_is_started_by_mpirun_too_and_by_nobody_again(tmp_path: Path) -> None:
    planned = plan(tmp_path, retry=RETRIED)
    assert trial(planned)["distribution"] == {"distributionType": "Mpi", "processCountPerInstance": 1}
    assert NOTE.replace("2 processes", "1 process") in planned.notes
    assert (
        "Azure Machine Learning starts no failed job anew, and processes of mpirun can't start together by "
        "themselves: after a failure it is submitted again by `modelyard job supervise`, or by hand"
    ) in planned.notes
    assert (
        "a program that fails ends its node: the job starts again, in 3 attempts at most, while "
        "`modelyard job supervise` watches over it"
    ) in planned.risks
    assert (
        plan(tmp_path, processes_per_node=2).risks[0]
        == "one process that fails ends the others: the job fails"
    )


def test_other_jobs_are_told_of_no_processes(tmp_path: Path) -> None:
    assert (
        "MODELYARD_PROCESSES_PER_NODE"
        not in trial(plan(tmp_path, distribution="none"))["environmentVariables"]
    )


def test_trials_of_a_sweep_are_started_by_mpirun_as_well(tmp_path: Path) -> None:
    body = trial(plan(tmp_path, processes_per_node=2, sweep={"grid": {"LR": [0.1, 0.2]}}))
    assert body["distribution"] == {"distributionType": "Mpi", "processCountPerInstance": 2}
    assert body["command"].endswith("; exec python3 -I start.py")


SUMS = f"""exec {sys.executable} -u -c '
import os
from pathlib import Path
names = ("NODE_RANK", "NUM_NODES", "RANK", "WORLD_SIZE", "LOCAL_RANK", "OMPI_COMM_WORLD_RANK", "MASTER_ADDR")
print("rank", *[os.environ[name] for name in names], Path("made").read_text(), "attempt", os.environ["MODELYARD_ATTEMPT"])
'"""


def test_a_job_runs_with_a_rank_in_each_process_and_a_log_of_each(ml_yard: MlYard) -> None:
    (ml_yard.project / "work").mkdir()
    record = ml_yard.begin(
        SUMS,
        num_nodes=2,
        distribution="mpi",
        processes_per_node=2,
        workdir="work",
        setup="[ ! -e made ]; echo by $NODE_RANK >made",
    )
    ended = ml_yard.over(record)
    assert (ended.state, ended.reason, ended.exit_code) == ("succeeded", None, 0), ended.as_dict()
    assert ended.num_ranks == 4
    assert [rank.exit_code for rank in ended.attempts[0].ranks] == [0, 0, 0, 0]
    for rank in range(4):
        node, local = divmod(rank, 2)
        said = f"rank {node} 2 {rank} 4 {local} {rank} 127.0.0.1 by {node}\n attempt 1\n"
        assert said in ml_yard.log(ended, rank)


def test_a_process_that_fails_ends_the_job_with_its_reason_and_code(ml_yard: MlYard) -> None:
    record = ml_yard.begin(
        "[ $RANK != 1 ] || exit 5; sleep 60", num_nodes=1, distribution="mpi", processes_per_node=2
    )
    ended = ml_yard.over(record)
    assert (ended.state, ended.reason, ended.exit_code) == ("failed", "rank 1 exited with code 5", 5)
    assert ended.submissions[0].kind == "program"


def test_a_job_whose_machine_is_lost_is_submitted_again_as_it_was(
    ml_yard: MlYard, eventually: Callable[..., Any]
) -> None:
    script = "[ $MODELYARD_ATTEMPT = 2 ] || { echo up; sleep 60; }; echo went on as $RANK"
    record = ml_yard.begin(script, num_nodes=2, distribution="mpi", processes_per_node=2)
    eventually(lambda: all("up\n" in ml_yard.log(record, rank) for rank in range(4)))
    ml_yard.sandbox.set_job_faults(JobFault("host_failure", job=record.submissions[0].job_name, node=1))
    ended = ml_yard.over(record)
    assert (ended.state, ended.submissions[0].kind) == ("failed", "host"), ended.as_dict()
    last = ml_yard.over(ml_yard.again(ended))
    assert last.state == "succeeded", last.as_dict()
    assert [each.name for each in last.attempts] == ["001-01", "002-01"]
    assert ml_yard.body(last)["distribution"] == {"distributionType": "Mpi", "processCountPerInstance": 2}
    assert "went on as 3\n" in ml_yard.log(last, 3)


def test_a_cancelled_job_is_cancelled_though_mpirun_tells_nobody_why_it_ends(
    ml_yard: MlYard, eventually: Callable[..., Any]
) -> None:
    record = ml_yard.begin("echo up; sleep 60", num_nodes=2, distribution="mpi")
    eventually(lambda: "up\n" in ml_yard.log(record, 1))
    ended = ml_yard.backend(cancel_seconds=60).cancel(record)
    assert (ended.state, ended.reason) == ("cancelled", f"cancelled by {ended.owner}")
    assert [rank.stopped for rank in ended.attempts[0].ranks] == [True, True]
