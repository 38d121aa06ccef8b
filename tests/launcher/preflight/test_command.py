"""`modelyard job preflight` on this machine, from the job's file to the exit code."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from patience import GONE_SECONDS, PATIENCE_SECONDS

MODELYARD = [sys.executable, "-m", "modelyard_cli.main"]


@pytest.fixture
def job(yard: Any) -> Callable[..., str]:
    """Writes a job that would fail if its program or its setup were run; its file."""

    def write(**fields: Any) -> str:
        given = {"num_nodes": 2, "distribution": "jax", "setup": "exit 9", **fields}
        return str(yard.write_job("exit 8", **given))

    return write


def test_nodes_are_checked_and_the_program_is_not_run(yard: Any, job: Callable[..., str]) -> None:
    done = yard.modelyard("job", "preflight", job(), *yard.here)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert [line.split()[:2] for line in lines[:-1]] == [
        ["devices", "passed"],
        ["versions", "passed"],
        ["all_reduce", "passed"],
        ["clock", "passed"],
        ["dataset", "passed"],
        ["checkpoint", "passed"],
        ["shared_memory", "passed"],
        ["scratch", "passed"],
    ]
    assert lines[2].endswith(" between 2 processes by Gloo")
    assert lines[-1].startswith("2 nodes of pool cpu: as they should be (try-preflight-")
    assert not yard.processes()


def test_a_check_that_fails_leaves_with_one_and_says_how_to_mend_it(
    yard: Any, job: Callable[..., str]
) -> None:
    done = yard.modelyard("job", "preflight", job(preflight={"min_gbps": 90_000}), *yard.here)
    assert done.returncode == 1, done.stderr
    lines = done.stdout.splitlines()
    at = next(index for index, line in enumerate(lines) if line.startswith("all_reduce"))
    assert lines[at].split()[1] == "failed"
    assert lines[at].endswith(" between 2 processes by Gloo; which of two nodes it is can't be told")
    assert lines[at + 1].strip() == "expected: 90,000 Gbit/s (11,250 GB/s) at least"
    assert lines[at + 2].strip().startswith("mend: check three nodes or more: they tell which one it is; ")
    assert "2 nodes of pool cpu: preflight: all_reduce: " in lines[-1]
    assert len(yard.backend()._context.runs.newest(5)) == 1


def test_the_verdict_as_json(yard: Any, job: Callable[..., str]) -> None:
    done = yard.modelyard("job", "preflight", job(num_nodes=1), *yard.here, "--format", "json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    page = (Path(__file__).parents[3] / "docs" / "json.md").read_text()
    row = next(line for line in page.splitlines() if line.startswith("| `job preflight`"))
    assert ["modelyard.checked/1", *list(document)[1:]] == re.findall(r"`([\w./]+)`", row)
    assert document["schema"] == "modelyard.checked/1"
    assert (document["passed"], document["num_nodes"], document["environment"]) == (True, 1, "dev")
    assert (document["faults"], document["bad_nodes"], document["reason"]) == ([], [], None)
    assert document["all_reduce"]["why_not"] == "one process has nobody to speak to"
    assert {row["check"] for row in document["checks"]} >= {"devices", "dataset", "checkpoint"}
    record = yard.job("status", document["run_id"])
    assert record["job"]["run"] == "true"


def test_a_job_that_is_wrong_is_refused_before_anything_is_checked(yard: Any) -> None:
    (yard.project / "job.yaml").write_text("name: try\nrun: 'true'\npreflight: maybe\n")
    done = yard.modelyard("job", "preflight", "job.yaml", *yard.here)
    assert done.returncode == 2
    assert "preflight" in done.stderr
    assert not (yard.project / "checkpoints").exists()


def test_a_check_that_is_broken_off_leaves_nothing(
    yard: Any, job: Callable[..., str], eventually: Callable[..., Any]
) -> None:
    from_here = [*MODELYARD, "job", "preflight", job(num_nodes=2), *yard.here]
    process = subprocess.Popen(
        from_here, cwd=yard.project, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    eventually(lambda: any("allreduce.py" in each for each in yard.processes().values()))
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 130, err
    assert "interrupted with Ctrl-C" in out
    eventually(lambda: not yard.processes(), GONE_SECONDS)


def test_a_job_that_asks_for_the_check_begins_after_it(yard: Any) -> None:
    record, lines = yard.run("echo began", num_nodes=2, distribution="jax", preflight=True)
    assert record.state == "succeeded"
    assert "[1] began" in lines
    checks = [line for line in lines if line.startswith("[0] modelyard: preflight: ")]
    assert checks[0] == "[0] modelyard: preflight: every node and the network between them are checked"
    assert lines.index(checks[-1]) < lines.index("[0] began")
