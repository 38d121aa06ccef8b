"""From a name, a file or plain data to an Environment, with every problem at its line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from pydantic import ValidationError

from modelyard.environment.files import CONFIG_KEY, find_environment_file, stack_of
from modelyard.environment.spec import AwsEnvironment, Environment
from modelyard.errors import InputError, Problem
from modelyard.validation.values import given_text, nearest
from modelyard.yaml_lines.document import FieldPath, YamlDocument, field_path, field_text
from modelyard.yaml_lines.reading import read_yaml

Locate = Callable[[FieldPath], int | None]
Written = Callable[[FieldPath], str | None]

STACK_KEYS = frozenset({"config", "encryptedkey", "encryptionsalt", "secretsprovider", "environment"})
"""What stands at the margin of a stack's file (Pulumi's "Stack settings file reference", 2026-11)."""


def load_environment(reference: str | Path, *, root: Path | None = None) -> Environment:
    """The environment of a name or a file.

    A name is a stack of the project around `root` (unset: the working directory). A file is a stack's file or
    an environment by itself. Raises InputError with every problem, each with file and line.
    """
    path = find_environment_file(reference, root)
    part = _environment_part(_read(path))
    environment = parse_environment(part.data, file=part.file, locate=part.line_of, written=part.written)
    stack = stack_of(path)
    if stack is not None and stack != environment.name:
        raise InputError([_other_name(stack, environment.name, part)])
    return environment


def parse_environment(
    data: object, *, file: str | None = None, locate: Locate | None = None, written: Written | None = None
) -> Environment:
    """The environment in plain data, as it comes from a file or from Pulumi's configuration.

    `locate` gives the line of a field, `written` a value as it was written. Raises InputError.
    """
    try:
        return AwsEnvironment.model_validate(data)
    except ValidationError as error:
        from modelyard.validation.problems import problems_from_validation

        raise InputError(
            problems_from_validation(error, AwsEnvironment, file=file, locate=locate, written=written)
        ) from None
    except InputError as error:
        raise InputError(_placed(error.problems, file, locate)) from None


def _other_name(stack: str, name: str, part: YamlDocument) -> Problem:
    """A copied stack's file that kept its name would build over the environment that it was copied from."""
    return Problem(
        field="name",
        given=given_text(name),
        message=f'this is the file of stack "{stack}": another name would make it build over "{name}"',
        allowed=stack,
        mend=f"write name: {stack}, or name the file Pulumi.{name}.yaml",
        file=part.file,
        line=part.line_of(("name",)),
    )


def _read(path: Path) -> YamlDocument:
    try:
        return read_yaml(path)
    except InputError as error:
        # Fields are named from the environment on, wherever it stands in its file.
        around = f"{field_text(('config', CONFIG_KEY))}."
        shown = (replace(problem, field=problem.field.removeprefix(around)) for problem in error.problems)
        raise InputError(shown) from None


def _placed(problems: tuple[Problem, ...], file: str | None, locate: Locate | None) -> list[Problem]:
    line_of = locate or (lambda _: None)
    placed = [problem.at(file, line_of(field_path(problem.field))) for problem in problems]
    return sorted(placed, key=lambda problem: problem.line or 0)


def _environment_part(document: YamlDocument) -> YamlDocument:
    """The environment in a stack's file; the whole of any other file."""
    data = document.data
    if not isinstance(data, dict) or not (STACK_KEYS | {CONFIG_KEY}) & data.keys():
        return document
    if CONFIG_KEY in data:
        line = document.line_of((CONFIG_KEY,))
        message, given = f"{CONFIG_KEY} stands outside of config", "a stack's configuration without config"
        allowed, mend = f"config, and {CONFIG_KEY} under it", "write config: above it, and indent it"
        raise InputError([Problem(CONFIG_KEY, given, message, allowed, mend, document.file, line)])
    config = data.get("config")
    if not isinstance(config, dict) or CONFIG_KEY not in config:
        raise InputError([_no_environment(document, config)])
    return document.under("config").under(CONFIG_KEY)


def _no_environment(document: YamlDocument, config: object) -> Problem:
    names = [str(name) for name in config] if isinstance(config, dict) else []
    like = nearest(CONFIG_KEY, names, most=1)
    return Problem(
        field="config",
        given=given_text(config),
        message="the stack has no environment in its configuration",
        allowed=f"{CONFIG_KEY}, with the environment under it",
        mend=f"did you mean {CONFIG_KEY} by {like[0]}?" if like else f"add {CONFIG_KEY}: under config:",
        file=document.file,
        line=document.line_of(("config", *like)),
    )
