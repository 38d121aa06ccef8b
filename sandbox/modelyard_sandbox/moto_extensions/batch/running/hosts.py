"""The directory that stands for a machine's disk, and what of it a container sees.

A container's mounts can't be made for a mere process, so their paths are translated: a word of the command
or the value of a variable that is a container path of a mount, or begins with one, names the directory on
the host instead. What the launch template's user data puts on a machine lies there as well: the files that
its shell script writes by `put MODE PATH <<'END_OF_FILE'`, and those that it copies by `cp "$root…"
"$root…"`, are taken out of its text, and how long the ECS agent waits for a container to stop. The script
isn't run, for it would change this machine.

Sources: AWS Batch API reference, Volume, MountPoint and Host (a source that doesn't exist is made; without
one Docker assigns it); docs/reference/node.md; 2026-11.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email import message_from_bytes
from functools import lru_cache
from pathlib import Path, PurePath
from typing import Any

from modelyard.planning.host.user_data import END_OF_FILE
from modelyard_sandbox.moto_extensions.batch.compute_resources import template_data
from modelyard_sandbox.moto_extensions.batch.running.job import Job
from modelyard_sandbox.moto_extensions.ec2.user_data import raw

VOLUMES = "/var/lib/docker/volumes"
INSTANCE_ID_PATH = "/var/lib/cloud/data/instance-id"
"""Where cloud-init keeps the machine's id, on any machine."""
_PUT = re.compile(rf"^put ([0-7]+) (\S+) <<'{END_OF_FILE}'\n(.*?)^{END_OF_FILE}$", re.MULTILINE | re.DOTALL)
_STOP = re.compile(r"CONTAINER_STOP_TIMEOUT=([0-9]+)([smh])")
_SECONDS = {"s": 1, "m": 60, "h": 3_600}
_COPY = re.compile(r'^cp "\$root(/[^"]+)" "\$root(/[^"]+)"$', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Setup:
    """What user data puts on a machine."""

    files: tuple[tuple[str, int, str], ...] = ()
    """Path, mode and content of each."""
    copies: tuple[tuple[str, str], ...] = ()
    """Files that are copied into a directory."""
    stop_seconds: float | None = None
    """What the ECS agent leaves a container that is told to stop; None for its default."""


@dataclass(frozen=True, slots=True)
class Mount:
    """A directory of the host, and where the container has it."""

    container_path: str
    source: str
    """Its path on the machine."""

    def translated(self, text: str, host: Path) -> str | None:
        """A path below the mount, as this machine knows it; None if it is none."""
        if text == self.container_path or text.startswith(self.container_path + "/"):
            return f"{host}{self.source}{text.removeprefix(self.container_path)}"
        return None


def directory_name(unit: Job, attempt: int) -> str:
    """What the directories of a container's attempt are called."""
    name = unit.job_id.replace("#", "-node-").replace(":", "-child-")
    return f"{name}-attempt-{attempt}"


def mounts_of(properties: Mapping[str, Any]) -> list[Mount]:
    """A container's mounts, the innermost first."""
    volumes = {item["name"]: item for item in properties.get("volumes") or []}
    mounts: list[Mount] = []
    for item in properties.get("mountPoints") or []:
        volume = volumes.get(item.get("sourceVolume"), {})
        source = (volume.get("host") or {}).get("sourcePath") or f"{VOLUMES}/{item.get('sourceVolume')}"
        path = item.get("containerPath") or source
        mounts.append(Mount(path.rstrip("/") or "/", source.rstrip("/")))
    return sorted(mounts, key=lambda mount: -len(mount.container_path))


def translated(text: str, mounts: Sequence[Mount], host: Path) -> str:
    """A text in which the path of a mount at its beginning is that on this machine."""
    for mount in mounts:
        found = mount.translated(text, host)
        if found is not None:
            return found
    return text


def setup_of(batch_backend: Any, resources: Mapping[str, Any]) -> Setup:
    """What the launch template of an environment puts on its machines."""
    template = resources.get("launchTemplate")
    if not template:
        return Setup()
    try:
        text = template_data(batch_backend, template).get("UserData")
        return _setup(raw(text)) if text else Setup()
    except Exception:  # noqa: BLE001 (a template that is gone, or what isn't base64: no machine would get it)
        return Setup()


def set_up(host: Path, mounts: Sequence[Mount], setup: Setup, instance_id: str) -> None:
    """Make the directories that are mounted, and what user data puts into them."""
    for mount in mounts:
        _at(host, mount.source).mkdir(parents=True, exist_ok=True)
    _write(_at(host, INSTANCE_ID_PATH), f"{instance_id}\n", 0o644)
    for path, mode, content in setup.files:
        if _is_seen(path, mounts):
            _write(_at(host, path), content, mode)
    for source, directory in setup.copies:
        if _is_seen(directory, mounts) and _at(host, source).exists():
            copy = _at(host, directory) / PurePath(source).name
            _write(copy, _at(host, source).read_text(), 0o644)


def _at(host: Path, path: str) -> Path:
    return host / path.lstrip("/")


def _write(path: Path, content: str, mode: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    path.chmod(mode)


def _is_seen(path: str, mounts: Sequence[Mount]) -> bool:
    """Whether a container sees it."""
    return any(path == mount.source or path.startswith(mount.source + "/") for mount in mounts)


@lru_cache(maxsize=64)
def _setup(user_data: bytes) -> Setup:
    scripts = [
        part.get_payload(decode=True)
        for part in message_from_bytes(user_data).walk()
        if part.get_content_type() == "text/x-shellscript"
    ]
    text = "\n".join(script.decode(errors="replace") for script in scripts if isinstance(script, bytes))
    files = tuple((path, int(mode, 8), content) for mode, path, content in _PUT.findall(text))
    stop = _STOP.search(text)
    stop_seconds = float(stop[1]) * _SECONDS[stop[2]] if stop else None
    return Setup(files, tuple(_COPY.findall(text)), stop_seconds)
