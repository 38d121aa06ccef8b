"""Each training container through AWS Batch, on two nodes: it loses a node, and trains on from its checkpoint.

Data come from the sandbox's S3 and checkpoints go there. Each loses its node in a way of its own: the program
of a child is killed, or all of its container, the machine of the main node fails, that of a child is taken back
and says so before.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from batch_cluster import Cluster
from patience import GONE_SECONDS, eventually
from planned_calls import as_made, as_planned

from modelyard_launcher.load import load_job
from modelyard_launcher.records import RunRecord
from modelyard_sandbox.job_faults import JobFault

WORKLOADS = Path(__file__).parents[3] / "workloads"


def kill_program_of_child(cluster: Cluster, _: RunRecord) -> None:
    """What the job's `run` started on the second node."""
    os.kill(process_of(cluster, 1, "train.py"), signal.SIGKILL)


def kill_child(cluster: Cluster, _: RunRecord) -> None:
    """The second node's container: what it was started with, and so all that is in it."""
    os.kill(process_of(cluster, 1, "python3 -I /proc/self/fd/"), signal.SIGKILL)


def fail_machine_of_main_node(cluster: Cluster, record: RunRecord) -> None:
    """The first node's machine: nobody is left who could tell."""
    cluster.sandbox.set_job_faults(JobFault("host_failure", job=f"{record.run_id}-1", node=0))


def take_machine_of_child_back(cluster: Cluster, record: RunRecord) -> None:
    """The second node's machine, announced two minutes before. AWS Batch runs no gang on Spot; scheduled events
    and the end of a capacity block are announced in the same way.
    """
    cluster.sandbox.set_job_faults(JobFault("spot_interruption", job=f"{record.run_id}-1", node=1))


def told_losses(cluster: Cluster, record: RunRecord) -> list[float]:
    """Losses on training data, as the first node told them in its log."""
    found = [re.match(r"(?:epoch|step) \d+/\d+: loss ([0-9.]+)", line) for line in cluster.lines(record)]
    return [float(each[1]) for each in found if each]


def held_out_losses(cluster: Cluster, record: RunRecord) -> list[float]:
    """Losses on held-out data, from before the first step on: the GAN's others rise and fall."""
    held_out = [line for line in metrics_of(cluster, record) if line["kind"] == "held_out"]
    assert (held_out[0]["attempt"], held_out[0]["step"]) == (1, 0)
    return [line["loss"] for line in held_out]


class Row(NamedTuple):
    """A workload, how small it is, and how it loses a node."""

    name: str
    sizes: str
    """Options behind those of its job.yaml: the last ones count."""
    lose: Callable[[Cluster, RunRecord], None]
    kind: str
    """Of the first attempt's end."""
    reason: str
    """The same in words, as a pattern."""
    attempts: int = 1
    """Of the job's retry: 1 as shipped, and machines that fail don't count."""
    losses: Callable[[Cluster, RunRecord], list[float]] = told_losses
    saves: bool = False
    """Whether it is asked to save before, and so goes on after the very step that it came to."""


ROWS = (
    Row(
        "cnn",
        "--epochs 32",
        fail_machine_of_main_node,
        "host",
        r"the machine i-[0-9a-f]{17} was taken back or failed",
    ),
    Row(
        "vae",
        "--epochs 32",
        kill_child,
        "host",
        r"rank 1 was lost: its connection broke off \(closed\) \(.+\)",
    ),
    Row(
        "gan",
        "--epochs 30 --checkpoint-every-epochs 2",
        kill_program_of_child,
        "program",
        r"rank 1 was ended by SIGKILL \(exit code 137\)",
        attempts=2,
        losses=held_out_losses,
    ),
    Row(
        "gpt",
        "--steps 60 --checkpoint-every-steps 4",
        take_machine_of_child_back,
        "host",
        r"the machine of rank 1 will be taken back \(spot_interruption, [0-9T:-]{19}Z\)",
        saves=True,
    ),
)


@pytest.fixture(scope="module")
def prepare(environment_up: Cluster) -> Callable[[str], None]:
    """Writes the data of a workload into the environment's bucket, once."""
    there: set[str] = set()

    def written(workload: str) -> None:
        folder = "gpt" if workload == "gpt" else "cnn"
        if folder in there:
            return
        target = environment_up.target
        variables = environment_up.sandbox.environment_variables(target.account_id, target.region)
        subprocess.run(
            [sys.executable, str(WORKLOADS / folder / "prepare_dataset.py"), target.stores.datasets.uri],
            env={**os.environ, **variables},
            check=True,
            capture_output=True,
        )
        there.add(folder)

    return written


