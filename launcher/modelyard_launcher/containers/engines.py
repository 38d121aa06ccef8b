"""Which container engine of this machine is used: docker, podman or buildah, whichever can be.

An engine is asked, not only looked for: docker's client is often there without a daemon that answers.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from modelyard.errors import InputError, Problem, SurroundingsError

Kind = Literal["docker", "podman", "buildah"]

BUILDERS: tuple[Kind, ...] = ("docker", "podman", "buildah")
"""What builds and pushes images, the first that can be used first."""

RUNNERS: tuple[Kind, ...] = ("docker", "podman")
"""What runs containers: buildah only builds."""

VARIABLE = "MODELYARD_CONTAINER_ENGINE"
"""Names the engine where no option does: a name, or the path of a program."""

_ASK_SECONDS = 20.0
"""How long an engine may take to answer: a virtual machine may have to wake."""

_QUESTIONS: Mapping[Kind, Sequence[str]] = {
    "docker": ("version", "--format", "{{json .Server.Version}}"),
    "podman": ("info", "--format", "{{json .Host}}"),
    "buildah": ("info",),
}
"""What only an engine that works answers."""

_MENDS: Mapping[Kind, str] = {
    "docker": "start Docker's daemon, and check `docker info`",
    "podman": "check `podman info`; on macOS and Windows, `podman machine start`",
    "buildah": "check `buildah info`",
}


@dataclass(frozen=True, slots=True)
class Engine:
    """A container engine that has answered."""

    kind: Kind
    path: str
    """The program."""
    rootless: bool = False
    """Whether it runs without root's rights, in a user namespace (podman)."""

    def command(self, *words: str) -> list[str]:
        """A command of it."""
        return [self.path, *words]


@dataclass(frozen=True, slots=True)
class _Refusal:
    """Why an engine can't be used."""

    kind: Kind
    reason: str


def find_engine(
    kinds: Sequence[Kind], chosen: str | None = None, environ: Mapping[str, str] = os.environ
) -> Engine:
    """The engine to use.

    Args:
        kinds: engines that can do what is wanted, in the order in which they are tried.
        chosen: the one that an option names, or the path of its program; else MODELYARD_CONTAINER_ENGINE may.
        environ: the environment.

    Raises:
        InputError: what is named is no such engine.
        SurroundingsError: none can be used; it says of each why.
    """
    named, field = (chosen, "--engine") if chosen else (environ.get(VARIABLE), VARIABLE)
    if named:
        kind = _kind_of(named, kinds, field)
        answer = _asked(kind, named, environ)
        if isinstance(answer, Engine):
            return answer
        mend = _MENDS[kind] if _on_path(named, environ) else f"install {kind}, or name another by {field}"
        raise SurroundingsError(f"{kind}, which {field} names, can't be used: {answer.reason}", mend)
    refusals: list[_Refusal] = []
    for kind in kinds:
        answer = _asked(kind, kind, environ)
        if isinstance(answer, Engine):
            return answer
        refusals.append(answer)
    raise SurroundingsError(
        "no container engine can be used here: "
        + "; ".join(f"{refusal.kind}: {refusal.reason}" for refusal in refusals),
        f"install or start one of {', '.join(kinds)}: "
        "on Debian and Ubuntu `sudo apt-get install podman` is enough",
    )


def find_runner(chosen: str | None = None, environ: Mapping[str, str] = os.environ) -> Engine:
    """The engine that runs containers on this machine. Raises InputError and SurroundingsError, as above."""
    engine = find_engine(RUNNERS, chosen, environ)
    if engine.kind == "docker":
        shown = subprocess.run(
            [engine.path, "context", "inspect", "--format", "{{.Endpoints.docker.Host}}"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            env=dict(environ),
            check=False,
        )
        address = shown.stdout.strip()
        if address and not address.startswith(("unix://", "npipe://")):
            raise SurroundingsError(
                f"docker's daemon is at {address}: its containers find nothing of this machine's files",
                "take this machine's own: unset DOCKER_HOST, or `docker context use default`",
            )
    return engine


def _kind_of(named: str, kinds: Sequence[Kind], field: str) -> Kind:
    name = Path(named).name
    if name not in kinds:
        only = (
            f"{name} builds images and runs no containers" if name in BUILDERS else "no such engine is known"
        )
        raise InputError(
            [
                Problem(
                    field=field,
                    given=named,
                    message=only,
                    allowed=f"{', '.join(kinds)}, or the path of one",
                    mend="name one of these, or none: then the first that can be used is",
                )
            ]
        )
    return cast("Kind", name)


def _on_path(named: str, environ: Mapping[str, str]) -> str | None:
    return shutil.which(named, path=environ.get("PATH", os.defpath))


def _asked(kind: Kind, named: str, environ: Mapping[str, str]) -> Engine | _Refusal:
    """An engine that has answered, or why it can't be used."""
    path = _on_path(named, environ)
    if path is None:
        return _Refusal(kind, "it isn't on PATH" if named == kind else f"{named} isn't there")
    try:
        answer = subprocess.run(
            [path, *_QUESTIONS[kind]],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_ASK_SECONDS,
            env=dict(environ),
            check=False,
        )
    except subprocess.TimeoutExpired:
        return _Refusal(kind, f"it didn't answer within {_ASK_SECONDS:.0f} seconds")
    except OSError as error:
        return _Refusal(kind, f"{path} can't be run: {(error.strerror or str(error)).lower()}")
    if answer.returncode != 0:
        said = next((line.strip() for line in reversed(answer.stderr.splitlines()) if line.strip()), "")
        return _Refusal(
            kind, said or f"`{' '.join([kind, *_QUESTIONS[kind]])}` left with {answer.returncode}"
        )
    return Engine(kind, path, rootless=kind == "podman" and _is_rootless(answer.stdout))


def _is_rootless(answer: str) -> bool:
    try:
        return bool(json.loads(answer)["security"]["rootless"])
    except (ValueError, KeyError, TypeError):
        return False
