"""Runs on Azure Machine Learning in a sandbox: to their end, through losses, and cancelled."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from arming import LOCATION, SUBSCRIPTION
from azure_front import standing_before
from azure_ml_launching import IMAGE, MlYard

from modelyard_launcher.azure.access import AzureAccess
from modelyard_launcher.records import RunRecord
from modelyard_sandbox.job_faults import JobFault

TRAINS = f"""exec {sys.executable} -u -c '
import json, os, pathlib, signal, sys, time

from modelyard_node.store import open_store
store, run = open_store(os.environ["MODELYARD_CHECKPOINTS"], os.environ), os.environ["MODELYARD_RUN_ID"]
key = "checkpoints/" + run + "/step.json"
step = json.loads(store.get(key) or b"0")
rank, metrics = os.environ["NODE_RANK"], pathlib.Path(os.environ["MODELYARD_METRICS"])
print("rank", rank, "of", os.environ["NUM_NODES"], "begins at step", step, "attempt", os.environ["MODELYARD_ATTEMPT"])
until, gate = int(os.environ["STEPS"]), pathlib.Path(os.environ["GATE"])
while step < until:
    while step == 10 and not gate.exists(): time.sleep(0.05)
    time.sleep(0.1)
    step += 1
    if rank == "0":
        store.put(key, json.dumps(step).encode())
        with metrics.open("a") as file:
            file.write(json.dumps(dict(step=step, total_steps=until, at="2026-11-26T12:00:00+00:00")) + chr(10))
print("done at step", step)
'"""
"""Trains to STEPS, writing a checkpoint to Blob after each, and goes on from the newest; behind step 10 once its
gate is open."""


def trains(yard: MlYard, steps: int, **fields: Any) -> Any:
    return yard.begin(TRAINS, num_nodes=2, envs={"STEPS": str(steps), "GATE": str(gate_of(yard))}, **fields)


def gate_of(yard: MlYard) -> Path:
    return yard.project / "gate"


def test_a_job_on_two_nodes_runs_to_its_end_and_writes_its_checkpoint_to_blobs(ml_yard: MlYard) -> None:
    record = trains(ml_yard, 5)
    assert record.state == "submitted"
    assert record.submissions[0].job_name == f"{record.run_id}-1"
    ended = ml_yard.over(record)
    assert (ended.state, ended.reason, ended.exit_code) == ("succeeded", None, 0), ended.as_dict()
    assert [(each.name, each.kind) for each in ended.attempts] == [("001-01", "succeeded")]
    assert [rank.exit_code for rank in ended.attempts[0].ranks] == [0, 0]
    assert ml_yard.stored(f"checkpoints/{record.run_id}/step.json") == 5
    assert ml_yard.backend().describe(ended).state == "succeeded"
    for rank in (0, 1):
        log = ml_yard.log(ended, rank)
        assert f"rank {rank} of 2 begins at step 0 attempt 1\n" in log
    assert ended.spent_usd is not None
    assert ended.spent_usd > 0


def test_a_job_in_the_workspace_is_what_was_planned(ml_yard: MlYard) -> None:
    record = ml_yard.begin("true", num_nodes=2)
    body = ml_yard.body(record)
    assert body["distribution"] == {"distributionType": "PyTorch", "processCountPerInstance": 1}
    assert body["resources"]["instanceCount"] == 2
    assert body["resources"]["shmSize"] == "7g"
    assert body["identity"]["clientId"] == ml_yard.target.job_identity.client_id
    assert body["tags"]["modelyard:run"] == record.run_id
    assert body["tags"]["cost-center"] == "research"
    assert body["environmentVariables"]["MODELYARD_CHECKPOINTS"] == ml_yard.target.stores.checkpoints.uri
    assert ml_yard.arm("GET", body["environmentId"])["properties"]["image"] == IMAGE
    ml_yard.over(record)


