"""Real training: real processes, stores and signals; nothing is put in their place."""

import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from modelyard_training.stores import Store, open_store

# Enough epochs for a signal to come in the middle; they are short beside the start of the processes.
EPOCHS = 8
LAST = f"checkpoints/run-1/step-{EPOCHS * 11:010d}"


@pytest.fixture(scope="module")
def unbroken(start_gang, bucket, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a run of two processes went from beginning to end, with its checkpoints in the bucket."""
    directory = tmp_path_factory.mktemp("unbroken")
    gang = start_gang(
        directory, f"--epochs={EPOCHS}", num_nodes=2, MODELYARD_CHECKPOINTS=bucket.uri, **bucket.variables
    )
    assert gang.wait() == [0, 0], gang.output(0) + gang.output(1)
    assert gang.output(0).count("held-out accuracy") == 1
    return directory


@pytest.fixture
def unbroken_store(unbroken: Path, bucket) -> Store:
    return open_store(bucket.uri)


def result(store: Store) -> dict[str, Any]:
    return json.loads(store.get("runs/run-1/result.json"))


def metrics(directory: Path) -> list[dict[str, Any]]:
    text = (directory / "metrics.jsonl").read_text()
    assert text.endswith("}\n")
    return [json.loads(line) for line in text.splitlines()]


def manifests(store: Store) -> list[str]:
    return [key for key in store.list("checkpoints/") if key.endswith("manifest.json")]


def files(store: Store, folder: str) -> dict[str, Any]:
    return json.loads(store.get(f"{folder}/manifest.json"))["files"]


def test_two_processes_learn_to_read_digits(unbroken_store: Store) -> None:
    found = result(unbroken_store)
    assert found["accuracy"] >= 0.95
    assert (found["num_nodes"], found["epoch"], found["step"]) == (2, EPOCHS, EPOCHS * 11)
    assert found["held_out_examples"] == 360


def test_the_result_names_the_last_checkpoint_and_what_is_in_it(unbroken_store: Store, bucket) -> None:
    checkpoint = result(unbroken_store)["checkpoint"]
    assert checkpoint["uri"] == f"{bucket.uri}/{LAST}/manifest.json"
    assert [file["key"] for file in checkpoint["files"]] == [f"{LAST}/model.npz", f"{LAST}/optimizer.npz"]
    for file in [checkpoint, *checkpoint["files"]]:
        head = bucket.s3.head_object(Bucket=bucket.name, Key=f"a/prefix/{file['key']}")
        assert head["SSEKMSKeyId"] == bucket.key_arn


def test_metrics_are_whole_lines_by_the_first_process_alone(unbroken: Path, unbroken_store: Store) -> None:
    lines = metrics(unbroken)
    assert [line["kind"] for line in lines] == ["epoch"] * EPOCHS + ["held_out"]
    assert [line["epoch"] for line in lines] == [*range(1, EPOCHS + 1), EPOCHS]
    assert all(line["seconds"] > 0 and 0 <= line["accuracy"] <= 1 for line in lines)
    assert lines[-2]["loss"] < lines[0]["loss"] / 4
    assert lines[-1]["accuracy"] == result(unbroken_store)["accuracy"]


def test_a_killed_run_ends_every_process_and_resumed_equals_an_unbroken_one_to_the_last_bit(
    unbroken_store: Store, start_gang, wait_until: Callable[[Callable[[], bool]], None], tmp_path: Path
) -> None:
    store = open_store((tmp_path / "store").as_uri())
    gang = start_gang(tmp_path, f"--epochs={EPOCHS}", num_nodes=2)
    wait_until(lambda: len(manifests(store)) >= 2)
    gang.processes[0].send_signal(signal.SIGKILL)
    first, second = gang.wait()
    assert first == -signal.SIGKILL
    assert second not in (0, 143)
    done = len(manifests(store))
    assert done < EPOCHS

    gang = start_gang(tmp_path, f"--epochs={EPOCHS}", num_nodes=2, MODELYARD_ATTEMPT="2")
    assert gang.wait() == [0, 0], gang.output(0) + gang.output(1)
    assert f"resumed after epoch {done}" in gang.output(0)
    assert files(store, LAST) == files(unbroken_store, LAST)
    assert result(store)["accuracy"] == result(unbroken_store)["accuracy"]
    assert next(line["epoch"] for line in metrics(tmp_path) if line["attempt"] == 2) == done + 1


def test_a_signal_to_one_process_stops_both_with_a_checkpoint(
    start_gang, wait_until: Callable[[Callable[[], bool]], None], tmp_path: Path
) -> None:
    store = open_store((tmp_path / "store").as_uri())
    gang = start_gang(tmp_path, "--epochs=5000", "--checkpoint-every-epochs=5000", num_nodes=2)
    wait_until(lambda: "epoch 1/" in gang.output(0))
    gang.processes[1].send_signal(signal.SIGTERM)
    assert gang.wait() == [143, 143], gang.output(0) + gang.output(1)
    (manifest,) = manifests(store)
    epoch = json.loads(store.get(manifest))["epoch"]
    assert f"stopped as asked after epoch {epoch}" in gang.output(0)
    assert metrics(tmp_path)[-1]["epoch"] == epoch
    assert not store.exists("runs/run-1/result.json")


def test_a_corrupt_checkpoint_is_passed_over_and_made_again_to_the_same_bits(
    start_gang, tmp_path: Path
) -> None:
    store = open_store((tmp_path / "store").as_uri())
    gang = start_gang(tmp_path, "--epochs=3", "--keep-checkpoints=2")
    assert gang.wait() == [0], gang.output()
    second, third = (f"checkpoints/run-1/step-{step:010d}" for step in (22, 33))
    assert manifests(store) == [f"{second}/manifest.json", f"{third}/manifest.json"]
    whole = files(store, third)
    data = store.get(f"{third}/model.npz")
    store.put(f"{third}/model.npz", data[:1000] + b"\xff" * 8 + data[1008:])

    gang = start_gang(tmp_path, "--epochs=3", MODELYARD_ATTEMPT="2")
    assert gang.wait() == [0], gang.output()
    assert f"passed over {third}: model.npz is not what its SHA-256 says" in gang.output()
    assert f"resumed after epoch 2 from {second}/manifest.json" in gang.output()
    assert files(store, third) == whole

    gang = start_gang(tmp_path, "--epochs=3", "--seed=1")
    assert gang.wait() == [2]
    assert "run run-1 was started with {'seed': 0," in gang.output()


def test_a_loss_that_is_no_number_ends_the_run_and_keeps_nothing(start_gang, tmp_path: Path) -> None:
    gang = start_gang(tmp_path, "--epochs=2", "--learning-rate=1e38")
    assert gang.wait() == [1]
    assert "lower --learning-rate" in gang.output()
    assert manifests(open_store((tmp_path / "store").as_uri())) == []


@pytest.mark.parametrize(
    ("given", "options", "code", "message"),
    [
        ({"MODELYARD_RUN_ID": ""}, [], 2, "MODELYARD_RUN_ID is not set"),
        ({}, ["--epochs=0"], 2, "argument --epochs: 0 is not 1 or more"),
        ({"MODELYARD_DATASETS": "file:///nowhere"}, [], 2, "dataset 'digits' is not in the store"),
        ({}, ["--batch-size=2000"], 2, "--batch-size 2000 can't be used"),
    ],
)
def test_what_can_t_be_trained_ends_with_one_message(
    start_gang, tmp_path: Path, given: dict[str, str], options: list[str], code: int, message: str
) -> None:
    gang = start_gang(tmp_path, *options, **given)
    assert gang.wait() == [code]
    assert message in gang.output()
    assert "Traceback" not in gang.output()
