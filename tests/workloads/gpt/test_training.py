"""Real training on two processes: real signals, stores and torchrun; nothing is put in their place."""

from __future__ import annotations

import json
import math
import os
import shutil
import signal
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from modelyard_training.stores import open_store

STEPS = 80
OPTIONS = (f"--steps={STEPS}", "--checkpoint-every-steps=20", "--metrics-every-steps=5", "--warmup-steps=10")
ENDLESS = ("--steps=100000", "--checkpoint-every-steps=10", "--keep-checkpoints=2")


@pytest.fixture(scope="module")
def unbroken(start_job, bucket, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a run with DDP went from beginning to end, with its checkpoints in the bucket."""
    job = start_job(
        tmp_path_factory.mktemp("unbroken"), *OPTIONS, MODELYARD_CHECKPOINTS=bucket.uri, **bucket.variables
    )
    assert job.wait() == [0, 0], job.output(0) + job.output(1)
    return job.directory


@pytest.fixture
def unbroken_written(unbroken: Path, bucket, written):
    return type(written(unbroken))(open_store(bucket.uri))


@pytest.fixture(scope="module")
def unbroken_fsdp(start_job, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a run with FSDP went from beginning to end, under torch_launch."""
    directory = tmp_path_factory.mktemp("unbroken-fsdp")
    job = start_job(directory, *OPTIONS, "--parallel=fsdp", "--evaluate-every-steps=40", way="launch")
    assert job.wait() == [0, 0], job.output(0) + job.output(1)
    return directory


def metrics(directory: Path) -> list[dict[str, Any]]:
    text = (directory / "metrics.jsonl").read_text()
    assert text.endswith("}\n")
    return [json.loads(line) for line in text.splitlines()]


def entropy_of_single_bytes(texts_uri: str) -> float:
    """What knowing how often each byte comes, and nothing of what was before, leaves uncertain."""
    path = open_store(texts_uri).get("paradise-lost/paradise-lost.npz")
    counts = Counter(path)
    return -sum(count / len(path) * math.log(count / len(path)) for count in counts.values())


def test_two_processes_learn_more_of_a_text_than_its_letters(unbroken_written, texts_uri: str) -> None:
    result = unbroken_written.result()
    assert result["loss"] < entropy_of_single_bytes(texts_uri) - 0.5
    assert result["perplexity"] == pytest.approx(math.exp(result["loss"]))
    assert (result["num_nodes"], result["step"], result["held_out_examples"]) == (2, STEPS, 45440)


def test_metrics_tell_how_far_the_run_is_and_how_fast(unbroken: Path) -> None:
    lines = metrics(unbroken)
    assert [(line["kind"], line["step"]) for line in lines] == [
        *(("step", step) for step in range(5, STEPS + 1, 5)),
        ("held_out", STEPS),
    ]
    assert {(line["run_id"], line["attempt"], line["total_steps"]) for line in lines} == {("run-1", 1, STEPS)}
    assert all(line["tokens_per_second"] > 0 and line["seconds"] > 0 for line in lines[:-1])
    assert lines[-2]["loss"] < lines[0]["loss"] - 1.5
    assert {"loss", "perplexity", "accuracy"} < lines[-1].keys()


def test_each_process_writes_its_part_of_a_checkpoint(unbroken_written, bucket) -> None:
    assert unbroken_written.steps() == [20, 40, 60, 80]
    manifest = unbroken_written.manifest(STEPS)
    parts = ["rows-00000-of-00002.npz", "rows-00001-of-00002.npz"]
    assert list(manifest["files"]) == parts
    sizes = [manifest["files"][part]["size_bytes"] for part in parts]
    assert sizes[0] == sizes[1]
    assert (manifest["schema"], manifest["world_size"]) == ("modelyard.checkpoint/1", 2)
    assert manifest["settings"].items() >= {"model": "tiny", "seed": 0, "steps": STEPS}.items()
    assert manifest["versions"].keys() == {"numpy", "torch"}
    for file in unbroken_written.result()["checkpoint"]["files"]:
        head = bucket.s3.head_object(Bucket=bucket.name, Key=f"a/prefix/{file['key']}")
        assert head["SSEKMSKeyId"] == bucket.key_arn


def test_ddp_killed_and_stopped_equals_an_unbroken_run_to_the_last_bit(
    unbroken_written, start_job, written, eventually: Callable[[Callable[[], bool]], None], tmp_path: Path
) -> None:
    run = written(tmp_path)
    job = start_job(tmp_path, *OPTIONS)
    eventually(lambda: 20 in run.steps())
    job.processes[1].send_signal(signal.SIGKILL)
    assert job.wait() == [3, -signal.SIGKILL]
    assert "error: process 0 lost another process of the job" in job.output(0)
    assert run.steps()[-1] < STEPS

    # torchrun passes SIGTERM on and waits, but says 1 of whatever its processes came to.
    job = start_job(tmp_path, *OPTIONS, way="torchrun", MODELYARD_ATTEMPT="2")
    eventually(lambda: "resumed after" in job.output() and "\nstep " in job.output())
    job.processes[0].send_signal(signal.SIGTERM)
    assert job.wait() == [1]
    stopped = run.steps()[-1]
    assert f"stopped as asked after step {stopped} of {STEPS}" in job.output()

    job = start_job(tmp_path, *OPTIONS, MODELYARD_ATTEMPT="3")
    assert job.wait() == [0, 0], job.output(0) + job.output(1)
    assert f"resumed after step {stopped} of {STEPS}" in job.output()
    assert run.manifest(STEPS)["files"] == unbroken_written.manifest(STEPS)["files"]
    assert run.result()["loss"] == unbroken_written.result()["loss"]


def test_fsdp_killed_and_stopped_equals_an_unbroken_run_to_the_last_bit(
    unbroken_fsdp: Path, start_job, written, eventually: Callable[[Callable[[], bool]], None], tmp_path: Path
) -> None:
    run, whole = written(tmp_path), written(unbroken_fsdp)
    options = (*OPTIONS, "--parallel=fsdp")
    job = start_job(tmp_path, *options, way="launch")
    eventually(lambda: 20 in run.steps())
    (worker,) = job.children(1)
    os.kill(worker, signal.SIGKILL)
    assert job.wait() == [3, 128 + signal.SIGKILL]
    assert "error: process 1, local rank 0, was killed by SIGKILL" in job.output(1)
    assert "error: process 0, local rank 0, ended with exit code 3" in job.output(0)

    job = start_job(tmp_path, *options, way="launch", MODELYARD_ATTEMPT="2")
    eventually(lambda: "resumed after" in job.output() and "\nstep " in job.output())
    job.processes[1].send_signal(signal.SIGTERM)
    assert job.wait() == [143, 143], job.output(0) + job.output(1)
    stopped = run.steps()[-1]
    assert f"stopped as asked after step {stopped} of {STEPS}" in job.output()
    assert metrics(tmp_path)[-1]["step"] == stopped

    job = start_job(tmp_path, *options, MODELYARD_ATTEMPT="3")
    assert job.wait() == [0, 0], job.output(0) + job.output(1)
    assert run.manifest(STEPS)["files"] == whole.manifest(STEPS)["files"]


def test_ddp_on_three_processes_sums_alike_after_a_resumption(start_job, written, tmp_path: Path) -> None:
    """Of two numbers the sum is the same in any order; of three it isn't."""
    options = ("--steps=8", "--checkpoint-every-steps=4", "--batch-size=12", "--micro-batch-size=2")
    job = start_job(tmp_path, *options, processes=3)
    assert job.wait() == [0, 0, 0], job.output()
    run = written(tmp_path)
    whole = run.manifest(8)["files"]
    assert len(whole) == 3
    run.store.delete("checkpoints/run-1/step-0000000008/manifest.json")
    job = start_job(tmp_path, *options, processes=3, MODELYARD_ATTEMPT="2")
    assert job.wait() == [0, 0, 0], job.output()
    assert "passed over checkpoints/run-1/step-0000000008: no manifest.json" in job.output()
    assert "resumed after step 4 of 8" in job.output()
    assert run.manifest(8)["files"] == whole


def test_ddp_and_fsdp_train_alike(unbroken_written, unbroken_fsdp: Path, written) -> None:
    assert written(unbroken_fsdp).result()["loss"] == pytest.approx(
        unbroken_written.result()["loss"], abs=1e-4
    )
    measured = [line for line in metrics(unbroken_fsdp) if line["kind"] == "held_out"]
    assert [line["step"] for line in measured] == [40, STEPS]
    assert measured[1]["loss"] < measured[0]["loss"]


def test_a_checkpoint_of_two_processes_with_fsdp_is_gone_on_from_by_one_with_ddp(
    unbroken_fsdp: Path, start_job, written, tmp_path: Path
) -> None:
    shutil.copytree(unbroken_fsdp / "store", tmp_path / "store")
    run = written(tmp_path)
    for step in (60, STEPS):
        run.store.delete(f"checkpoints/run-1/step-{step:010d}/manifest.json")
    run.store.delete("runs/run-1/result.json")
    job = start_job(tmp_path, *OPTIONS, "--micro-batch-size=16", processes=1)
    assert job.wait() == [0], job.output()
    assert f"resumed after step 40 of {STEPS}" in job.output()
    assert (run.manifest(40)["world_size"], run.manifest(STEPS)["world_size"]) == (2, 1)
    assert run.result()["loss"] == pytest.approx(written(unbroken_fsdp).result()["loss"], abs=1e-3)


def test_a_damaged_checkpoint_is_passed_over_and_made_again_to_the_same_bits(
    unbroken_fsdp: Path, start_job, written, tmp_path: Path
) -> None:
    shutil.copytree(unbroken_fsdp / "store", tmp_path / "store")
    run = written(tmp_path)
    whole = run.manifest(STEPS)["files"]
    last = f"checkpoints/run-1/step-{STEPS:010d}"
    data = run.store.get(f"{last}/rows-00001-of-00002.npz")
    run.store.put(f"{last}/rows-00001-of-00002.npz", data[:1000] + b"\xff" * 8 + data[1008:])
    third = "checkpoints/run-1/step-0000000060"
    run.store.delete(f"{third}/rows-00000-of-00002.npz")

    job = start_job(tmp_path, *OPTIONS, "--parallel=fsdp", "--keep-checkpoints=1")
    assert job.wait() == [0, 0], job.output(0) + job.output(1)
    assert f"passed over {last}: rows-00001-of-00002.npz is not what its SHA-256 says" in job.output()
    assert f"passed over {third}: rows-00000-of-00002.npz is missing" in job.output()
    assert (
        f"resumed after step 40 of {STEPS} (epoch 0) from checkpoints/run-1/step-0000000040/" in job.output()
    )
    assert run.manifest(STEPS)["files"] == whole
    assert run.steps() == [STEPS]
    assert {key.split("/")[2] for key in run.store.list("checkpoints/")} == {last.split("/")[2]}


def test_nothing_trains_on_when_torch_launch_is_killed(
    start_job, written, eventually: Callable[[Callable[[], bool]], None], tmp_path: Path
) -> None:
    job = start_job(tmp_path, *ENDLESS, way="launch")
    eventually(lambda: bool(written(tmp_path).steps()))
    (worker,) = job.children(0)
    job.processes[0].send_signal(signal.SIGKILL)
    assert job.wait() == [-signal.SIGKILL, 3]
    eventually(lambda: not Path(f"/proc/{worker}/exe").exists())
