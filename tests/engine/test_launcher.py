"""Which interpreter the small language host runs with."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

Launch = Callable[..., subprocess.CompletedProcess[str]]


def python(directory: Path, *, has_pulumi: bool = False) -> Path:
    """A stand-in for an environment's interpreter, which says who it is."""
    made = directory / "bin" / "python3"
    made.parent.mkdir(parents=True)
    made.write_text(f"#!/bin/sh\necho {directory.name} $1 ${{2##*/}} $3\n")
    made.chmod(0o755)
    if has_pulumi:
        (directory / "lib" / "python3.12" / "site-packages" / "pulumi").mkdir(parents=True)
    return made


@pytest.fixture
def launch(build_tool: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Launch:
    """Runs the launcher that an environment named `installer` has put into a directory."""
    installer = python(tmp_path / "installer")
    with monkeypatch.context() as patch:
        patch.setattr(build_tool.sys, "executable", str(installer))
        build_tool.install_host(tmp_path / "home")

    def run(first_on_path: Path | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
        path = os.pathsep.join([*([str(first_on_path.parent)] if first_on_path else []), "/usr/bin", "/bin"])
        return subprocess.run(
            [tmp_path / "home" / "bin" / "pulumi-language-python", "address"],
            env={"PATH": path, **variables},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_python_on_path_runs_programs_if_it_has_pulumi(launch: Launch, tmp_path: Path) -> None:
    own, bare = python(tmp_path / "own", has_pulumi=True), python(tmp_path / "bare")
    assert launch(own).stdout == "own -u language_host address\n"
    assert launch(bare).stdout == "installer -u language_host address\n"
    assert launch().stdout == "installer -u language_host address\n"
    chosen = str(python(tmp_path / "chosen"))
    assert launch(own, PULUMI_PYTHON_CMD=chosen).stdout == "chosen -u language_host address\n"


def test_an_interpreter_that_is_gone_is_told_with_what_to_do(launch: Launch, tmp_path: Path) -> None:
    (tmp_path / "installer" / "bin" / "python3").unlink()
    done = launch()
    assert done.returncode == 1
    assert done.stderr == (
        f"pulumi-language-python: there is no {tmp_path}/installer/bin/python3 any more\n"
        "mend: put the python3 of an environment with pulumi on PATH, or run `make engine` again\n"
    )
