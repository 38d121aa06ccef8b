"""MLflow's own client and file store, in processes of their own: importing it warns of much, and is slow."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from patience import PATIENCE_SECONDS

from modelyard_training.contract import JobContext
from modelyard_training.mlflow_log import MLflowLog

PROGRAM = """
import io, os, sys, time
from pathlib import Path
from modelyard_training.contract import JobContext
from modelyard_training.mlflow_log import MLflowLog

def attempt(number):
    context = JobContext.from_environment({**os.environ, "MODELYARD_ATTEMPT": str(number)})
    return MLflowLog.from_environment(context, {"seed": 7, "learning_rate": 0.5})

def warned(text, sink):
    deadline = time.monotonic() + 60
    while text not in sink.getvalue():
        assert time.monotonic() < deadline, sink.getvalue()
        time.sleep(0.01)
"""


@pytest.fixture
def log(clean_environment, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs a program that logs as a training process would, into `tmp_path/mlflow` if it isn't told otherwise."""

    def run(program: str, **given: str) -> subprocess.CompletedProcess[str]:
        where = {"MLFLOW_TRACKING_URI": (tmp_path / "mlflow").as_uri(), "MLFLOW_ALLOW_FILE_STORE": "true"}
        return subprocess.run(
            [sys.executable, "-c", PROGRAM + program],
            env=clean_environment(tmp_path) | where | given,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
        )

    return run


def test_attempts_go_on_with_the_run_that_the_first_one_made_and_end_it_as_they_ended(
    log, mlflow_runs, tmp_path: Path
) -> None:
    done = log(
        """
one = attempt(1)
one.record("epoch", step=11, seconds=0.5, loss=2.0, kl=float("nan"))
one.close("KILLED")
two = attempt(2)
two.record("epoch", step=22, seconds=0.5, loss=1.0)
two.record("held_out", step=22, seconds=0.1, loss=1.5)
two.close("FINISHED")
os.environ |= {"MLFLOW_EXPERIMENT_NAME": "other", "MODELYARD_RUN_ID": "run-2"}
attempt(1).close("KILLED")
"""
    )
    assert (done.returncode, done.stderr) == (0, "")
    other, run = sorted(mlflow_runs(tmp_path / "mlflow"), key=lambda run: run["status"], reverse=True)
    assert (other["status"], other["name"], other["experiment"]) == ("KILLED", "run-2", "other")
    assert (run["status"], run["name"], run["experiment"]) == ("FINISHED", "run-1", "modelyard")
    assert run["params"] == {"seed": "7", "learning_rate": "0.5"}
    tags = {name: value for name, value in run["tags"].items() if name.startswith("modelyard.")}
    assert tags == {"modelyard.run_id": "run-1", "modelyard.attempt": "2", "modelyard.num_nodes": "1"}
    assert run["history"] == {
        "epoch/loss": [[11, 2.0], [22, 1.0]],
        "epoch/seconds": [[11, 0.5], [22, 0.5]],
        "held_out/loss": [[22, 1.5]],
        "held_out/seconds": [[22, 0.1]],
    }


def test_what_could_not_be_sent_is_sent_once_it_can_be(log, mlflow_runs, tmp_path: Path) -> None:
    (tmp_path / "mlflow").write_text("in the way")
    done = log(
        """
real, sys.stderr = sys.stderr, io.StringIO()
one = attempt(1)
one.record("epoch", step=11, loss=2.0)
warned("it is tried again with every line of metrics", sys.stderr)
one.record("epoch", step=22, loss=1.0)
Path("mlflow").unlink()
one.record("epoch", step=33, loss=0.5)
one.close("FINISHED")
assert sys.stderr.getvalue().count("warning: MLflow:") == 1, sys.stderr.getvalue()
"""
    )
    assert done.returncode == 0, done.stderr
    (run,) = mlflow_runs(tmp_path / "mlflow")
    assert run["history"] == {"epoch/loss": [[11, 2.0], [22, 1.0], [33, 0.5]]}


def test_a_server_that_does_not_answer_is_a_warning_and_no_more(log) -> None:
    done = log(
        "one = attempt(1); one.record('epoch', step=11, loss=2.0, kl=1.0); one.close('FINISHED'); print('trained')",
        MLFLOW_TRACKING_URI="http://127.0.0.1:9",
        MLFLOW_HTTP_REQUEST_MAX_RETRIES="0",
    )
    assert (done.returncode, done.stdout) == (0, "trained\n")
    first, *_, last = [line for line in done.stderr.splitlines() if line.startswith("warning: MLflow: ")]
    assert "127.0.0.1" in first
    assert last.startswith("warning: MLflow: 2 numbers and the end of the attempt couldn't be sent: ")


def test_a_server_that_never_ends_its_answer_is_not_waited_for(log) -> None:
    done = log(
        """
import socket
from modelyard_training import mlflow_log
mlflow_log.CLOSE_SECONDS = 1
with socket.create_server(("127.0.0.1", 0)) as silent:
    os.environ["MLFLOW_TRACKING_URI"] = f"http://127.0.0.1:{silent.getsockname()[1]}"
    one = attempt(1)
    one.record("epoch", step=11, loss=2.0)
    one.close("FINISHED")
    print("trained")
"""
    )
    assert (done.returncode, done.stdout) == (0, "trained\n")
    assert "warning: MLflow: not done after 1 s; it lacks what was measured last" in done.stderr


def test_without_the_library_a_warning_says_what_to_install(
    clean_environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    context = JobContext.from_environment(clean_environment(tmp_path))
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    monkeypatch.setattr("modelyard_training.mlflow_log.find_spec", lambda name: None)
    assert MLflowLog.from_environment(context, {}) is None
    assert capsys.readouterr().err == (
        "warning: MLflow: MLFLOW_TRACKING_URI is set, but mlflow isn't installed: pip install mlflow-skinny\n"
    )


def test_who_asks_for_no_mlflow_gets_none(
    clean_environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    assert MLflowLog.from_environment(JobContext.from_environment(clean_environment(tmp_path)), {}) is None
