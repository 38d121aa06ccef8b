"""Supervising runs on this machine: real processes, killed in every way, that go on from their checkpoints."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from patience import GONE_SECONDS, PATIENCE_SECONDS

from modelyard_launcher.api import Launcher
from modelyard_launcher.supervise import loop as loop_module

TRAIN = """
import hashlib, json, os, pathlib, sys, time

steps, gate = int(sys.argv[1]), pathlib.Path(sys.argv[2])
store = pathlib.Path(os.environ["MODELYARD_CHECKPOINTS"].removeprefix("file://"))
run = store / "checkpoints" / os.environ["MODELYARD_RUN_ID"]
done = max((int(each.name[5:]) for each in run.glob("step-*") if (each / "manifest.json").exists()), default=0)
print(f"from {done}", flush=True)
for step in range(done + 1, steps + 1):
    while step > 3 and not gate.exists():
        time.sleep(0.02)
    if os.environ["NODE_RANK"] == "0":
        folder = run / f"step-{step:010d}"
        folder.mkdir(parents=True, exist_ok=True)
        data = str(step).encode()
        (folder / "model.npz").write_bytes(data)
        files = {"model.npz": {"sha256": hashlib.sha256(data).hexdigest(), "size_bytes": len(data)}}
        (folder / "manifest.json").write_text(json.dumps({"step": step, "files": files}))
        with open(os.environ["MODELYARD_METRICS"], "a") as metrics:
            metrics.write(json.dumps({"step": step, "total_steps": steps, "epoch": 1, "loss": 1 / step}) + "\\n")
