"""Fixtures of these tests: real engines and a registry where they are, and stand-ins that write down what they are
told.
"""

from __future__ import annotations

import os
import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from launcher.containers.real import RealEngine, python_image, real_docker, real_podman, real_registry

IMAGE = "try:1.0"
"""The image of jobs in these tests."""

LOCAL_IMAGE = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/dev:try-1.0"
"""What it stands for on the targets of these tests."""


@pytest.fixture(scope="session")
def _docker() -> Iterator[RealEngine]:
    with real_docker() as engine:
        yield engine


@pytest.fixture(scope="session")
def _podman() -> Iterator[RealEngine]:
    with real_podman() as engine:
        yield engine


@pytest.fixture(scope="session")
def _buildah() -> Iterator[RealEngine]:
    with real_podman("buildah") as engine:
        yield engine


@pytest.fixture(scope="session")
def _images() -> dict[str, bool]:
    """Engines that have the image with Python."""
    return {}


@pytest.fixture(params=["docker", "podman", "buildah"])
def builder(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> RealEngine:
    """Each real engine in turn."""
    return _here(request.getfixturevalue(f"_{request.param}"), monkeypatch)


@pytest.fixture
def one_builder(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> RealEngine:
    """The real engine that starts fastest: for what doesn't differ between them."""
    kind = next((kind for kind in ("buildah", "podman") if shutil.which(kind)), "docker")
    return _here(request.getfixturevalue(f"_{kind}"), monkeypatch)


@pytest.fixture(params=["docker", "podman"])
def runner(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, _images: dict[str, bool]
) -> RealEngine:
    """Each real engine that runs containers in turn, with the image of these tests' jobs."""
    return _runner(request, request.param, monkeypatch, _images)


@pytest.fixture
def one_runner(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, _images: dict[str, bool]
) -> RealEngine:
    """One of them: for what doesn't differ between them."""
    kind = "podman" if shutil.which("podman") else "docker"
    return _runner(request, kind, monkeypatch, _images)


def _runner(
    request: pytest.FixtureRequest, kind: str, monkeypatch: pytest.MonkeyPatch, images: dict[str, bool]
) -> RealEngine:
    engine = _here(request.getfixturevalue(f"_{kind}"), monkeypatch)
    if kind not in images:
        python_image(engine, LOCAL_IMAGE)
        images[kind] = _runs(engine)
    if not images[kind]:
        pytest.skip(f"{kind} can build here and can't run containers")
    return engine


def _runs(engine: RealEngine) -> bool:
    return engine.say("run", "--rm", "--network", "host", LOCAL_IMAGE, "echo", "up", check=False) == "up"


def _here(engine: RealEngine, monkeypatch: pytest.MonkeyPatch) -> RealEngine:
    for name, value in engine.environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("MODELYARD_CONTAINER_ENGINE", engine.kind)
    return engine


@pytest.fixture(scope="session")
def registry() -> Iterator[str]:
    """Host and port of a real registry."""
    with real_registry() as address:
        yield address


STAND_IN = """\
#!{python}
import json, os, sys
record = {directory!r}
with open(record + "/told.jsonl", "a") as file:
    names = ("DOCKER_CONFIG", "REGISTRY_AUTH_FILE", "SOURCE_DATE_EPOCH", "BUILDX_NO_DEFAULT_ATTESTATIONS")
    found = {{name: os.environ[name] for name in names if name in os.environ}}
    file.write(json.dumps({{"words": sys.argv[1:], "environ": found}}) + "\\n")
{script}
"""

Stand = Callable[..., Path]


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stand:
    """Makes programs that stand in for engines, the only ones on PATH besides the system's own tools."""
    directory = tmp_path / "bin"
    directory.mkdir()
    monkeypatch.setenv("PATH", str(directory))

    def make(name: str, script: str = "") -> Path:
        program = directory / name
        program.write_text(STAND_IN.format(python=sys.executable, directory=str(directory), script=script))
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        return program

    return make


def told(program: Path) -> list[dict[str, Any]]:
    """What the stand-ins beside a program were told, in order."""
    import json

    file = program.parent / "told.jsonl"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


@pytest.fixture(name="told")
def told_fixture() -> Callable[[Path], list[dict[str, Any]]]:
    return told


@pytest.fixture
def no_engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    empty = tmp_path / "nothing"
    empty.mkdir()
    monkeypatch.setenv("PATH", str(empty))
    assert os.environ["PATH"] == str(empty)


@pytest.fixture
def registry_with() -> Iterator[Callable[..., str]]:
    """A registry of this machine's that answers every question for a manifest with one answer."""
    servers: list[ThreadingHTTPServer] = []

    def make(status: int, content: bytes = b"{}", **headers: str) -> str:
        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name.replace("_", "-"), value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *args: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        servers.append(server)
        Thread(target=server.serve_forever, daemon=True).start()
        return f"127.0.0.1:{server.server_port}"

    yield make
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def engines(stand_in: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    (Path(os.environ["PATH"]) / "git").symlink_to(
        shutil.which("git", path="/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin") or "git"
    )
    return stand_in
