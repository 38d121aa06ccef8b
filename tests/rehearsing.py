"""The real engine against a sandbox of its own: what tests of `pulumi up` share."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from previewing import ROOT

from modelyard.environment.load import load_environment
from modelyard.environment.only import is_aws
from modelyard_sandbox.aws.cloud import GLOBAL_REGION
from modelyard_sandbox.aws.registry import handlers
from modelyard_sandbox.pulumi_home import pulumi_environment
from modelyard_sandbox.sandbox import DIRECTORY_VARIABLE, Sandbox

SAVED_AT_THE_END = {"PULUMI_EXPERIMENTAL": "true", "PULUMI_SKIP_CHECKPOINTS": "true"}
ACCOUNT = "123456789012"
REGION = "eu-central-1"


class RunsPulumi(Protocol):
    """The engine, as tests/engine/conftest.py has it."""

    def run(
        self, args: list[str], cwd: Path, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]: ...

    def start(
        self, args: list[str], cwd: Path, env: Mapping[str, str] | None = None
    ) -> subprocess.Popen[str]: ...


@dataclass
class Rehearsal:
    """A project, a stack and a sandbox that are one test's alone."""

    engine: RunsPulumi
    project: Path
    stack: str
    sandbox: Sandbox
    variables: dict[str, str]
    """What `modelyard sandbox env` would set."""
    account: str = ACCOUNT
    regions: tuple[str, ...] = (REGION,)

    def pulumi(self, *args: str) -> subprocess.CompletedProcess[str]:
        """Run `pulumi ARGS` for the stack, whatever comes of it."""
        command = [*args, "--stack", self.stack, "--non-interactive"]
        return self.engine.run(command, self.project, self.variables)

    def must(self, *args: str) -> str:
        """Run `pulumi ARGS`, which must succeed; its output."""
        done = self.pulumi(*args)
        assert done.returncode == 0, f"pulumi {' '.join(args)}:\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def up(self, *args: str) -> str:
        """Bring the stack up without a preview before it."""
        return self.must("up", "--yes", "--skip-preview", *args)

    def fails(self, *args: str) -> str:
        """Run `pulumi ARGS`, which must fail; all that it says."""
        done = self.pulumi(*args)
        assert done.returncode != 0, done.stdout
        return done.stdout + done.stderr

    def state(self) -> dict[str, dict[str, Any]]:
        """The state's resources, by type and name."""
        document = json.loads(self.must("stack", "export"))
        return {label(item["urn"]): item for item in document["deployment"].get("resources", [])}

    def outputs(self) -> dict[str, Any]:
        """The stack's outputs, secrets in the open."""
        return json.loads(self.must("stack", "output", "--json", "--show-secrets"))

    def client(self, service: str, account_id: str | None = None, region: str | None = None) -> Any:
        """A boto3 client: the account as anybody but Pulumi sees it."""
        return self.sandbox.client(service, region or self.regions[0], account_id or self.account)

    def listed(self) -> set[tuple[str, str]]:
        """Type and id of all that stands in the account and isn't AWS's own."""
        found: set[tuple[str, str]] = set()
        for type_, handler in handlers().items():
            for region in (GLOBAL_REGION,) if handler.is_global else self.regions:
                cloud = self.sandbox.cloud(region, self.account)
                found |= {(type_, id_) for id_ in handler.list_ids(cloud) or ()}
        return found

    def modelyard(self, *args: str) -> str:
        """Run `modelyard ARGS` in the project, which must succeed; its output."""
        command = [sys.executable, "-m", "modelyard_cli.main", *args]
        done = subprocess.run(
            command,
            cwd=self.project,
            env={**os.environ, **self.variables, DIRECTORY_VARIABLE: str(self.sandbox.directory)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"modelyard {' '.join(args)}:\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def write(self, program: str) -> None:
        """Write the program of a project made by `toy`."""
        head = "import pulumi\nimport pulumi_aws as aws\n\n"
        (self.project / "__main__.py").write_text(head + program)


Begin = Callable[[str], Rehearsal]
"""Begins a rehearsal of a program."""


@contextmanager
def rehearse_dev(engine: RunsPulumi, directory: Path) -> Generator[Rehearsal]:
    """A copy of the project (the engine writes into a stack's file) with its stack dev."""
    yield from _rehearse(engine, directory, _copied(directory), "dev")


@contextmanager
def rehearse_stack(engine: RunsPulumi, directory: Path, stack: str) -> Generator[Rehearsal]:
    """A copy of the project with any of its stacks, in the account and the regions that its file names.

    Its state is saved at the end of each command only: written anew at each step, as it is for dev, a state of
    hundreds of resources takes most of the engine's time.
    """
    environment = load_environment(stack, root=ROOT)
    regions = tuple(filter(None, (environment.regions.primary, environment.regions.recovery)))
    # An environment on Azure names its subscription itself, and has nothing in an account of AWS.
    account = environment.account_id if is_aws(environment) else ACCOUNT
    project = _copied(directory)
    for rehearsal in _rehearse(engine, directory, project, stack, account, regions):
        rehearsal.variables |= SAVED_AT_THE_END
        yield rehearsal


def _copied(directory: Path) -> Path:
    project = directory / "project"
    shutil.copytree(ROOT / "stacks", project / "stacks", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "Pulumi.yaml", project)
    (project / ".venv").symlink_to(ROOT / ".venv")
    return project


@contextmanager
def rehearse_toy(engine: RunsPulumi, directory: Path, program: str) -> Generator[Rehearsal]:
    """A project of one small program."""
    project = directory / "project"
    project.mkdir(parents=True)
    (project / "Pulumi.yaml").write_text("name: toy\nruntime: python\n")
    for rehearsal in _rehearse(engine, directory, project, "try"):
        rehearsal.write(program)
        yield rehearsal


@contextmanager
def rehearse_project(engine: RunsPulumi, directory: Path, project: Path, stack: str) -> Generator[Rehearsal]:
    """A project that is there, with a stack of it, in a sandbox below the directory."""
    yield from _rehearse(engine, directory, project, stack)


def _rehearse(
    engine: RunsPulumi,
    directory: Path,
    project: Path,
    stack: str,
    account: str = ACCOUNT,
    regions: tuple[str, ...] = (REGION,),
) -> Generator[Rehearsal]:
    sandbox = Sandbox(directory / "sandbox")
    sandbox.start(lifeline=True)
    try:
        variables = pulumi_environment(sandbox, account, regions[0])
        rehearsal = Rehearsal(engine, project, stack, sandbox, variables, account, regions)
        rehearsal.must("stack", "init")
        yield rehearsal
    finally:
        sandbox.stop()


def label(urn: str) -> str:
    """Type and name of a URN, without the package and its parents: `s3/bucket:Bucket datasets`."""
    type_, _, name = urn.split("::", 2)[2].partition("::")
    return f"{type_.rpartition('$')[2].partition(':')[2]} {name}"