def test_a_lost_node_ends_the_run_and_submitted_again_it_goes_on_from_its_checkpoint(
    ml_yard: MlYard, eventually: Callable[..., Any]
) -> None:
    record = trains(ml_yard, 20)
    key = f"checkpoints/{record.run_id}/step.json"
    eventually(lambda: (ml_yard.stored(key) or 0) >= 5)
    ml_yard.sandbox.set_job_faults(JobFault("host_failure", job=record.submissions[0].job_name, node=1))
    ended = ml_yard.over(record)
    assert (ended.state, ended.submissions[0].kind) == ("failed", "host"), ended.as_dict()
    reached = ml_yard.stored(key)
    assert 5 <= reached <= 10
    gate_of(ml_yard).touch()
    again = ml_yard.again(ended)
    assert [each.job_name for each in again.submissions] == [f"{record.run_id}-1", f"{record.run_id}-2"]
    last = ml_yard.over(again)
    assert last.state == "succeeded", last.as_dict()
    assert [each.name for each in last.attempts] == ["001-01", "002-01"]
    log = ml_yard.log(last, 0)
    assert f"modelyard: submission 2\nrank 0 of 2 begins at step {reached} attempt 2\n" in log
    assert ml_yard.stored(key) == 20


FOLLOWS = """
import sys
from pathlib import Path
from modelyard_launcher.azure.access import AzureAccess
from modelyard_launcher.backends import LaunchContext
from modelyard_launcher.backends.azure_ml.backend import AzureMlBackend
from modelyard_launcher.load import load_job
from modelyard_launcher.resolved import ResolvedTarget
from modelyard_launcher.target import read_target_file

project, arm, blobs = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
target = read_target_file(project / "target.json")
access = AzureAccess("sandbox", target.region, target.subscription_id, arm, blobs)
backend = AzureMlBackend(LaunchContext(project, access, target.stores.checkpoints.uri))
plan = backend.plan(load_job(project / "job.yaml"), ResolvedTarget(target, "file", "target.json"))
said = lambda *words: print(*words, flush=True)
backend.submit(plan, detach=False, on_line=said, on_event=said)
"""


