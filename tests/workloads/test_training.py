"""Real training: real processes, stores and signals; nothing is put in their place.

Each workload trains twice on two processes: once without a break, its checkpoints in a bucket, and once stopped,
killed, and resumed from behind a damaged checkpoint. The tests look at what the two left.
"""

import math
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from training_runs import STEPS_AN_EPOCH, WORKLOADS, Trained, Workload, folder, mlflow_at

from modelyard_training import datasets
from modelyard_training.stores import open_store

ALL = pytest.mark.parametrize(
    "workload", WORKLOADS, ids=lambda each: each.name, indirect=True, scope="module"
)


@pytest.fixture(scope="module")
def workload(request: pytest.FixtureRequest) -> Workload:
    return request.param


@pytest.fixture(scope="module")
def unbroken(workload: Workload, start_gang, bucket, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """A run of two processes from beginning to end, with its checkpoints in the bucket.

    It takes nothing that another process has compiled: what it is compared with was compiled on its own.
    """
    uri = f"{bucket.uri}/{workload.name}"
    directory = tmp_path_factory.mktemp(f"{workload.name}-unbroken")
    gang = start_gang(
        directory,
        *workload.command,
        workload=workload.name,
        num_nodes=2,
        MODELYARD_CHECKPOINTS=uri,
        JAX_ENABLE_COMPILATION_CACHE="false",
        **bucket.variables,
    )
    assert gang.wait() == [0, 0], gang.output(0) + gang.output(1)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in bucket.variables.items():
            patch.setenv(name, value)
        return Trained(open_store(uri), directory, gang.output(0))


@pytest.fixture(scope="module")
def broken(
    workload: Workload, start_gang, eventually, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Trained]:
    """The same run in three attempts: one is asked to stop, one is killed, and the last goes on from the newest
    checkpoint that is in the middle of an epoch and not damaged.
    """
    directory = tmp_path_factory.mktemp(f"{workload.name}-broken")
    run = Trained(open_store((directory / "store").as_uri()), directory)
    cadence = (f"--checkpoint-every-steps={workload.save_every_steps}", "--checkpoint-every-epochs=1000")

    gang = run.attempt(start_gang, workload, *cadence)
    eventually(lambda: "epoch 1/" in gang.output(0))
    gang.processes[1].send_signal(signal.SIGTERM)
    run.exit_codes.append(gang.wait())
    run.stopped = run.manifest(run.manifests()[-1].rpartition("/")[0])
    assert f"stopped as asked after step {run.stopped['step']} of {workload.steps}" in gang.output(0)

    seen = len(run.manifests())
    gang = run.attempt(start_gang, workload, *cadence)
    eventually(lambda: len(run.manifests()) >= seen + 2)
    gang.processes[workload.killed_rank].send_signal(signal.SIGKILL)
    run.exit_codes.append(gang.wait())
    run.survivor = gang.output(1 - workload.killed_rank)

    steps = sorted(run.manifest(key.rpartition("/")[0])["step"] for key in run.manifests())
    middle = [step for step in steps if step % STEPS_AN_EPOCH]
    for step in set(steps) - set(middle):
        run.store.delete(f"{folder(step)}/manifest.json")
    run.resumed_step, damaged = middle[-2:]
    run.damaged = folder(damaged)
    workload.damage(run.store, run.damaged)

    gang = run.attempt(start_gang, workload, *cadence)
    run.exit_codes.append(gang.wait())
    run.output = gang.output(0)
    assert run.exit_codes[-1] == [0, 0], gang.output(0) + gang.output(1)
    yield run
    shutil.rmtree(directory)


@ALL
def test_what_is_lost_on_held_out_digits_goes_down(workload: Workload, unbroken: Trained) -> None:
    lines = unbroken.metrics("held_out")
    assert [line["epoch"] for line in lines] == [
        *range(0, workload.epochs, workload.evaluate_every_epochs),
        workload.epochs,
    ]
    assert lines[-1]["loss"] < lines[0]["loss"] * workload.falls_to
    assert unbroken.result()["loss"] == lines[-1]["loss"]
    assert unbroken.result()["held_out_examples"] == 360


@ALL
def test_the_result_says_what_was_trained_and_where_it_is(
    workload: Workload, unbroken: Trained, bucket
) -> None:
    result = unbroken.result()
    assert (result["num_nodes"], result["epoch"], result["step"]) == (2, workload.epochs, workload.steps)
    checkpoint = result["checkpoint"]
    assert checkpoint["uri"] == f"{bucket.uri}/{workload.name}/{workload.last}/manifest.json"
    parts = [f"{workload.last}/part-0000{rank}-of-00002.npz" for rank in range(2)]
    assert [file["key"] for file in checkpoint["files"]] == parts
    for file in [checkpoint, *checkpoint["files"]]:
        head = bucket.s3.head_object(Bucket=bucket.name, Key=f"a/prefix/{workload.name}/{file['key']}")
        assert head["SSEKMSKeyId"] == bucket.key_arn
    assert unbroken.output.count("held-out ") == 1


@ALL
def test_each_process_writes_about_its_half_of_a_checkpoint(workload: Workload, unbroken: Trained) -> None:
    sizes = [entry["size_bytes"] for entry in unbroken.manifest(workload.last)["files"].values()]
    assert max(sizes) < sum(sizes) * 0.65


@ALL
def test_metrics_are_whole_lines_by_the_first_process_alone(workload: Workload, unbroken: Trained) -> None:
    lines = unbroken.metrics("epoch")
    assert [line["epoch"] for line in lines] == [*range(1, workload.epochs + 1)]
    assert {line["total_steps"] for line in unbroken.metrics()} == {workload.steps}
    assert all(line["seconds"] > 0 and math.isfinite(line["loss"]) for line in lines)
    assert len(lines) + len(unbroken.metrics("held_out")) == len(unbroken.metrics())


@ALL
def test_a_signal_to_one_process_stops_both_at_the_next_steps_with_a_checkpoint(
    workload: Workload, broken: Trained
) -> None:
    assert broken.exit_codes[0] == [143, 143]
    (epoch,) = [line["epoch"] for line in broken.metrics("epoch") if line["attempt"] == 1]
    assert (epoch, broken.stopped["epoch"]) == (1, 1)
    assert STEPS_AN_EPOCH <= broken.stopped["step"] < 2 * STEPS_AN_EPOCH


@ALL
def test_one_killed_process_ends_the_other(workload: Workload, broken: Trained) -> None:
    killed, other = broken.exit_codes[1][workload.killed_rank], broken.exit_codes[1][1 - workload.killed_rank]
    assert killed == -signal.SIGKILL
    assert other not in (0, 143)
    # If node 0 is the one, JAX itself may end the others first.
    if workload.killed_rank:
        assert other == 3
        assert "error: node 0 lost another node of the job" in broken.survivor
        assert "Traceback" not in broken.survivor


@ALL
def test_a_damaged_checkpoint_is_passed_over_for_the_one_before(workload: Workload, broken: Trained) -> None:
    assert f"passed over {broken.damaged}: {workload.complaint}\n" in broken.output
    epoch = broken.resumed_step // STEPS_AN_EPOCH
    assert (
        f"resumed after step {broken.resumed_step} of {workload.steps} (epoch {epoch}) "
        f"from {folder(broken.resumed_step)}/manifest.json\n"
    ) in broken.output


@ALL
def test_resumed_in_the_middle_of_an_epoch_a_run_equals_an_unbroken_one_to_the_last_bit(
    workload: Workload, unbroken: Trained, broken: Trained
) -> None:
    assert broken.resumed_step % STEPS_AN_EPOCH
    assert broken.manifest(workload.last)["files"] == unbroken.manifest(workload.last)["files"]
    same = ("loss", "step", "epoch", "held_out_examples")
    assert [broken.result()[name] for name in same] == [unbroken.result()[name] for name in same]


@ALL
def test_its_metrics_are_those_of_an_unbroken_one_too(
    workload: Workload, unbroken: Trained, broken: Trained
) -> None:
    def numbers(lines: list[dict[str, Any]]) -> dict[int, dict[str, Any]]:
        return {
            line["epoch"]: {name: line[name] for name in line if name not in ("seconds", "attempt")}
            for line in lines
        }

    for kind in ("epoch", "held_out"):
        assert numbers(broken.metrics(kind)) == numbers(unbroken.metrics(kind))


def only(name: str) -> pytest.MarkDecorator:
    chosen = [each for each in WORKLOADS if each.name == name]
    return pytest.mark.parametrize("workload", chosen, ids=[name], indirect=True, scope="module")


@only("cnn")
def test_two_processes_learn_to_read_digits(unbroken: Trained) -> None:
    assert unbroken.result()["accuracy"] >= 0.95
    assert all(0 <= line["accuracy"] <= 1 for line in unbroken.metrics())


@only("vae")
def test_the_vae_says_more_of_held_out_digits_than_the_ink_of_each_pixel_does(
    unbroken: Trained, datasets_uri: str
) -> None:
    digits = datasets.load(open_store(datasets_uri), "digits")
    ink = np.clip((digits.train_images / 16.0).mean(axis=0), 1e-3, 1 - 1e-3)
    held_out = digits.held_out_images / 16.0
    apart = -(held_out * np.log(ink) + (1 - held_out) * np.log(1 - ink)).sum(axis=(1, 2)).mean()
    for line in unbroken.metrics():
        assert line["elbo"] == -line["loss"]
        assert line["loss"] == pytest.approx(line["reconstruction"] + line["kl"], rel=1e-5)
    assert unbroken.result()["loss"] < apart - 1.0
    # Of a decoder that doesn't listen to its code the divergence is nothing.
    assert unbroken.result()["kl"] > 1.0


@only("gan")
def test_both_networks_of_the_gan_learn_and_neither_wins(unbroken: Trained) -> None:
    last = unbroken.metrics("epoch")[-1]
    assert last["loss"] == pytest.approx(last["generator_loss"] + last["discriminator_loss"], rel=1e-5)
    assert 0.2 < last["discriminator_loss"] < 2 * math.log(4)
    assert 0.2 < last["generator_loss"] < 4 * math.log(2)
    arrays = {name.split("/")[0] for name in unbroken.arrays()}
    assert arrays == {
        "generator",
        "generator_optimizer",
        "discriminator",
        "discriminator_optimizer",
        "epoch",
    }


@only("vae")
def test_all_attempts_are_one_run_of_mlflow_with_the_same_numbers(
    workload: Workload, broken: Trained, mlflow_runs
) -> None:
    (run,) = mlflow_runs(broken.directory / "mlflow")
    assert (run["status"], run["name"], run["tags"]["modelyard.attempt"]) == ("FINISHED", "run-1", "3")
    assert run["params"]["latent_size"] == "16"
    for kind in ("epoch", "held_out"):
        for name in ("loss", "elbo", "reconstruction", "kl"):
            lines = [[line["step"], line[name]] for line in broken.metrics(kind)]
            # The attempt that was killed may have had lines on their way.
            sent = [[line["step"], line[name]] for line in broken.metrics(kind) if line["attempt"] != 2]
            history = run["history"][f"{kind}/{name}"]
            assert all(each in history for each in sent)
            assert all(each in lines for each in history)


@only("vae")
def test_another_number_of_processes_goes_on_from_all_parts(
    workload: Workload, broken: Trained, start_gang, tmp_path: Path
) -> None:
    shutil.copytree(broken.directory / "store", tmp_path / "store")
    gang = start_gang(tmp_path, f"--epochs={workload.epochs + 1}", workload="vae", MODELYARD_ATTEMPT="4")
    assert gang.wait() == [0], gang.output()
    assert f"resumed after step {workload.steps} of {workload.steps + STEPS_AN_EPOCH}" in gang.output()
    run = Trained(open_store((tmp_path / "store").as_uri()), tmp_path)
    manifest = run.manifest(folder(workload.steps + STEPS_AN_EPOCH))
    assert (list(manifest["files"]), manifest["world_size"]) == (["part-00000-of-00001.npz"], 1)
    assert run.result()["loss"] < broken.result()["loss"] + 0.5


@only("cnn")
def test_a_run_is_not_resumed_with_other_options(
    workload: Workload, broken: Trained, start_gang, tmp_path: Path
) -> None:
    gang = start_gang(broken.directory, "--seed=1", **mlflow_at(tmp_path))
    assert gang.wait() == [2]
    assert "error: run run-1 was started with seed 0 (now 1); use the same options and data" in gang.output()
    assert not (tmp_path / "mlflow").exists()


@only("cnn")
def test_one_process_learns_the_same_and_writes_within_an_epoch_what_it_is_asked_to(
    workload: Workload, unbroken: Trained, start_gang, tmp_path: Path
) -> None:
    options = ("--keep-checkpoints=2", "--checkpoint-every-steps=5", "--metrics-every-steps=4")
    gang = start_gang(tmp_path, "--epochs=1", *options)
    assert gang.wait() == [0], gang.output()
    run = Trained(open_store((tmp_path / "store").as_uri()), tmp_path)
    assert run.manifests() == [f"{folder(step)}/manifest.json" for step in (10, 11)]
    steps = run.metrics("step")
    assert [(line["step"], line["epoch"]) for line in steps] == [(4, 0), (8, 0)]
    assert steps[0]["loss"] > steps[1]["loss"] > run.metrics("epoch")[0]["loss"]
    (held_out,) = run.metrics("held_out")
    assert held_out["epoch"] == 1
    # The batches, and what dropout drops of them, are those of two processes.
    (epoch,) = run.metrics("epoch")
    assert epoch["loss"] == pytest.approx(unbroken.metrics("epoch")[0]["loss"], rel=1e-4)
