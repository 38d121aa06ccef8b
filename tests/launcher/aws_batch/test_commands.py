"""`modelyard job` on AWS Batch as people call it: what it prints, and the code that it leaves with."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager

import pytest
from batch_cluster import Cluster
from patience import GONE_SECONDS, PATIENCE_SECONDS, eventually

from modelyard_cli.main import run
from modelyard_sandbox.faults import Fault


@contextmanager
def submitting(cluster: Cluster, name: str, program: str) -> Generator[subprocess.Popen[str]]:
    """`modelyard job submit` of a job, whose lines can be read as they come."""
    command = ["job", "submit", str(cluster.write(name, program)), "--env", "dev"]
    with subprocess.Popen(
        [sys.executable, "-m", "modelyard_cli.main", *command],
        cwd=cluster.project,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def test_ctrl_c_while_following_leaves_with_130_and_commands_that_can_be_pasted(cluster: Cluster) -> None:
    with submitting(cluster, "pasted", "echo here; sleep 100") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "[0] here\n"
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=PATIENCE_SECONDS)
    (record,) = cluster.context.runs.newest(1)
    run = record.run_id
    without, back = told.splitlines()[-2:]
    assert without == f"modelyard: run {run} goes on without you"
    assert back == (
        f"modelyard: {run} running; `modelyard job logs {run} --env dev --follow` shows it again, "
        f"`modelyard job cancel {run} --env dev` ends it"
    )
    assert process.returncode == 130
    cluster.backend().cancel(record)
    eventually(lambda: not cluster.processes(), GONE_SECONDS)


def test_a_reader_that_has_read_enough_leaves_the_run_alone_and_is_no_answer(cluster: Cluster) -> None:
    with submitting(cluster, "readenough", "while true; do echo again; sleep 0.05; done") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "[0] again\n"
        process.stdout.close()
        assert process.wait(PATIENCE_SECONDS) == 141
    (record,) = cluster.context.runs.newest(1)
    assert cluster.backend().describe(record).state == "running"
    cluster.backend().cancel(record)
    eventually(lambda: not cluster.processes(), GONE_SECONDS)


def test_an_attempt_that_ended_before_is_told_by_its_nodes_word_and_once(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(cluster.project)
    record = cluster.submit("wordofnodes", "echo up; sleep 100", num_nodes=2)
    cluster.strike("host_failure", record, node=1)
    backend = cluster.backend()
    standing = eventually(
        lambda: next((one for one in [backend.describe(backend.refresh(record))] if one.details), None)
    )
    lost = "rank 1 was lost: its connection broke off (closed)"
    assert standing.details[0].startswith(f"attempt 1 ended: {lost}")
    assert run(["job", "status", record.run_id, "--env", "dev"]) == 0
    out = capsys.readouterr().out
    assert out.count(lost) == 1
    assert "used up" not in out
    backend.cancel(record)
    eventually(lambda: not cluster.processes(), GONE_SECONDS)


def test_several_runs_are_cancelled_at_once(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(cluster.project)
    runs = [cluster.submit(name, "sleep 100").run_id for name in ("severalone", "severaltwo")]
    assert run(["job", "cancel", *runs, "--env", "dev"]) == 0
    for line, run_id in zip(capsys.readouterr().out.splitlines(), runs, strict=True):
        assert line.startswith(f"{run_id} cancelled after ")
    assert run(["job", "cancel", runs[0], "no-run-20260101-000000-0000", "--env", "dev"]) == 2
    assert "there is no such run" in capsys.readouterr().err
    assert run(["job", "cancel", *runs, "--env", "dev", "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [one["state"] for one in document["runs"]] == ["cancelled", "cancelled"]
    assert run(["job", "cancel", runs[0], "--env", "dev", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["run_id"] == runs[0]
    eventually(lambda: not cluster.processes(), GONE_SECONDS)


def test_who_may_only_look_on_sees_the_end_that_nobody_has_written_down_yet(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(cluster.project)
    record = cluster.submit("lookedon", "echo here", notify={"command": "touch told"})
    backend, run_id = cluster.backend(), record.run_id
    eventually(lambda: backend.describe(record).state == "succeeded")
    bucket = cluster.place.checkpoints_uri.removeprefix("s3://")
    denied = Fault(f"s3:PUT /{bucket}/runs/{run_id}", "refuse", times=100, code="AccessDenied")
    cluster.sandbox.set_faults(denied)
    for command in (["status"], ["wait"], ["cancel"]):
        assert run(["job", *command, run_id, "--env", "dev"]) == 0
        assert f"{run_id} succeeded after " in capsys.readouterr().out
    assert run(["job", "logs", run_id, "--env", "dev", "--follow"]) == 0
    assert capsys.readouterr().out == "[0] here\n"
    assert not (cluster.project / "told").exists()
    cluster.sandbox.set_faults()
    assert cluster.context.runs.read(run_id).state == "submitted"
    assert run(["job", "status", run_id, "--env", "dev"]) == 0
    assert cluster.context.runs.read(run_id).state == "succeeded"


def test_a_list_shows_how_long_a_run_took_that_nobody_has_looked_at_since(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(cluster.project)
    record = cluster.submit("unlooked", "true")
    backend = cluster.backend()
    eventually(lambda: backend.describe(record).state == "succeeded")
    assert run(["job", "list", "--env", "dev"]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    ((state, _, _, took),) = [words[1:5] for words in lines if words[0] == record.run_id]
    assert state == "succeeded"
    assert re.fullmatch(r"\d+s", took)
