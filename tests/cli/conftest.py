"""What the tests of the command line share."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from patience import PATIENCE_SECONDS
from previewing import ROOT

MODELYARD = [sys.executable, "-m", "modelyard_cli.main"]

Modelyard = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def modelyard() -> Modelyard:
    """Runs a command as a process of its own, in the checkout unless told otherwise, to its end."""

    def run_one(*arguments: str, place: Path = ROOT, **environ: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*MODELYARD, *arguments],
            cwd=place,
            env={**os.environ, **environ},
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )

    return run_one


@pytest.fixture
def imported(tmp_path: Path) -> Callable[..., set[str]]:
    """The modules that a process has imported after running commands, where no sandbox runs."""

    def after(*commands: list[str], place: Path = ROOT) -> set[str]:
        program = (
            "import io, contextlib, json, sys\n"
            "from modelyard_cli.main import run\n"
            "with contextlib.redirect_stdout(io.StringIO()):\n"
            f"    codes = [run(command) for command in {list(commands)!r}]\n"
            "print(json.dumps([codes, sorted(sys.modules)]))\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", program],
            cwd=place,
            env={**os.environ, "MODELYARD_SANDBOX_DIR": str(tmp_path / "sandbox")},
            capture_output=True,
            text=True,
            check=True,
            timeout=PATIENCE_SECONDS,
        )
        codes, modules = json.loads(done.stdout.splitlines()[-1])
        assert codes == [0] * len(commands), done.stderr
        return set(modules)

    return after


@pytest.fixture
def answer(capsys: pytest.CaptureFixture[str]) -> Callable[[], Any]:
    """The JSON document that is all of standard output."""
    return lambda: json.loads(capsys.readouterr().out)
