"""What a node starts: the runtime beside it, again as often as it asks for that, and asked to end with it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from patience import PATIENCE_SECONDS

from modelyard_launcher.backends.azure_ml import start
from modelyard_node.codes import RETRY_EXIT_CODE


def started(
    directory: Path,
    runtime: str,
    starts: int,
    variables: Mapping[str, str] = MappingProxyType({}),
    **more: Any,
) -> subprocess.Popen[str]:
    """The start of a runtime that does something else."""
    shutil.copy(start.__file__, directory / "start.py")
    (directory / "runtime.pyz").write_text(f"import os, signal, sys, time, pathlib\n{runtime}")
    environment = {
        "PATH": os.environ["PATH"],
        "MODELYARD_STARTS": str(starts),
        "MASTER_PORT": "6105",
        **variables,
    }
    command = [sys.executable, "-I", "start.py"]
    return subprocess.Popen(command, cwd=directory, env=environment, stdout=-1, stderr=-1, text=True, **more)


COUNTS = """
path = pathlib.Path("count")
count = int(path.read_text()) + 1 if path.exists() else 1
path.write_text(str(count))
"""


def test_the_code_is_the_runtimes() -> None:
    assert start.RETRY_EXIT_CODE == RETRY_EXIT_CODE


@pytest.mark.parametrize(("starts", "code", "count"), [(1, 241, 1), (2, 241, 2), (3, 0, 3), (9, 0, 3)])
def test_it_starts_again_as_often_as_it_may(tmp_path: Path, starts: int, code: int, count: int) -> None:
    process = started(tmp_path, f"{COUNTS}\nsys.exit(0 if count == 3 else 241)", starts)
    _, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == code
    assert (tmp_path / "count").read_text() == str(count)
    assert err.count("it asked to be started again") == count - 1


@pytest.mark.parametrize("starts", [1, 3])
def test_other_codes_are_passed_on_and_the_services_port_is_not(tmp_path: Path, starts: int) -> None:
    process = started(tmp_path, 'print(os.environ.get("MASTER_PORT")); sys.exit(7)', starts)
    out, _ = process.communicate(timeout=PATIENCE_SECONDS)
    assert (out, process.returncode) == ("None\n", 7)


@pytest.mark.parametrize("starts", [1, 3])
def test_who_ends_it_ends_the_runtime_which_isnt_started_again(
    tmp_path: Path, starts: int, eventually: Callable[..., Any]
) -> None:
    runtime = f"""{COUNTS}
signal.signal(signal.SIGTERM, lambda *_: sys.exit(241))
pathlib.Path("up").touch()
time.sleep(60)
"""
    process = started(tmp_path, runtime, starts)
    eventually((tmp_path / "up").exists)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 241
    assert (tmp_path / "count").read_text() == "1"


def test_a_runtime_that_is_killed_ends_it_with_the_signals_code(tmp_path: Path) -> None:
    process = started(tmp_path, "os.kill(os.getpid(), signal.SIGKILL)", 3)
    process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 137


BY_MPI = {"MODELYARD_PROCESSES_PER_NODE": "2"}


def test_started_by_mpirun_it_hands_on_what_it_is_told_and_the_runtimes_code(
    tmp_path: Path, eventually: Callable[..., Any]
) -> None:
    runtime = """
def save(*_):
    pathlib.Path("saved").touch()
    sys.exit(5)
signal.signal(signal.SIGTERM, save)
pathlib.Path("up").touch()
time.sleep(60)
"""
    process = started(tmp_path, runtime, 1, BY_MPI)
    eventually((tmp_path / "up").exists)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=PATIENCE_SECONDS)
    assert (process.returncode, (tmp_path / "saved").exists()) == (5, True)


def test_the_runtime_outlives_what_mpirun_kills_with_all_of_its_group(
    tmp_path: Path, eventually: Callable[..., Any]
) -> None:
    runtime = """
pathlib.Path("up").touch()
while not pathlib.Path("killed").exists():
    time.sleep(0.02)
pathlib.Path("written").touch()
"""
    process = started(tmp_path, runtime, 1, BY_MPI, start_new_session=True)
    eventually((tmp_path / "up").exists)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(timeout=PATIENCE_SECONDS)
    (tmp_path / "killed").touch()
    eventually((tmp_path / "written").exists)
    process.communicate(timeout=PATIENCE_SECONDS)
