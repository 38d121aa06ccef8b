import json
import math
from pathlib import Path

import pytest

from modelyard_training.metrics import MetricsWriter


def write(path: Path, attempt: int, loss: float = 0.5) -> None:
    with MetricsWriter(path, run_id="run-1", attempt=attempt, total_steps=110) as metrics:
        metrics.write("epoch", step=11, epoch=1, loss=loss, kl=0.75, seconds=1.25)


def test_each_line_is_an_object_with_all_its_fields(tmp_path: Path) -> None:
    write(tmp_path / "new" / "metrics.jsonl", attempt=1)
    (line,) = (tmp_path / "new" / "metrics.jsonl").read_text().splitlines()
    assert json.loads(line) == {
        "run_id": "run-1",
        "attempt": 1,
        "total_steps": 110,
        "kind": "epoch",
        "step": 11,
        "epoch": 1,
        "loss": 0.5,
        "kl": 0.75,
        "seconds": 1.25,
    }


def test_a_line_is_there_as_soon_as_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    with MetricsWriter(path) as metrics:
        metrics.write("epoch", step=1, epoch=1, loss=1, seconds=0)
        assert path.read_text().endswith("}\n")


def test_a_later_attempt_appends_and_drops_a_torn_line(tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    write(path, attempt=1)
    with path.open("a") as file:
        file.write('{"run_id": "ru')
    write(path, attempt=2)
    assert [json.loads(line)["attempt"] for line in path.read_text().splitlines()] == [1, 2]


def test_a_number_may_not_take_the_name_of_what_every_line_carries(tmp_path: Path) -> None:
    with (
        MetricsWriter(tmp_path / "metrics.jsonl", attempt=1) as metrics,
        pytest.raises(ValueError, match="attempt: every line carries that already"),
    ):
        metrics.write("epoch", step=1, epoch=1, seconds=0, attempt=2.0)
    assert (tmp_path / "metrics.jsonl").read_text() == ""


def test_a_number_that_is_not_finite_is_null_so_that_every_reader_of_json_takes_it(tmp_path: Path) -> None:
    write(tmp_path / "metrics.jsonl", attempt=1, loss=math.nan)
    assert json.loads((tmp_path / "metrics.jsonl").read_text())["loss"] is None
