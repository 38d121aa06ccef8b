"""A node of a job as a container of this machine: the command that runs it.

It is what a node's container is on a cluster (backends/aws_batch/container.py): the same image, the same
entrypoint and runtime at the same paths, files unpacked from the store, shared memory and limits as the job
asks. In front of the entrypoint stands a lifeline (files/lifeline.py).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from modelyard_launcher.containers.engines import Engine

RUN_LABEL = "com.modelyard.run"
"""Label with the run's id."""

SUPERVISOR_LABEL = "com.modelyard.supervisor"
"""Label with the process that watches over the container: its id, and when it was started."""

LIFELINE_PATH = "/opt/modelyard/lifeline"
"""Where the lifeline is in the container."""


@dataclass(frozen=True, slots=True)
class Mount:
    """A directory of this machine in the container."""

    source: str
    target: str
    read_only: bool

    def words(self) -> list[str]:
        """As engines take it: a row of CSV."""
        fields = ["type=bind", f"src={self.source}", f"dst={self.target}"]
        fields += ["readonly"] if self.read_only else []
        return ["--mount", ",".join(_quoted(field) for field in fields)]


@dataclass(frozen=True, slots=True)
class ContainerSetup:
    """What all nodes of a run have in common, as containers."""

    engine: Engine
    image: str
    """The image, as the engine knows it."""
    entrypoint_path: str
    notices_path: str
    scratch_path: str
    runtime_uri: str
    region: str
    stores: Sequence[Mount]
    """Stores that are directories of this machine."""
    user: str | None = None
    """User and group that it runs as; None for the image's own."""
    cpus: int | None = None
    memory_gib: int | None = None
    shared_memory_mib: int | None = None
    gpus: bool = False
    """Whether it is given this machine's accelerators: all of them."""

    def as_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return asdict(self)

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> ContainerSetup:
        """The setup of a JSON form."""
        values: dict[str, Any] = {
            **document,
            "engine": Engine(**document["engine"]),
            "stores": [Mount(**mount) for mount in document["stores"]],
        }
        return cls(**values)


@dataclass(frozen=True, slots=True)
class ContainerPlace:
    """What one node has of its own."""

    name: str
    """Name of the container, which no other has."""
    labels: Mapping[str, str]
    variables: Mapping[str, str]
    """That may be seen. Never a secret."""
    tools: Path
    """Directory with `entrypoint` and `lifeline`."""
    notices: Path
    scratch: Path
    grace_seconds: float
    """Between being asked to end and SIGKILL."""


def run_command(setup: ContainerSetup, place: ContainerPlace) -> list[str]:
    """The command that runs a node's container and is gone with it."""
    words = ["run", "--rm", "--interactive", "--pull", "never", "--network", "host", "--log-driver", "none"]
    words += ["--name", place.name, "--security-opt", "label=disable"]
    for name, value in place.labels.items():
        words += ["--label", f"{name}={value}"]
    for name, value in sorted(_variables(setup, place).items()):
        words += ["--env", f"{name}={value}"]
    for mount in _mounts(setup, place):
        words += mount.words()
    words += [*_user(setup), *_limits(setup), *_gpus(setup)]
    lifeline = [f"{LIFELINE_PATH}/run", f"{place.grace_seconds:g}", setup.entrypoint_path]
    return setup.engine.command(*words, setup.image, *lifeline)


def remove_command(engine: Engine, name: str) -> list[str]:
    """The command that ends and removes a container, if it is there."""
    return engine.command("rm", "--force", name)


def opening(variables: Mapping[str, str]) -> bytes:
    """What the lifeline brings first: variables that nobody else is to see."""
    content = json.dumps(dict(variables)).encode()
    return f"{len(content):08d}".encode() + content


def _variables(setup: ContainerSetup, place: ContainerPlace) -> dict[str, str]:
    """What a backend gives each node."""
    variables = {
        **place.variables,
        "AWS_REGION": setup.region,
        "AWS_DEFAULT_REGION": setup.region,
        "MODELYARD_RUNTIME": setup.runtime_uri,
        "MODELYARD_NOTICES": setup.notices_path,
        "MODELYARD_SCRATCH": setup.scratch_path,
    }
    # A user of this machine has no home directory in the image.
    return variables | ({} if setup.user is None else {"HOME": setup.scratch_path})


def _mounts(setup: ContainerSetup, place: ContainerPlace) -> Iterator[Mount]:
    yield Mount(str(place.tools / "entrypoint"), setup.entrypoint_path, read_only=True)
    yield Mount(str(place.tools / "lifeline"), LIFELINE_PATH, read_only=True)
    yield Mount(str(place.notices), setup.notices_path, read_only=True)
    yield Mount(str(place.scratch), setup.scratch_path, read_only=False)
    yield from setup.stores


def _user(setup: ContainerSetup) -> list[str]:
    if setup.user is None:
        return []
    return [*(["--userns", "keep-id"] if setup.engine.rootless else []), "--user", setup.user]


def _limits(setup: ContainerSetup) -> list[str]:
    words: list[str] = []
    words += [] if setup.cpus is None else ["--cpus", str(setup.cpus)]
    words += [] if setup.memory_gib is None else ["--memory", f"{setup.memory_gib}g"]
    words += [] if setup.shared_memory_mib is None else ["--shm-size", f"{setup.shared_memory_mib}m"]
    return words


def _gpus(setup: ContainerSetup) -> list[str]:
    if not setup.gpus:
        return []
    return ["--gpus", "all"] if setup.engine.kind == "docker" else ["--device", "nvidia.com/gpu=all"]


def _quoted(field: str) -> str:
    if not any(character in field for character in ',"\n'):
        return field
    return '"' + field.replace('"', '""') + '"'
