"""What tests against the real Pulumi engine share: the engine itself, alone with a state of its own."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from patience import PATIENCE_SECONDS
from rehearsing import Begin, rehearse_toy

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.engine)


@dataclass(frozen=True)
class Engine:
    """The `pulumi` command with a home, a state and plugins that are this test's alone."""

    command: Path
    home: Path
    """Holds all the engine writes: `pulumi` (its PULUMI_HOME) and `state` (the file backend)."""
    environment: Mapping[str, str]
    """All that the engine sees of the environment."""

    def start(
        self, args: Sequence[str], cwd: Path, env: Mapping[str, str] | None = None
    ) -> subprocess.Popen[str]:
        """Start `pulumi ARGS` in `cwd`, with `env` on top of `environment`, its output in pipes."""
        return subprocess.Popen(
            [self.command, *args],
            cwd=cwd,
            env={**self.environment, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(
        self, args: Sequence[str], cwd: Path, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run `pulumi ARGS` to its end, whatever that is; raises TimeoutExpired after two minutes."""
        with self.start(args, cwd, env) as process:
            try:
                stdout, stderr = process.communicate(timeout=PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
        return subprocess.CompletedProcess(process.args, process.returncode, stdout, stderr)

    def preview(
        self, cwd: Path, stack: str, *args: str, env: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """What `pulumi preview --json` of a stack says, which must succeed. Initialises the stack."""
        for command in (["stack", "init", stack], ["preview", "--json", "--stack", stack, *args]):
            done = self.run(command, cwd, env)
            assert done.returncode == 0, f"{command}:\n{done.stdout}\n{done.stderr}"
        return json.loads(done.stdout)

    def add_provider(self, name: str, version: str, command: Sequence[str]) -> None:
        """Install a provider: the plugin NAME of that version is the executable COMMAND."""
        directory = self.home / "pulumi" / "plugins" / f"resource-{name}-v{version}"
        directory.mkdir(parents=True, exist_ok=True)
        plugin = directory / f"pulumi-resource-{name}"
        plugin.write_text(f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n')
        plugin.chmod(0o755)

    def add_echo_provider(self, name: str) -> None:
        """Install the echo provider for the package NAME, in the version of its SDK, for previews."""
        version = importlib.metadata.version(f"pulumi-{name}")
        self.add_provider(name, version, [sys.executable, str(HERE / "echo_provider.py"), name, version])

    def add_planning_provider(self, name: str) -> None:
        """Install the provider that plans for the package NAME, and that has no answers, for previews: an
        echo won't do where outputs have another form than inputs, as Azure's identities do.
        """
        answers = self.home / "no-answers.json"
        answers.write_text(json.dumps({"schema": "modelyard.answers/1", "data_sources": {}}))
        version = importlib.metadata.version(f"pulumi-{name}")
        command = [sys.executable, str(HERE / "planning_provider.py"), name, version, str(answers)]
        self.add_provider(name, version, command)


@pytest.fixture(scope="session")
def build_tool() -> ModuleType:
    """tools/pulumi/build.py as a module."""
    spec = importlib.util.spec_from_file_location("pulumi_build", ROOT / "tools" / "pulumi" / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def engine_directory(build_tool: ModuleType) -> Path:
    """Where `pulumi` and its language host are: on PATH or in the cache."""
    found: Path | None = build_tool.find_bin_directory()
    if found is not None:
        return found
    reason = "there is no Pulumi engine: install pulumi, or build it with `make engine`"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture
def engine(engine_directory: Path, tmp_path: Path) -> Engine:
    """The real engine, with providers for previews of `aws` and `azure-native` installed."""
    home = tmp_path / "engine"
    (home / "state").mkdir(parents=True)
    environment = {
        "HOME": str(home),
        "NO_COLOR": "1",
        "PATH": os.pathsep.join(
            [str(engine_directory), str(Path(sys.executable).parent), os.environ["PATH"]]
        ),
        "PULUMI_BACKEND_URL": f"file://{home / 'state'}",
        "PULUMI_CONFIG_PASSPHRASE": "correct horse battery staple",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_HOME": str(home / "pulumi"),
        "PULUMI_PYTHON_CMD": sys.executable,
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }
    engine = Engine(engine_directory / "pulumi", home, environment)
    engine.add_echo_provider("aws")
    engine.add_planning_provider("azure-native")
    return engine


@pytest.fixture
def begin(engine: Engine, tmp_path: Path) -> Iterator[Begin]:
    """Begins a rehearsal of a program."""
    with ExitStack() as stack:
        yield lambda program: stack.enter_context(rehearse_toy(engine, tmp_path, program))