print("trained", flush=True)
"""


@pytest.fixture
def training(yard: Any) -> Path:
    """A job that waits after three of five steps until its gate is opened; the gate."""
    (yard.project / "train.py").write_text(TRAIN)
    return yard.project / "gate"


def train(gate: Path) -> str:
    return f"python train.py 5 {gate}"


def run_id_of(text: str) -> str:
    found = re.search(r"try-\d{8}-\d{6}-[0-9a-f]{4}", text)
    assert found, text
    return found[0]


def step_three(yard: Any) -> bool:
    return any((yard.project / "checkpoints").glob("checkpoints/*/step-0000000003/manifest.json"))


def log(yard: Any, run_id: str) -> list[str]:
    return yard.stored(f"runs/{run_id}/logs/0.log").decode().splitlines()


def started(yard: Any, training: Path, eventually: Callable[..., Any], **fields: object) -> str:
    """Submit the job, and kill who submitted it after three steps; the run."""
    process = yard.start(train(training), **fields)
    eventually(lambda: step_three(yard))
    process.kill()
    _, err = process.communicate(timeout=PATIENCE_SECONDS)
    eventually(lambda: not yard.processes(), GONE_SECONDS)
    return run_id_of(err)


def test_a_run_whose_launcher_was_killed_goes_on_from_its_newest_checkpoint(
    yard: Any, training: Path, eventually: Callable[..., Any], capfd: pytest.CaptureFixture[str]
) -> None:
    run_id = started(yard, training, eventually, num_nodes=2)
    assert yard.job("status", run_id)["state"] == "lost"
    training.touch()
    done = yard.modelyard("job", "supervise", run_id, *yard.where, "--every", "1s")
    assert done.returncode == 0, done.stderr
    assert f"run {run_id} is submitted again from step 3: nobody watches over it any more" in done.stderr
    assert done.stdout.startswith(f"{run_id} succeeded after ")
    record = yard.job("status", run_id)
    assert [(each["number"], each["kind"]) for each in record["submissions"]] == [
        (1, "host"),
        (2, "succeeded"),
    ]
    assert [attempt["name"] for attempt in record["attempts"]] == ["001-01", "002-01"]
    assert "from 3" in log(yard, run_id)
    eventually(lambda: not yard.processes(), GONE_SECONDS)


def test_a_damaged_checkpoint_is_passed_over(
    yard: Any, training: Path, eventually: Callable[..., Any]
) -> None:
    run_id = started(yard, training, eventually)
    newest = yard.project / "checkpoints" / "checkpoints" / run_id / "step-0000000003"
    (newest / "manifest.json").unlink()
    training.touch()
    done = yard.modelyard("job", "supervise", run_id, *yard.where, "--every", "1s")
    assert "is submitted again from step 2 (1 newer passed over)" in done.stderr
    assert done.returncode == 0


def test_a_supervisor_that_was_killed_is_followed_by_another(
    yard: Any, training: Path, eventually: Callable[..., Any]
) -> None:
    run_id = started(yard, training, eventually)
    first = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "modelyard_cli.main",
            "job",
            "supervise",
            run_id,
            *yard.where,
            "--every",
            "1s",
        ],
        cwd=yard.project,
        stderr=subprocess.PIPE,
        text=True,
    )
    eventually(yard.processes)
    first.kill()
    first.communicate()
    # What it started is watched over by a process of its own, and goes on.
    held = json.loads(yard.stored(f"runs/{run_id}/supervisor.json"))
    assert held["pid"] == first.pid
    training.touch()
    eventually(lambda: yard.job("status", run_id)["state"] == "succeeded")
    second = yard.modelyard("job", "supervise", run_id, *yard.where, "--every", "1s")
    assert (second.returncode, second.stderr) == (
        1,
        f"modelyard: run {run_id} is supervised by {_who(held)}\n",
    )


def _who(held: dict[str, Any]) -> str:
    return f"process {held['pid']} on {held['host']}"


def test_two_supervisors_of_a_run_do_not_fight(
    yard: Any, training: Path, eventually: Callable[..., Any]
) -> None:
    run_id = started(yard, training, eventually)
    command = [
        sys.executable,
        *("-m", "modelyard_cli.main", "job", "supervise", run_id, *yard.where, "--every", "1s"),
    ]
    both = [
        subprocess.Popen(command, cwd=yard.project, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    training.touch()
    ended = [(process.communicate(timeout=PATIENCE_SECONDS), process.returncode) for process in both]
    assert sorted(code for _, code in ended) == [0, 1]
    assert len(yard.job("status", run_id)["submissions"]) == 2
    (refused,) = (err for (_, err), code in ended if code == 1)
    assert "is supervised by process" in refused


def test_a_program_that_fails_is_not_started_again_by_a_supervisor(yard: Any) -> None:
    record, _ = yard.run("exit 3")
    launcher = Launcher(target=yard.target_file, project=yard.project)
    ended = launcher.supervise(record.run_id)
    assert (ended.run.record.state, len(ended.run.record.submissions)) == ("failed", 1)


def test_past_its_deadline_a_run_is_not_taken_up_again(
    yard: Any, training: Path, eventually: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = started(yard, training, eventually, deadline="2036-01-01T00:00:00Z")
    later = loop_module.now().replace(year=2036)
    said: list[str] = []
    from modelyard_launcher.supervise.begin import supervisor_of
    from modelyard_launcher.supervise.loop import Clock

    launcher = Launcher(target=yard.target_file, project=yard.project)
    supervisor = supervisor_of(launcher.place, run_id, said.append)
    supervisor.clock = Clock(moment=lambda: later, pause=lambda _: None)
    supervisor.run()
    assert said == [f"run {run_id} isn't taken up again: its deadline 2036-01-01T00:00:00Z is reached"]


@pytest.mark.parametrize("rank", [0, 1])
def test_a_node_that_is_killed_is_started_again_without_a_supervisor(
    yard: Any, training: Path, eventually: Callable[..., Any], rank: int
) -> None:
    process = yard.start(train(training), num_nodes=2)
    eventually(lambda: step_three(yard))
    os.kill(yard.runtime_of(rank), signal.SIGKILL)
    training.touch()
    _, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 0, err
    record = yard.job("status", run_id_of(err))
    first, second = record["attempts"]
    assert (first["kind"], second["kind"]) == ("host", "succeeded")
    assert ("the main node was lost" if rank == 0 else "rank 1 was lost") in first["reason"]
    assert not yard.processes()
