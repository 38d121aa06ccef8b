"""tools/pulumi/build.py with a stand-in for Go: it builds what is missing, all of it or nothing."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest
from patience import PATIENCE_SECONDS, eventually

SCRIPT = Path(__file__).parents[2] / "tools" / "pulumi" / "build.py"

# Does what build.py asks of `go`, writes down what that was, and goes wrong where GO_FAILS_AT says.
GO = """#!{python}
import os, pathlib, sys, time
here = pathlib.Path(__file__).parent
call = " ".join(sys.argv[1:3])
with (here / "calls").open("a") as calls:
    calls.write(call + "\\n")
if call == os.environ.get("GO_FAILS_AT"):
    sys.exit("no such module")
if call == os.environ.get("GO_WAITS_AT"):
    time.sleep(60)
if call == "list -m":
    print(here / "sdk")
elif call == "list -deps":
    print("one\\ntwo")
else:
    built = pathlib.Path(sys.argv[sys.argv.index("-o") + 1])
    built.write_text("the engine")
    built.chmod(0o755)
"""


@dataclass
class Machine:
    """A machine whose PATH holds only what a test puts there."""

    path: Path
    cache: Path

    def start(self, *arguments: str, **env: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, SCRIPT, *arguments],
            env={"PATH": str(self.path), "MODELYARD_ENGINE_CACHE": str(self.cache), **env},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def build(self, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        process = self.start(*arguments, **env)
        stdout, stderr = process.communicate(timeout=PATIENCE_SECONDS)
        return subprocess.CompletedProcess(process.args, process.returncode, stdout, stderr)

    def add(self, name: str, text: str) -> None:
        (self.path / name).write_text(text)
        (self.path / name).chmod(0o755)

    def add_go(self) -> None:
        self.add("go", GO.format(python=sys.executable))
        runner = self.path / "sdk" / "python" / "cmd" / "pulumi-language-python-exec"
        runner.parent.mkdir(parents=True)
        runner.write_text("the runner")

    def versions(self) -> list[str]:
        """What the cache holds, apart from the lock."""
        return sorted(entry.name for entry in self.cache.glob("*") if entry.name != ".lock")


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    path = tmp_path / "bin"
    path.mkdir()
    nice = shutil.which("nice")
    assert nice is not None
    (path / "nice").symlink_to(nice)
    return Machine(path, tmp_path / "cache")


def test_a_machine_that_has_pulumi_builds_nothing(machine: Machine) -> None:
    machine.add("pulumi", "#!/bin/sh\n")
    machine.add_go()
    done = machine.build()
    assert done.returncode == 0
    assert done.stdout == f"pulumi: {machine.path / 'pulumi'} is used as it is; nothing built\n"
    assert not (machine.path / "calls").exists()


def test_without_pulumi_and_go_the_answer_is_what_to_install(
    machine: Machine, build_tool: ModuleType
) -> None:
    done = machine.build()
    assert done.returncode == 3
    assert done.stderr == (
        "pulumi: neither `pulumi` nor Go is on PATH.\n"
        f"mend: install Pulumi {build_tool.engine_version()} or newer from its site, "
        "or Go and run `make engine` again\n"
    )
    assert machine.versions() == []


def test_a_build_is_kept_under_its_version_and_done_once(machine: Machine, build_tool: ModuleType) -> None:
    machine.add_go()
    first = machine.build()
    assert first.returncode == 0, first.stderr
    assert machine.versions() == [build_tool.engine_version()]
    executables = machine.cache / build_tool.engine_version() / "bin"
    assert {entry.name for entry in executables.iterdir() if os.access(entry, os.X_OK)} == {
        "pulumi",
        "pulumi-language-python",
        "pulumi-language-python-exec",
    }
    calls = (machine.path / "calls").read_text()

    second = machine.build()
    assert second.returncode == 0
    assert second.stdout == f"pulumi {build_tool.engine_version()}: {executables}\n"
    assert (machine.path / "calls").read_text() == calls


@pytest.mark.parametrize("step", ["list -deps", "build -mod=readonly", "list -m"])
def test_a_build_that_fails_leaves_nothing(machine: Machine, step: str) -> None:
    machine.add_go()
    done = machine.build(GO_FAILS_AT=step)
    assert done.returncode == 3
    assert "no such module" in done.stderr
    assert f"pulumi: `go {step.split()[0]}` failed" in done.stderr
    assert machine.versions() == []


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_build_that_is_ended_leaves_nothing(machine: Machine, how: signal.Signals) -> None:
    machine.add_go()
    process = machine.start(GO_WAITS_AT="list -m")
    calls = machine.path / "calls"
    eventually(lambda: calls.exists() and "list -m" in calls.read_text())
    process.send_signal(how)
    _, stderr = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 128 + how
    assert stderr == "pulumi: ended; nothing half built is kept\n"
    assert machine.versions() == []


def test_what_a_killed_build_left_is_replaced(machine: Machine, build_tool: ModuleType) -> None:
    machine.add_go()
    (machine.cache / f".{build_tool.engine_version()}.partial" / "bin").mkdir(parents=True)
    assert machine.build().returncode == 0
    assert machine.versions() == [build_tool.engine_version()]


def test_the_language_host_follows_the_checkout(machine: Machine, build_tool: ModuleType) -> None:
    machine.add_go()
    assert machine.build().returncode == 0
    host = machine.cache / build_tool.engine_version() / "language_host" / "__main__.py"
    host.write_text("the host of an older checkout")
    done = machine.build()
    assert done.stdout.endswith("(language host renewed)\n")
    assert host.read_text() == (SCRIPT.parent / "language_host" / "__main__.py").read_text()


def test_the_host_for_yaml_is_built_once_beside_the_engine(machine: Machine, build_tool: ModuleType) -> None:
    machine.add_go()
    first = machine.build("--yaml")
    assert first.returncode == 0, first.stderr
    built = machine.cache / build_tool.engine_version() / "bin" / "pulumi-language-yaml"
    assert os.access(built, os.X_OK)
    assert first.stdout.endswith(f"pulumi-language-yaml: {built}\n")
    calls = (machine.path / "calls").read_text()
    assert machine.build("--yaml").returncode == 0
    assert (machine.path / "calls").read_text() == calls


def test_a_build_of_the_host_for_yaml_that_fails_leaves_the_engine(
    machine: Machine, build_tool: ModuleType
) -> None:
    machine.add_go()
    assert machine.build().returncode == 0
    before = sorted((machine.cache / build_tool.engine_version() / "bin").iterdir())
    done = machine.build("--yaml", GO_FAILS_AT="build -mod=readonly")
    assert done.returncode == 3
    assert f"`go build` failed in {build_tool.YAML_MODULE}" in done.stderr
    assert sorted((machine.cache / build_tool.engine_version() / "bin").iterdir()) == before


def test_a_machine_that_has_pulumi_builds_no_host_for_yaml(machine: Machine) -> None:
    machine.add("pulumi", "#!/bin/sh\n")
    machine.add_go()
    assert machine.build("--yaml").returncode == 0
    assert not (machine.path / "calls").exists()