@pytest.fixture
def job(request: pytest.FixtureRequest, cluster: Cluster, prepare: Callable[[str], None]) -> Iterator[Path]:
    """The job's file of a workload, in a copy of its directory, made small."""
    row: Row = request.param
    if row.name == "gpt" and importlib.util.find_spec("torch") is None:
        message = "PyTorch isn't installed: `make pytorch` installs it (5 GB)"
        if os.environ.get("CI") == "true":
            pytest.fail(message, pytrace=False)
        pytest.skip(message)
    prepare(row.name)
    directory = cluster.project / "workloads" / row.name
    shutil.copytree(WORKLOADS / row.name, directory, ignore=shutil.ignore_patterns("__pycache__"))
    path = directory / "job.yaml"
    document = yaml.safe_load(path.read_text())
    document["run"] += f" {row.sizes}"
    document["retry"]["attempts"] = row.attempts
    document["envs"]["OMP_NUM_THREADS"] = "1"
    path.write_text(yaml.safe_dump(document))
    yield path
    shutil.rmtree(directory)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("job", "row"), [(row, row) for row in ROWS], ids=[row.name for row in ROWS], indirect=["job"]
)
def test_a_workload_that_loses_a_node_is_started_again_and_trains_on_from_its_checkpoint(
    cluster: Cluster, made: list[dict[str, Any]], job: Path, row: Row
) -> None:
    record = submitted_as_planned(cluster, made, job)
    saved = eventually(lambda: newest_checkpoint(cluster, record))
    row.lose(cluster, record)
    record = cluster.see_through(record)

    assert (record.state, record.reason, record.exit_code) == ("succeeded", None, 0)
    assert [each.number for each in record.submissions] == [1]
    first, second = record.attempts
    assert (first.name, first.kind) == ("001-01", row.kind)
    assert re.fullmatch(row.reason, first.reason or ""), first.reason
    assert (second.name, second.kind, second.exit_code) == ("001-02", "succeeded", 0)
    assert [(rank.rank, rank.exit_code) for rank in second.ranks] == [(0, 0), (1, 0)]

    lines = cluster.lines(record)
    before, after = halves(lines, "modelyard: submission 1, attempt 2")
    assert "started anew" in before
    (told,) = [found for line in after if (found := re.match(r"resumed after step (\d+) of (\d+) ", line))]
    resumed, total = int(told[1]), int(told[2])
    assert saved <= resumed < total
    assert f"from checkpoints/{record.run_id}/step-{resumed:010d}/manifest.json" in told.string
    stopped = [line for line in before if line.startswith("stopped as asked ")]
    assert stopped == [f"stopped as asked after step {resumed} of {total}"] * row.saves
    assert "modelyard: submission 1, attempt 2" in cluster.lines(record, 1)

    result = json.loads(cluster.store.get(f"runs/{record.run_id}/result.json"))
    assert (result["attempt"], result["num_nodes"], result["step"]) == (2, 2, total)
    assert result["checkpoint"]["uri"].startswith(f"{cluster.target.stores.checkpoints.uri}/checkpoints/")
    assert newest_checkpoint(cluster, record) == total
    last = metrics_of(cluster, record)[-1]
    assert (last["attempt"], last["step"], last["total_steps"]) == (2, total, total)
    losses = row.losses(cluster, record)
    assert losses[-1] < losses[0]
    eventually(lambda: not cluster.processes(), GONE_SECONDS)


def submitted_as_planned(cluster: Cluster, made: list[dict[str, Any]], job: Path) -> RunRecord:
    """The first record of a job, whose submission made the calls of its plan and no others."""
    backend = cluster.backend()
    plan = backend.plan(load_job(job), cluster.resolved)
    assert made == [], "a plan calls nobody"
    assert plan.common_environment["MODELYARD_DATASETS"] == cluster.target.stores.datasets.uri
    cluster.forget("runs/runtime/")
    made.clear()
    record = backend.submit(plan, detach=True, on_line=lambda *_: None, on_event=cluster.events.append)
    sent = [as_planned(call, record.run_id, record.spec_sha256 or "") for call in made]
    assert sent == [as_made(call) for call in plan.as_dict()["calls"]]
    return record


def newest_checkpoint(cluster: Cluster, record: RunRecord) -> int:
    """Step of the newest checkpoint that has been finished; 0 if there is none."""
    keys = cluster.store.keys(f"checkpoints/{record.run_id}/")
    found = [re.fullmatch(r".+/step-(\d+)/manifest\.json", key) for key in keys]
    return max((int(each[1]) for each in found if each), default=0)


def process_of(cluster: Cluster, node: int, command: str) -> int:
    """The process of a node with that in its command line: the newest, where one has started another."""
    wanted = f"AWS_BATCH_JOB_NODE_INDEX={node}\0".encode()
    found = [
        pid
        for pid, line in cluster.processes().items()
        if command in line
        and not line.startswith("/bin/sh")
        and "guard.py" not in line
        and wanted in Path(f"/proc/{pid}/environ").read_bytes()
    ]
    assert found, cluster.processes()
    return max(found)


def halves(lines: list[str], between: str) -> tuple[list[str], list[str]]:
    """What stands before a line, and what behind it."""
    at = lines.index(between)
    return lines[:at], lines[at + 1 :]


def metrics_of(cluster: Cluster, record: RunRecord) -> list[dict[str, Any]]:
    """The first node's metrics, of all attempts whose main node could still write."""
    content = cluster.store.get(f"runs/{record.run_id}/metrics/0.jsonl")
    return [json.loads(line) for line in content.splitlines()]
