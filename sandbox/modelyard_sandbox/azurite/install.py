"""Puts Azurite into a cache outside the checkout, by `npm ci`, when it is first asked for.

`package-lock.json` pins every package by its digest and names no registry: npm takes them from whichever the
machine is set to. The cache is `MODELYARD_AZURITE_CACHE`, else `modelyard/azurite` under XDG_CACHE_HOME, else
under ~/.cache; it has a directory for each version of the lock.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from modelyard.errors import SurroundingsError
from modelyard_sandbox.files import locked

HERE = Path(__file__).parent
MANIFESTS = ("package.json", "package-lock.json")
CACHE_VARIABLE = "MODELYARD_AZURITE_CACHE"
OLDEST_NODE = 20
"""Azurite 3.37.0 asks for 22 and runs on 20 (tried 2026-11-26)."""
INSTALL = ("ci", "--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund", "--loglevel=error")
LINES_SHOWN = 8
WITHOUT = "the sandbox goes on without blobs"


@dataclass(frozen=True, slots=True)
class Program:
    """Azurite on this machine."""

    node: str
    """The binary of Node.js."""
    package: Path
    """Azurite's own directory."""

    @property
    def main(self) -> Path:
        """What Node.js is to run."""
        return self.package / "dist" / "src" / "blob" / "main.js"


def version() -> str:
    """The version of Azurite that is installed."""
    return json.loads((HERE / MANIFESTS[0]).read_text())["dependencies"]["azurite"]


def cache_directory() -> Path:
    """The directory that holds one directory for each version of the lock."""
    if given := os.environ.get(CACHE_VARIABLE):
        return Path(given).expanduser().absolute()
    caches = os.environ.get("XDG_CACHE_HOME")
    return (Path(caches) if caches else Path.home() / ".cache") / "modelyard" / "azurite"


def home() -> Path:
    """Where this version is, once it is installed."""
    digest = hashlib.sha256((HERE / MANIFESTS[1]).read_bytes()).hexdigest()[:8]
    return cache_directory() / f"{version()}-{digest}"


def installed() -> Program | None:
    """Azurite, if it is there already."""
    node = shutil.which("node")
    program = _program(node) if node else None
    return program if program and program.main.is_file() else None


def must_be_installed() -> Program:
    """Azurite, if it is there already.

    Raises:
        SurroundingsError: Node.js or Azurite isn't there.
    """
    program = _program(_node())
    if not program.main.is_file():
        raise SurroundingsError(
            f"Azurite {version()} isn't installed here: {WITHOUT}",
            "`modelyard sandbox start --blobs` installs it: half a minute and 360 MB, once",
        )
    return program


def must_be_possible() -> None:
    """Refuse a machine that Azurite neither is on nor can be installed on.

    Raises:
        SurroundingsError: Node.js, or npm to install it with, isn't there.
    """
    if not _program(_node()).main.is_file():
        _npm()


def install(say: Callable[[str], object] = print) -> Program:
    """Make sure that Azurite is there; `say` is told when that takes its time.

    Raises:
        SurroundingsError: Node.js, npm or Azurite's packages can't be had.
    """
    program = _program(_node())
    if program.main.is_file():
        return program
    npm = _npm()
    cache = cache_directory()
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with locked(cache / ".lock", "installing Azurite", wait=True):
            # Another process may have installed it while this one waited.
            if not program.main.is_file():
                say(f"installing Azurite {version()} into {cache}: half a minute and 360 MB, once")
                _install(npm)
    except OSError as error:
        raise SurroundingsError(
            f"Azurite can't be installed into {cache}: {error}: {WITHOUT}",
            f"make room there, or set {CACHE_VARIABLE} to another directory",
        ) from error
    return program


def _program(node: str) -> Program:
    return Program(node, home() / "node_modules" / "azurite")


def _npm() -> str:
    npm = shutil.which("npm")
    if npm is None:
        raise SurroundingsError(
            f"npm isn't on PATH, which installs Azurite: {WITHOUT}", "install npm; it comes with Node.js"
        )
    return npm


def _node() -> str:
    node = shutil.which("node")
    if node is None:
        raise SurroundingsError(
            f"Node.js isn't on PATH, which Azurite runs on: {WITHOUT}", "install Node.js 22 or newer"
        )
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    found = re.match(r"v(\d+)\.", said)
    if found is None or int(found[1]) < OLDEST_NODE:
        raise SurroundingsError(
            f"{node} is {said or 'no Node.js'}, and Azurite {version()} needs v{OLDEST_NODE} or newer: "
            f"{WITHOUT}",
            "install Node.js 22 or newer, and put it first on PATH",
        )
    return node


def _install(npm: str) -> None:
    """Install into a directory beside the last one, and rename it when all is there."""
    partial = home().with_name(f".{home().name}.partial")
    # What a killed installation left behind; the lock says that no other is under way.
    shutil.rmtree(partial, ignore_errors=True)
    try:
        partial.mkdir()
        for name in MANIFESTS:
            shutil.copyfile(HERE / name, partial / name)
        done = subprocess.run([npm, *INSTALL], cwd=partial, capture_output=True, text=True, check=False)
        if done.returncode:
            lines = [line for line in done.stderr.splitlines() if line.strip()][-LINES_SHOWN:]
            raise SurroundingsError(
                f"`npm ci` could not install Azurite {version()}: {WITHOUT}\n    " + "\n    ".join(lines),
                "let npm reach a registry (`npm config get registry`), and try again",
            )
        shutil.rmtree(home(), ignore_errors=True)
        partial.rename(home())
    finally:
        shutil.rmtree(partial, ignore_errors=True)
