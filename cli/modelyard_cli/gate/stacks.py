"""What the gate judges, as its users name it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from modelyard.errors import InputError, Problem

_PROGRAM: Final = "program:"


@dataclass(frozen=True, slots=True)
class GatedStack:
    """One stack: an environment, or a program of any kind."""

    name: str
    """As it was named."""
    arguments: tuple[str, ...]
    """How `modelyard check` is told of it."""

    @property
    def file_name(self) -> str:
        """A name for its files."""
        return re.sub(r"[^A-Za-z0-9._-]+", "-", self.name.removeprefix(_PROGRAM)).strip("-.") or "stack"


def gated_stack(name: str, answers: Path | None = None) -> GatedStack:
    """The stack of `ENV`, `program:DIR` or `program:DIR@STACK`. Raises InputError."""
    if not name.startswith(_PROGRAM):
        if name.startswith("-"):
            raise InputError([_refused(name)])
        return GatedStack(name, (name,))
    directory, _, stack = name.removeprefix(_PROGRAM).partition("@")
    if not directory:
        raise InputError([_refused(name)])
    arguments = ["--program", directory]
    if stack:
        arguments += ["--stack", stack]
    if answers is not None:
        arguments += ["--answers", str(answers)]
    return GatedStack(name, tuple(arguments))


def _refused(name: str) -> Problem:
    return Problem(
        field="STACK",
        given=name,
        message="this names nothing that can be judged",
        allowed="the name of an environment, program:DIR, or program:DIR@STACK",
        mend="name the directory of a Pulumi program after program:, as program:infra@prod",
    )
