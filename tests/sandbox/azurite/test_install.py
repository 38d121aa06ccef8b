"""Azurite is put into a cache by npm, once, and whatever stands in the way is named with its mend."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from patience import PATIENCE_SECONDS

from modelyard.errors import SurroundingsError
from modelyard_sandbox.azurite import install as installing
from modelyard_sandbox.azurite.install import cache_directory, home, install, installed, version

WITHOUT = "the sandbox goes on without blobs"
NPM = """\
echo "$@" >> {log}
test -f package-lock.json || exit 9
mkdir -p node_modules/azurite/dist/src/blob
sleep {seconds}
echo 0 > node_modules/azurite/dist/src/blob/main.js
"""


class Machine:
    """A PATH with these commands only, and a cache of its own."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.bin, self.log = root / "bin", root / "npm.log"
        self.bin.mkdir()
        monkeypatch.setenv("PATH", f"{self.bin}")
        monkeypatch.setenv("MODELYARD_AZURITE_CACHE", str(root / "cache"))

    def has(self, name: str, script: str) -> Path:
        """Put a command there."""
        path = self.bin / name
        path.write_text(f"#!/bin/sh\nPATH=/usr/bin:/bin\n{script}\n")
        path.chmod(0o755)
        return path

    def node(self, said: str = "v22.1.0") -> Path:
        """Put a Node.js there that says its version."""
        return self.has("node", f"echo {said}")

    def npm(self, seconds: float = 0) -> Path:
        """Put an npm there that installs something."""
        return self.has("npm", NPM.format(log=self.log, seconds=seconds))


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A machine with nothing on it."""
    return Machine(tmp_path, monkeypatch)


def refused() -> tuple[str, str]:
    with pytest.raises(SurroundingsError) as caught:
        install(lambda _: None)
    assert caught.value.exit_code == 3
    return caught.value.message, caught.value.mend


def test_it_is_installed_once_from_the_lock(machine: Machine) -> None:
    machine.node()
    machine.npm()
    said: list[str] = []
    assert installed() is None
    program = install(said.append)
    assert program.main.is_file()
    assert program.main.is_relative_to(home())
    assert said == [f"installing Azurite 3.37.0 into {cache_directory()}: half a minute and 360 MB, once"]
    assert install(said.append) == installed() == program
    assert len(said) == 1
    assert machine.log.read_text() == "ci --ignore-scripts --omit=dev --no-audit --no-fund --loglevel=error\n"
    assert [path.name for path in cache_directory().iterdir() if path.name != ".lock"] == [home().name]


def test_two_that_ask_at_the_same_time_install_it_once(machine: Machine) -> None:
    machine.node()
    machine.npm(seconds=0.2)
    threads = [threading.Thread(target=install, args=(lambda _: None,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(machine.log.read_text().splitlines()) == 1


def test_without_node_it_says_so(machine: Machine) -> None:
    machine.npm()
    assert refused() == (
        f"Node.js isn't on PATH, which Azurite runs on: {WITHOUT}",
        "install Node.js 22 or newer",
    )
    assert installed() is None


@pytest.mark.parametrize("said", ["v18.19.1", "nonsense"])
def test_a_node_that_is_too_old_is_named(machine: Machine, said: str) -> None:
    node = machine.node(said)
    assert refused() == (
        f"{node} is {said}, and Azurite 3.37.0 needs v20 or newer: {WITHOUT}",
        "install Node.js 22 or newer, and put it first on PATH",
    )


def test_without_npm_it_says_so(machine: Machine) -> None:
    machine.node()
    assert refused() == (
        f"npm isn't on PATH, which installs Azurite: {WITHOUT}",
        "install npm; it comes with Node.js",
    )


def test_an_npm_that_fails_is_quoted_and_leaves_nothing(machine: Machine) -> None:
    machine.node()
    machine.has("npm", "mkdir -p node_modules/azurite; echo; echo 'npm error code ENOTFOUND' >&2; exit 1")
    assert refused() == (
        f"`npm ci` could not install Azurite 3.37.0: {WITHOUT}\n    npm error code ENOTFOUND",
        "let npm reach a registry (`npm config get registry`), and try again",
    )
    assert [path.name for path in cache_directory().iterdir()] == [".lock"]
    machine.npm()
    assert install(lambda _: None).main.is_file(), "it can be tried again"


def test_a_cache_that_can_not_be_written_is_named(
    machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.node()
    machine.npm()
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("MODELYARD_AZURITE_CACHE", str(tmp_path / "file" / "cache"))
    message, mend = refused()
    assert message.startswith(f"Azurite can't be installed into {tmp_path / 'file' / 'cache'}: ")
    assert message.endswith(f": {WITHOUT}")
    assert mend == "make room there, or set MODELYARD_AZURITE_CACHE to another directory"


def test_an_interrupt_leaves_nothing_half_installed(machine: Machine, tmp_path: Path) -> None:
    machine.node()
    machine.has("npm", f"mkdir -p node_modules; touch {tmp_path / 'begun'}; exec sleep 60")
    code = "from modelyard_sandbox.azurite.install import install; install()"
    child = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, start_new_session=True)
    try:
        while not (tmp_path / "begun").exists():
            assert child.poll() is None
        os.killpg(child.pid, 2)
        _, said = child.communicate(timeout=PATIENCE_SECONDS)
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()
    assert b"KeyboardInterrupt" in said
    assert [path.name for path in cache_directory().iterdir()] == [".lock"]


def test_the_cache_is_where_caches_are(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("MODELYARD_AZURITE_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_directory() == tmp_path / "modelyard" / "azurite"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_directory() == tmp_path / ".cache" / "modelyard" / "azurite"


def test_the_lock_pins_every_package_by_its_digest_and_names_no_registry() -> None:
    lock = json.loads((installing.HERE / "package-lock.json").read_text())
    packages = {name: item for name, item in lock["packages"].items() if name}
    assert packages["node_modules/azurite"]["version"] == version()
    assert len(packages) > 100
    for name, item in packages.items():
        assert "resolved" not in item, name
        assert item["integrity"].startswith("sha512-"), name
    assert "registry" not in (installing.HERE / "package.json").read_text()
