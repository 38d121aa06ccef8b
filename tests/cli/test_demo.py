"""The demo, for real: it trains, shows the checkpoint, and leaves nothing, whenever and however it ends."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import yaml
from blob_fixtures import CACHE, HINT
from patience import GONE_SECONDS, PATIENCE_SECONDS
from previewing import ROOT

from modelyard_sandbox.azurite.install import CACHE_VARIABLE, installed

STAGES = (1, 3, 4, 5, 6, 7)


@pytest.fixture
def project(tmp_path: Path, compiled_once: dict[str, str]) -> Path:
    """A copy of what the demo reads, so that demos side by side don't meet."""
    ignored = shutil.ignore_patterns("__pycache__")
    for folder in ("stacks", "workloads"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=ignored)
    shutil.copy(ROOT / "Pulumi.yaml", tmp_path)
    job = tmp_path / "workloads" / "cnn" / "job.yaml"
    document = yaml.safe_load(job.read_text())
    document["envs"] |= compiled_once
    job.write_text(yaml.safe_dump(document))
    return tmp_path


@pytest.fixture
def azurite(monkeypatch: pytest.MonkeyPatch) -> None:
    """Skips a test where blobs can't be served; in CI it fails."""
    monkeypatch.setenv(CACHE_VARIABLE, str(CACHE))
    if installed() is None:
        if os.environ.get("CI") == "true":
            pytest.fail(HINT)
        pytest.skip(HINT)


Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(project: Path) -> Iterator[Start]:
    """Starts a demo; at the end of the test every one of them is gone and its pipes are closed."""
    with ExitStack() as started:

        def start_one(*arguments: str, place: Path = project) -> subprocess.Popen[str]:
            demo = started.enter_context(
                subprocess.Popen(
                    [sys.executable, "-m", "modelyard_cli.main", "demo", *arguments],
                    cwd=place,
                    env={**os.environ, "PYTHONUNBUFFERED": "1", CACHE_VARIABLE: str(CACHE)},
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    text=True,
                    start_new_session=True,
                )
            )
            started.callback(demo.kill)
            return demo

        yield start_one


def left_behind(project: Path) -> list[str]:
    """Processes that have to do with the project: by their command line or their working directory."""
    found = []
    for process in Path("/proc").iterdir():
        if not process.name.isdigit() or int(process.name) == os.getpid():
            continue
        try:
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            place = str((process / "cwd").readlink())
        except OSError:  # it has gone meanwhile
            continue
        if str(project) in command or place.startswith(str(project)):
            found.append(f"{process.name}: {command}")
    return found


