"""What a command is about: an environment, any program, or a file; the options that say so."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from modelyard_cli.common import AnyFunction, environment_argument

if TYPE_CHECKING:
    from modelyard_preview.subjects import Subject


_PROJECT_FILES = ("Pulumi.yaml", "Pulumi.yml", "Pulumi.json")


@dataclass(frozen=True, slots=True)
class Choice:
    """What the command line names: exactly one thing."""

    environment: str | None = None
    program: str | None = None
    stack: str | None = None
    answers: str | None = None
    file: str | None = None

    @property
    def shown(self) -> str:
        """What it is called while it is looked at."""
        if self.file == "-":
            return "standard input"
        return self.environment or self.program or self.file or ""

    @property
    def directory(self) -> Path:
        """The project's directory, or the working one for what belongs to none. Raises InputError."""
        if self.program is not None:
            named = Path(self.program)
            return named.parent if named.is_file() else named
        if self.environment is not None:
            from modelyard_preview.program import find_program, project_around

            return Path(os.path.relpath(project_around(find_program(self.environment))[1]))
        return Path()

    def load(self) -> Subject:
        """Run the program, or read the file; lines are named from here on. Raises InputError."""
        from modelyard_cli.places import placed

        return placed(self._load(), self.directory)

    def _load(self) -> Subject:
        if self.file is not None:
            from modelyard_preview.subjects.file import from_file

            return from_file(self.file)
        if self.program is not None:
            from modelyard_preview.subjects.program import from_program

            answers = Path(self.answers) if self.answers is not None else None
            return from_program(Path(self.program), stack=self.stack, answers=answers)
        from modelyard_preview.subjects.environment import from_environment

        return from_environment(self.environment or "")


def subject_options(function: AnyFunction) -> AnyFunction:
    """ENV, `--program`, `--stack`, `--answers` and `--file`, given to the command as `choice`."""
    path = click.Path(allow_dash=True)
    options: list[Callable[..., Any]] = [
        environment_argument(required=False, accounts=True),
        click.option(
            "--program",
            metavar="DIR",
            type=click.Path(),
            help="Any Pulumi program in Python, by its project's directory, in place of ENV. It runs in this "
            "process, without credentials and without a network.",
        ),
        click.option("--stack", metavar="STACK", help="The stack of --program; without it, the only one."),
        click.option(
            "--answers",
            metavar="FILE",
            type=click.Path(),
            help="What only a cloud or another stack could tell --program: results of data sources and "
            "outputs of stacks, as YAML or JSON.",
        ),
        click.option(
            "--file",
            metavar="FILE",
            type=path,
            help="What `pulumi preview --json`, `pulumi stack export` or `modelyard preview --format json` "
            "wrote, in place of ENV; - is standard input.",
        ),
    ]
    for option in reversed(options):
        function = option(function)
    return function


def choice_of(
    environment: str | None, program: str | None, stack: str | None, answers: str | None, file: str | None
) -> Choice:
    """The one thing that is named. Raises click.UsageError if none is, or more than one."""
    named = [each for each in (environment, program, file) if each is not None]
    if len(named) != 1:
        raise click.UsageError(
            "name one thing to look at: ENV, --program DIR or --file FILE"
            + ("; these are several" if named else "")
        )
    if environment is not None and any((Path(environment) / name).is_file() for name in _PROJECT_FILES):
        raise click.UsageError(
            f"{environment} is a project's directory: judge its program by --program {environment}"
        )
    for option, value in (("--stack", stack), ("--answers", answers)):
        if value is not None and program is None:
            raise click.UsageError(f"{option} goes with --program DIR")
    return Choice(environment, program, stack, answers, file)
