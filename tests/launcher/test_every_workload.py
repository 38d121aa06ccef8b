"""Each training container through `job submit`, on two nodes: killed in every way, it ends from its checkpoint.

In one run: a child's program is killed, then the main node, then whoever submitted it. A supervisor takes it up,
and it trains to its end.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from patience import GONE_SECONDS, PATIENCE_SECONDS

WORKLOADS = Path(__file__).parents[2] / "workloads"

JOBS = {
    "cnn": "python train.py --epochs 40",
    "vae": "python train.py --epochs 40",
    "gan": "python train.py --epochs 60",
    "gpt": "python -m modelyard_training.torch_launch train.py --steps 120 --checkpoint-every-steps 3",
}


@pytest.fixture
def workload(request: pytest.FixtureRequest, yard: Any) -> str:
    """A workload whose data lie in the yard's dataset store."""
    name: str = request.param
    if name == "gpt" and importlib.util.find_spec("torch") is None:
        message = "PyTorch isn't installed: `make pytorch` installs it (5 GB)"
        if os.environ.get("CI") == "true":
            pytest.fail(message, pytrace=False)
        pytest.skip(message)
    folder = "gpt" if name == "gpt" else "cnn"
    subprocess.run(
        [sys.executable, str(WORKLOADS / folder / "prepare_dataset.py"), yard.target.stores.datasets.uri],
        check=True,
        capture_output=True,
    )
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(WORKLOADS / name, yard.project / name, ignore=ignored)
    return name


@pytest.mark.slow
@pytest.mark.parametrize("workload", JOBS, indirect=True)
def test_a_workload_that_is_killed_in_every_way_ends_from_its_checkpoint(
    yard: Any, workload: str, eventually: Callable[..., Any], compiled_once: dict[str, str]
) -> None:
    job = yard.project / workload / "job.yaml"
    document = yaml.safe_load(job.read_text())
    document |= {"run": JOBS[workload], "retry": {"attempts": 2}}
    document["envs"] |= {"MARKER": yard.marker, "OMP_NUM_THREADS": "1", **compiled_once}
    job.write_text(yaml.safe_dump(document))
    process = yard.start_job(job)
    run_id = eventually(lambda: _run_of(yard))

    def further(than: int) -> int:
        """The newest checkpoint, once it is a newer one."""
        return eventually(lambda: max(_steps(yard, run_id), default=0) > than and max(_steps(yard, run_id)))

    step = further(0)
    os.kill(program_of(yard, 1), signal.SIGKILL)
    eventually(lambda: (yard.attempts(run_id) / "001-02").is_dir())
    step = further(step)
    os.kill(yard.runtime_of(0), signal.SIGKILL)
    eventually(lambda: (yard.attempts(run_id) / "001-03").is_dir())
    further(step)
    process.kill()
    process.communicate(timeout=PATIENCE_SECONDS)
    eventually(lambda: not yard.processes(), GONE_SECONDS)
    assert yard.job("status", run_id)["state"] == "lost"

    supervised = yard.modelyard("job", "supervise", run_id, *yard.where, "--every", "1s")
    assert supervised.returncode == 0, supervised.stderr
    assert f"run {run_id} is submitted again from step " in supervised.stderr
    record = yard.job("status", run_id)
    assert record["state"] == "succeeded"
    child, main, launcher, last = record["attempts"]
    assert (child["kind"], child["reason"]) == ("program", "rank 1 was ended by SIGKILL (exit code 137)")
    assert (main["kind"], main["reason"].partition(":")[0]) == ("host", "the main node was lost")
    assert launcher["name"] == "001-03"
    assert (last["name"], last["kind"], last["exit_code"]) == ("002-01", "succeeded", 0)
    result = json.loads(yard.stored(f"runs/{run_id}/result.json"))
    assert result["attempt"] == 4
    assert max(_steps(yard, run_id)) == result["step"]
    eventually(lambda: not yard.processes(), GONE_SECONDS)


def _run_of(yard: Any) -> str | None:
    found = list((yard.project / "checkpoints" / "runs").glob("*-*/run.json"))
    return found[0].parent.name if found else None


def _steps(yard: Any, run_id: str) -> list[int]:
    """Steps of the checkpoints that have been finished."""
    folder = yard.project / "checkpoints" / "checkpoints" / run_id
    return [int(found.parent.name.removeprefix("step-")) for found in folder.glob("step-*/manifest.json")]


def program_of(yard: Any, rank: int) -> int:
    """The training process of a node: the newest, if a process of its own has started it."""
    found = [
        pid
        for pid, command in yard.processes().items()
        if "train.py" in command
        and "/bin/sh" not in command
        and f"NODE_RANK={rank}".encode() in Path(f"/proc/{pid}/environ").read_bytes()
    ]
    assert found, yard.processes()
    return max(found)
