"""What isn't trained, or not on: real processes, each alone."""

from pathlib import Path

import pytest
from training_runs import mlflow_at

from modelyard_training.stores import open_store


def test_a_loss_that_is_no_number_ends_the_run_and_keeps_nothing(
    start_gang, mlflow_runs, tmp_path: Path
) -> None:
    options = ("--epochs=2", "--learning-rate=1e38", "--checkpoint-every-steps=3")
    gang = start_gang(tmp_path, *options, **mlflow_at(tmp_path))
    assert gang.wait() == [1]
    assert "the loss of epoch 1 is nan: not kept; lower --learning-rate" in gang.output()
    assert open_store((tmp_path / "store").as_uri()).list("") == []
    assert [run["status"] for run in mlflow_runs(tmp_path / "mlflow")] == ["FAILED"]


@pytest.mark.parametrize(
    ("given", "options", "code", "message"),
    [
        ({"MODELYARD_RUN_ID": ""}, [], 2, "MODELYARD_RUN_ID is not set"),
        ({}, ["--epochs=0"], 2, "argument --epochs: '0' is not a whole number of 1 or more"),
        ({}, ["--batch-size=1e2"], 2, "argument --batch-size: '1e2' is not a whole number of 1 or more"),
        ({}, ["--seed=-1"], 2, "argument --seed: '-1' is not a whole number from 0 to 4294967295"),
        ({}, ["--learning-rate=nan"], 2, "argument --learning-rate: 'nan' is not a number above 0"),
        ({}, ["--learning-rate=fast"], 2, "argument --learning-rate: 'fast' is not a number above 0"),
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