def wait_for(what, seconds=GONE_SECONDS):
    deadline = time.monotonic() + seconds
    while not (answer := what()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return answer


def test_the_demo_goes_the_whole_way_and_says_so_in_json(project: Path, start: Start):
    done = start("--format", "json")
    out, err = done.communicate(timeout=PATIENCE_SECONDS)
    assert done.returncode == 0, err
    answer = json.loads(out)
    assert answer["schema"] == "modelyard.demo/1"
    assert [stage["name"].split(":")[0] for stage in answer["stages"]] == [
        "modelyard preview dev",
        "modelyard check dev",
        "modelyard sandbox up dev",
        "workloads/cnn/prepare_dataset.py",
        "modelyard job submit workloads/cnn/job.yaml",
        "the checkpoint",
        "modelyard sandbox down dev",
    ]
    assert all(stage["said"] for stage in answer["stages"])
    checkpoint = answer["checkpoint"]
    assert checkpoint["accuracy"] >= 0.9
    assert checkpoint["store"] == "s3://dev-checkpoints-123456789012-eu-central-1"
    assert checkpoint["encryptionKey"].startswith("arn:aws:kms:eu-central-1:123456789012:key/")
    assert len(checkpoint["sha256"]) == 64
    assert "[0] epoch 1/8" in err
    assert "Rank 1 is connected to 1 peer ranks" in err
    assert "0 remaining, checked by listing" in err
    assert not left_behind(project)
    assert sorted(path.name for path in (project / ".modelyard").iterdir()) == ["demo.lock"]


def test_the_demo_on_azure_tells_the_same_story(project: Path, start: Start, azurite: None):
    done = start("--cloud", "azure", "--format", "json")
    out, err = done.communicate(timeout=PATIENCE_SECONDS)
    assert done.returncode == 0, err
    answer = json.loads(out)
    assert [stage["name"].split(":")[0] for stage in answer["stages"]] == [
        "modelyard preview azure-dev",
        "modelyard check azure-dev",
        "modelyard sandbox up azure-dev",
        "workloads/cnn/prepare_dataset.py",
        "modelyard job submit workloads/cnn/job.yaml",
        "the checkpoint",
        "modelyard sandbox down azure-dev",
    ]
    checkpoint = answer["checkpoint"]
    assert checkpoint["accuracy"] >= 0.9
    assert checkpoint["store"].endswith(".blob.core.windows.net/checkpoints")
    assert checkpoint["encryptionKey"].endswith(".vault.azure.net/keys/checkpoints")
    assert "[0] epoch 1/8" in err
    assert "Rank 1 is connected to 1 peer ranks" in err
    assert "0 remaining, checked by listing" in err
    assert not left_behind(project)


@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGKILL])
def test_a_demo_on_azure_that_ends_while_training_leaves_no_process(
    project: Path, start: Start, azurite: None, asked: signal.Signals
):
    demo = start("--cloud", "azure")
    _read_until(demo, "epoch 2/8")
    demo.send_signal(asked)
    demo.communicate(timeout=PATIENCE_SECONDS)
    assert demo.returncode == (130 if asked is signal.SIGINT else -signal.SIGKILL)
    assert wait_for(lambda: not left_behind(project)), left_behind(project)


@pytest.mark.parametrize("stage", STAGES)
def test_a_demo_killed_at_any_stage_leaves_no_process(project: Path, start: Start, stage: int):
    demo = start()
    _read_until(demo, f"{stage}. ")
    demo.kill()
    demo.wait()
    assert wait_for(lambda: not left_behind(project)), left_behind(project)


@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM])
def test_a_demo_that_is_asked_to_end_while_training_cleans_up(
    project: Path, start: Start, asked: signal.Signals
):
    demo = start()
    _read_until(demo, "epoch 1/8")
    demo.send_signal(asked)
    _, err = demo.communicate(timeout=PATIENCE_SECONDS)
    assert demo.returncode == 130
    assert "interrupted" in err
    assert "Traceback" not in err
    assert not left_behind(project)
    assert not (project / ".modelyard" / "demo").exists()


def test_after_a_kill_the_next_demo_starts_clean(project: Path, start: Start):
    demo = start()
    _read_until(demo, "epoch 2/8")
    demo.kill()
    demo.wait()
    assert wait_for(lambda: not left_behind(project)), left_behind(project)
    again = start()
    out, err = again.communicate(timeout=PATIENCE_SECONDS)
    assert again.returncode == 0, err
    assert "started anew" in out
    assert "nothing is left of it" in out


def test_a_second_demo_in_the_same_project_is_told_to_wait(project: Path, start: Start):
    first = start()
    _read_until(first, "3. ")
    second = start()
    _, err = second.communicate(timeout=PATIENCE_SECONDS)
    first.kill()
    first.wait()
    assert second.returncode == 3
    assert "a demo runs in this project already" in err
    assert wait_for(lambda: not left_behind(project)), left_behind(project)


def test_outside_of_a_checkout_the_demo_says_where_to_run_it(tmp_path: Path, start: Start):
    (tmp_path / "empty").mkdir()
    (tmp_path / "Pulumi.yaml").unlink()
    elsewhere = start(place=tmp_path / "empty")
    _, err = elsewhere.communicate(timeout=PATIENCE_SECONDS)
    assert elsewhere.returncode == 2
    assert "mend:" in err
    assert "Traceback" not in err


def _read_until(demo: subprocess.Popen[str], text: str) -> None:
    assert demo.stdout is not None
    for line in demo.stdout:
        if text in line:
            return
    pytest.fail(f"the demo ended before it said {text!r}: {demo.stderr.read() if demo.stderr else ''}")
