"""What the gate judges, as its users name it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count
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
    file_name: str
    """A name for its files, which no other stack of the run has."""


def gated_stacks(names: Iterable[str], answers: Path | None = None) -> list[GatedStack]:
    """The stacks of `ENV`, `program:DIR` or `program:DIR@STACK`, each once. Raises InputError."""
    found: list[GatedStack] = []
    taken: set[str] = set()
    for name in dict.fromkeys(names):
        arguments = _arguments(name, answers)
        plain = re.sub(r"[^A-Za-z0-9._-]+", "-", name.removeprefix(_PROGRAM)).strip("-.") or "stack"
        numbered = (plain if number == 1 else f"{plain}-{number}" for number in count(1))
        file_name = next(each for each in numbered if each.lower() not in taken)
        taken.add(file_name.lower())
        found.append(GatedStack(name, arguments, file_name))
    return found


def _arguments(name: str, answers: Path | None) -> tuple[str, ...]:
    if not name.startswith(_PROGRAM):
        if name.startswith("-"):
            raise InputError([_refused(name)])
        return (name,)
    directory, _, stack = name.removeprefix(_PROGRAM).partition("@")
    if not directory:
        raise InputError([_refused(name)])
    arguments = ["--program", directory]
    if stack:
        arguments += ["--stack", stack]
    if answers is not None:
        arguments += ["--answers", str(answers)]
    return tuple(arguments)


def _refused(name: str) -> Problem:
    return Problem(
        field="STACK",
        given=name,
        message="this names nothing that can be judged",
        allowed="the name of an environment, program:DIR, or program:DIR@STACK",
        mend="name the directory of a Pulumi program after program:, as program:infra@prod",
    )
