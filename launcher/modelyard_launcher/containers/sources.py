"""What an image is built from: a Dockerfile, and the directory whose files it may copy."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from modelyard.errors import InputError, Problem
from modelyard_launcher.containers.revision import repository_top

NAMES = ("Dockerfile", "Containerfile")
"""How such a file is named, beside the job's file."""

IGNORE_FILE = ".dockerignore"
"""Stands at the top of a build's context, and so marks it."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What an image is built from."""

    dockerfile: Path
    context: Path
    """Directory whose files it may copy."""
    why: str
    """Why that directory, for people."""


def find_sources(base: Path, dockerfile: Path | None = None, context: Path | None = None) -> Sources:
    """What the image of a job is built from.

    The Dockerfile is the one beside the job's file. Its context is the nearest directory from there up that
    has a .dockerignore, within the repository; without any, its own directory.

    Args:
        base: directory of the job's file.
        dockerfile: the file, if it is another.
        context: the context, if it is another.

    Raises InputError if there is no such file or directory.
    """
    file = _beside(base) if dockerfile is None else dockerfile
    if not file.is_file():
        raise InputError([_no_file("--file", str(file), f"{file} isn't there")])
    if context is None:
        return Sources(file, *_context_of(file))
    if not context.is_dir():
        problem = Problem(
            field="--context",
            given=str(context),
            message=f"{context} is no directory",
            allowed="the directory whose files the Dockerfile copies",
            mend="check the path, or leave --context out",
        )
        raise InputError([problem])
    return Sources(file, context, "--context names it")


def _beside(base: Path) -> Path:
    for name in NAMES:
        if (base / name).is_file():
            return base / name
    raise InputError(
        [_no_file("--file", "nothing", f"there is no {NAMES[0]} beside the job's file in {base}")]
    )


def _no_file(field: str, given: str, message: str) -> Problem:
    return Problem(
        field=field,
        given=given,
        message=message,
        allowed="a Dockerfile: by default the one beside the job's file",
        mend="write one there, or name it: --file docker/Dockerfile",
    )


def _context_of(file: Path) -> tuple[Path, str]:
    own = file.resolve().parent
    top = repository_top(own)
    for directory in (own, *own.parents) if top is not None else (own,):
        if (directory / IGNORE_FILE).is_file():
            return directory, f"it has a {IGNORE_FILE}"
        if directory == top:
            break
    return own, "the Dockerfile is in it"
