"""Real engines and a real registry for these tests, each in directories of its own, ended with the tests.

What of it isn't on a machine is named where a test is skipped: `apt-get install docker.io podman buildah
docker-registry` brings all of it on Debian.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from launcher.containers.rootfs import write_context
from patience import PATIENCE_SECONDS

from modelyard_node.ports import free_port


@dataclass(frozen=True)
class RealEngine:
    """An engine that works here, and the variables that it needs for that."""

    kind: str
    environ: Mapping[str, str] = field(default_factory=dict)

    def say(self, *words: str, check: bool = True) -> str:
        """Run one of its commands; what it says."""
        answer = subprocess.run(
            [self.kind, *words],
            env={**os.environ, **self.environ},
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
        assert answer.returncode == 0 or not check, answer.stderr
        return answer.stdout.strip()


@contextmanager
def real_docker() -> Iterator[RealEngine]:
    """docker with the daemon that answers, or with one of these tests' own."""
    if shutil.which("docker") is None:
        pytest.skip("docker isn't installed")
    if _answers(["docker", "version"], {}):
        yield RealEngine("docker")
        return
    if shutil.which("dockerd") is None:
        pytest.skip("docker has no daemon that answers, and dockerd isn't installed (Debian: docker.io)")
    if os.getuid() != 0:
        pytest.skip("docker has no daemon that answers, and only root may start one")
    directory = Path(tempfile.mkdtemp(prefix="myd-"))
    address = {"DOCKER_HOST": f"unix://{directory}/docker.sock"}
    words = ["dockerd", "--data-root", f"{directory}/data", "--exec-root", f"{directory}/exec"]
    words += ["--pidfile", f"{directory}/pid", "--host", address["DOCKER_HOST"]]
    # Nothing of the machine's network is touched: containers here share it, or have none.
    words += ["--bridge", "none", "--iptables=false", "--ip6tables=false"]
    with (directory / "log").open("wb") as log:
        daemon = subprocess.Popen(words, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    try:
        if not _eventually(lambda: _answers(["docker", "version"], address) or daemon.poll() is not None):
            pytest.skip("dockerd didn't come up within 40 seconds")
        if daemon.poll() is not None:
            last = (directory / "log").read_text().splitlines()[-1:]
            pytest.skip(f"dockerd can't run here: {' '.join(last)}")
        yield RealEngine("docker", address)
    finally:
        daemon.send_signal(signal.SIGTERM)
        daemon.wait(30)
        # It leaves the namespace of its host network mounted.
        subprocess.run(["umount", f"{directory}/exec/netns/default"], capture_output=True, check=False)
        shutil.rmtree(directory, ignore_errors=True)


@contextmanager
def real_podman(kind: str = "podman") -> Iterator[RealEngine]:
    """podman or buildah with a store of these tests' own."""
    if shutil.which(kind) is None:
        pytest.skip(f"{kind} isn't installed")
    directory = Path(tempfile.mkdtemp(prefix="myp-"))
    storage = f'[storage]\ndriver = "overlay"\ngraphroot = "{directory}/graph"\nrunroot = "{directory}/run"\n'
    (directory / "storage.conf").write_text(storage)
    environ = {"CONTAINERS_STORAGE_CONF": f"{directory}/storage.conf"}
    try:
        if not _answers([kind, "info"], environ):
            pytest.skip(f"`{kind} info` fails here")
        yield RealEngine(kind, {**environ, **_limits(directory)})
    finally:
        if kind == "podman":
            subprocess.run(
                ["podman", "rmi", "--all", "--force"], env={**os.environ, **environ}, capture_output=True
            )
        else:
            subprocess.run(
                ["buildah", "rmi", "--all", "--force"], env={**os.environ, **environ}, capture_output=True
            )
        shutil.rmtree(directory, ignore_errors=True)


def _limits(directory: Path) -> dict[str, str]:
    """Without the right to raise limits, containers keep those that this process has; runc runs where crun can't."""
    lines = ["[containers]", 'default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]']
    lines += ["[engine]", 'runtime = "runc"'] if shutil.which("runc") else []
    (directory / "containers.conf").write_text("\n".join(lines) + "\n")
    return {"CONTAINERS_CONF": f"{directory}/containers.conf"}


@contextmanager
def real_registry(users: str | None = None) -> Iterator[str]:
    """A registry on a port of this machine; its host and port. `users` are those let in, as htpasswd has them."""
    program = shutil.which("docker-registry")
    if program is None:
        pytest.skip("docker-registry isn't installed")
    directory = Path(tempfile.mkdtemp(prefix="myr-"))
    port = free_port()
    config = directory / "config.yml"
    config.write_text(
        f"version: 0.1\nstorage: {{filesystem: {{rootdirectory: {directory}/data}}}}\n"
        f"http: {{addr: '127.0.0.1:{port}'}}\n"
        + ("" if users is None else f"auth: {{htpasswd: {{realm: these tests, path: {directory}/users}}}}\n")
    )
    if users is not None:
        (directory / "users").write_text(users)
    with (directory / "log").open("wb") as log:
        server = subprocess.Popen([program, "serve", str(config)], stdout=log, stderr=log)
    try:
        assert _eventually(lambda: _responds(f"http://127.0.0.1:{port}/v2/")), (directory / "log").read_text()
        yield f"127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(10)
        shutil.rmtree(directory, ignore_errors=True)


def python_image(engine: RealEngine, name: str) -> None:
    """Build an image with Python and a shell, which runs as user 10001."""
    directory = Path(tempfile.mkdtemp(prefix="myi-"))
    try:
        write_context(directory)
        engine.say("build", "--tag", name, str(directory))
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _answers(words: list[str], environ: Mapping[str, str]) -> bool:
    answer = subprocess.run(
        words, env={**os.environ, **environ}, capture_output=True, timeout=PATIENCE_SECONDS, check=False
    )
    return answer.returncode == 0


def _responds(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2):  # noqa: S310 (of this machine)
            return True
    except urllib.error.HTTPError as error:
        error.close()
        return error.code == 401
    except OSError:
        return False


def _eventually(what: Callable[[], bool]) -> bool:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        if what():
            return True
        time.sleep(0.1)
    return False
