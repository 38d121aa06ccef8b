"""A small Pulumi project of a run's: costed, brought up, looked at, destroyed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from live_account.naming import tags
from live_account.place import Place
from live_account.refusal import RefusedError
from modelyard_preview.cost.estimate import estimate_account_cost
from modelyard_preview.engine.run import run_program

STACK = "try"
HEAD = """import pulumi

PLACE = {place!r}
ELSEWHERE = {elsewhere!r}
RUN = {run!r}
TAGS = {tags!r}
"""


def write_program(place: Place, name: str, program: str) -> Path:
    """Write a program of this run's; the project's directory."""
    directory = place.run_directory / name
    directory.mkdir(parents=True)
    account, (region, elsewhere) = place.settings.account_id, place.regions
    settings = {
        "name": name,
        "runtime": {"name": "python", "options": {"toolchain": "pip", "virtualenv": sys.prefix}},
    }
    (directory / "Pulumi.yaml").write_text(json.dumps(settings))
    (directory / f"Pulumi.{STACK}.yaml").write_text(json.dumps({"config": {"aws:region": region}}))
    head = HEAD.format(
        place={"account_id": account, "region": region},
        elsewhere={"account_id": account, "region": elsewhere},
        run=place.run,
        tags=tags(place.run),
    )
    (directory / "__main__.py").write_text(head + program)
    return directory


def book(place: Place, directory: Path, hours: float = 1) -> float:
    """Have the cap agree to a program before it is brought up. Raises RefusedError."""
    program = directory / "__main__.py"
    config = {"aws:region": place.settings.region}
    run = run_program(program, project=directory.name, stack=STACK, config=config, root=directory)
    return place.cap.book(directory.name, estimate_account_cost(run.graph, place.settings.region), hours)


class Stack:
    """A stack of a project, by the real `pulumi`, with its state beside it."""

    def __init__(self, place: Place, directory: Path, stack: str = STACK) -> None:
        self._place, self._directory, self._stack = place, directory, stack

    def init(self) -> None:
        """Make the stack."""
        self.must("stack", "init")

    def up(self) -> None:
        """Bring it up."""
        self.must("up", "--yes", "--skip-preview")

    def stays(self) -> None:
        """Bring it up again, which must change nothing."""
        self.must("up", "--yes", "--skip-preview", "--expect-no-changes")

    def destroy(self) -> None:
        """Destroy it, and forget it. One that another process was killed at is unlocked first."""
        self._run("cancel", "--yes")
        self.must("destroy", "--yes", "--skip-preview")
        self.must("stack", "rm", "--yes")

    def must(self, *args: str) -> str:
        """Run `pulumi ARGS`, which must succeed; its output."""
        done = self._run(*args)
        if done.returncode:
            raise AssertionError(f"pulumi {' '.join(args)}:\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def _run(self, *args: str) -> subprocess.CompletedProcess[str]:
        if self._place.pulumi is None:
            raise RefusedError("there is no `pulumi` on PATH", "install it")
        return subprocess.run(
            [self._place.pulumi, *args, "--stack", self._stack, "--non-interactive"],
            cwd=self._directory,
            env=pulumi_variables(self._place),
            capture_output=True,
            text=True,
            check=False,
        )


def pulumi_variables(place: Place) -> dict[str, str]:
    """Environment of `pulumi`, with the state in the run's own directory."""
    state = place.run_directory / "state"
    state.mkdir(parents=True, exist_ok=True)
    return {
        **place.variables,
        "PULUMI_BACKEND_URL": state.resolve().as_uri(),
        # It guards a state that holds no secret.
        "PULUMI_CONFIG_PASSPHRASE": "modelyard-live",
        "PULUMI_PYTHON_CMD": sys.executable,
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }


def modelyard(place: Place, *args: str, cwd: Path, codes: tuple[int, ...] = (0,)) -> Mapping[str, Any]:
    """The JSON that `modelyard ARGS` prints. Raises AssertionError for another exit code."""
    done = subprocess.run(
        [sys.executable, "-m", "modelyard_cli.main", *args, "--format", "json"],
        cwd=cwd,
        env=dict(place.variables),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in codes:
        raise AssertionError(f"modelyard {' '.join(args)}:\n{done.stdout}\n{done.stderr}")
    return json.loads(done.stdout)


def require_pulumi(place: Place) -> None:
    """Skip a check where there is no engine; in CI that is a failure."""
    if place.pulumi is not None:
        return
    reason = "there is no Pulumi engine: install pulumi, or build it with `make engine`"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