def test_a_launcher_that_is_killed_leaves_the_run_going_and_another_takes_it_up(
    ml_yard: MlYard, eventually: Callable[..., Any]
) -> None:
    ml_yard.load(TRAINS, num_nodes=2, envs={"STEPS": "20", "GATE": str(gate_of(ml_yard))})
    (ml_yard.project / "target.json").write_text(ml_yard.target.model_dump_json(by_alias=True))
    access = ml_yard.access
    command = [
        sys.executable,
        "-c",
        FOLLOWS,
        str(ml_yard.project),
        access.arm_endpoint,
        str(access.blob_root),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as launcher:
        assert launcher.stdout is not None
        run_id = launcher.stdout.readline().removeprefix("run ").strip()
        assert any("begins at step 0" in line for line in launcher.stdout)
        launcher.kill()
    record = RunRecord.model_validate(ml_yard.stored(f"runs/{run_id}/run.json"))
    assert not record.finished
    eventually(lambda: (ml_yard.stored(f"checkpoints/{run_id}/step.json") or 0) >= 5)
    ml_yard.sandbox.set_job_faults(JobFault("host_failure", job=f"{run_id}-1", node=0))
    ended = ml_yard.over(record)
    assert (ended.state, ended.submissions[0].kind) == ("failed", "host"), ended.as_dict()
    gate_of(ml_yard).touch()
    last = ml_yard.over(ml_yard.again(ended))
    assert last.state == "succeeded", last.as_dict()
    assert ml_yard.stored(f"checkpoints/{run_id}/step.json") == 20
    assert len(ml_yard.jobs_of(record)) == 2


def test_a_preempted_job_begins_anew_by_itself_as_an_attempt_of_its_own(
    ml_yard: MlYard, eventually: Callable[..., Any]
) -> None:
    record = trains(ml_yard, 12, resources={"use_spot": True})
    key = f"checkpoints/{record.run_id}/step.json"
    eventually(lambda: (ml_yard.stored(key) or 0) >= 5)
    ml_yard.sandbox.set_job_faults(JobFault("spot_interruption", job=record.submissions[0].job_name, node=1))
    eventually(lambda: "attempt 2\n" in ml_yard.log(record, 1))
    gate_of(ml_yard).touch()
    ended = ml_yard.over(record)
    assert ended.state == "succeeded", ended.as_dict()
    assert [each.name for each in ended.attempts] == ["001-01", "001-02"]
    assert ended.attempts[0].kind == "host"
    assert len(ml_yard.jobs_of(record)) == 1
    assert "attempt 2\n" in ml_yard.log(ended, 1)


def test_a_preempted_job_that_isnt_begun_anew_fails_by_its_host(
    ml_yard: MlYard, eventually: Callable[..., Any]
) -> None:
    record = trains(ml_yard, 30, resources={"use_spot": True})
    key = f"checkpoints/{record.run_id}/step.json"
    eventually(lambda: (ml_yard.stored(key) or 0) >= 3)
    fault = JobFault("spot_interruption", job=record.submissions[0].job_name, node=0, restarts=False)
    ml_yard.sandbox.set_job_faults(fault)
    ended = ml_yard.over(record)
    assert (ended.state, ended.submissions[0].kind) == ("failed", "host")
    assert ended.reason == "Azure took a low-priority node of it back"


def test_a_cancelled_run_saves_and_says_who_cancelled_it(
    ml_yard: MlYard, eventually: Callable[..., Any]
) -> None:
    record = trains(ml_yard, 600)
    eventually(lambda: "begins" in ml_yard.log(record, 0))
    backend = ml_yard.backend(cancel_seconds=60)
    ended = backend.cancel(record)
    assert ended.state == "cancelled"
    assert ended.reason == f"cancelled by {ended.owner}"
    assert backend.cancel(ended).as_dict() == ended.as_dict()
    assert ml_yard.status(record.submissions[0].job_name) == "Canceled"


def test_a_job_on_one_node_is_started_again_on_its_node_as_often_as_it_says(ml_yard: MlYard) -> None:
    record = ml_yard.begin(
        "echo attempt $MODELYARD_ATTEMPT; [ $MODELYARD_ATTEMPT = 3 ]", retry={"attempts": 3}
    )
    ended = ml_yard.over(record)
    assert ended.state == "succeeded", ended.as_dict()
    assert [each.kind for each in ended.attempts] == ["program", "program", "succeeded"]
    log = ml_yard.log(ended)
    assert log.index("attempt 1\n") < log.index("attempt 2\n") < log.index("attempt 3\n")


def test_a_program_that_fails_is_told_with_its_code_and_last_lines(ml_yard: MlYard) -> None:
    ended = ml_yard.over(ml_yard.begin("echo boom; exit 7", num_nodes=2))
    assert (ended.state, ended.exit_code) == ("failed", 7)
    assert ended.reason in ("rank 0 exited with code 7", "rank 1 exited with code 7")
    assert "boom" in ended.attempts[0].tail


def test_what_is_followed_shows_lines_and_comes_to_its_end(ml_yard: MlYard) -> None:
    ml_yard.lines.clear()
    backend = ml_yard.backend()
    plan = backend.plan(ml_yard.load("echo rank $NODE_RANK", num_nodes=2), ml_yard.resolved)
    record = backend.submit(plan, detach=False, on_line=ml_yard.on_line, on_event=ml_yard.events.append)
    assert record.state == "succeeded"
    assert {"[0] rank 0", "[1] rank 1"} <= set(ml_yard.lines)
    assert ml_yard.events[0] == f"run {record.run_id}"


def test_the_calls_of_a_plan_are_those_that_submitting_makes(ml_yard: MlYard) -> None:
    image = IMAGE.replace("ab" * 32, "ef" * 32)
    with standing_before(ml_yard.access.arm_endpoint) as front:
        access = AzureAccess("sandbox", LOCATION, SUBSCRIPTION, front.endpoint, ml_yard.access.blob_root)
        ml_yard.over(ml_yard.begin("true"))
        plan = ml_yard.plan("true", image=image, name="called")
        record = ml_yard.begin("true", ml_yard.backend(access), image=image, name="called")
        seen = [(method, target.partition("?")[0]) for method, target, _ in front.seen]
    planned = [
        (call.operation, call.request["path"].replace("<run id>", record.run_id))
        for call in plan.calls
        if call.service == "azure_ml"
    ]
    code_is_there = planned[1]
    assert "/codes/" in code_is_there[1]
    assert seen == [call for call in planned if call != code_is_there]
    ml_yard.over(record)
