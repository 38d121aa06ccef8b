"""From a name, a file or plain data to an Environment, with every problem at its line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from modelyard.environment.base import Spec
from modelyard.environment.clouds import Environment, foreign_words, model_of
from modelyard.environment.files import ACCOUNT_KEY, CONFIG_KEY, find_environment_file, stack_of
from modelyard.errors import InputError, Problem
from modelyard.validation.values import given_text, nearest
from modelyard.yaml_lines.document import FieldPath, YamlDocument, field_path, field_text
from modelyard.yaml_lines.reading import read_yaml

Locate = Callable[[FieldPath], int | None]
Written = Callable[[FieldPath], str | None]

SpecT = TypeVar("SpecT", bound=Spec)

STACK_KEYS = frozenset({"config", "encryptedkey", "encryptionsalt", "secretsprovider", "environment"})
"""What stands at the margin of a stack's file (Pulumi's "Stack settings file reference", 2026-11)."""


@dataclass(frozen=True, slots=True)
class StackPart:
    """What a stack's file says of the environment or the account that the stack builds."""

    key: str
    """CONFIG_KEY or ACCOUNT_KEY: which of the two it is."""
    document: YamlDocument
    stack: str | None
    """The stack that the file belongs to by its name; none for any other file."""

    def refuse_other_name(self, name: str) -> None:
        """Raise InputError if a stack's file names another than its own."""
        if self.stack is not None and self.stack != name:
            raise InputError([_other_name(self.stack, name, self.document)])


def load_environment(
    reference: str | Path, *, root: Path | None = None, before_pinning: bool = False
) -> Environment:
    """The environment of a name or a file.

    A name is a stack of the project around `root` (unset: the working directory). A file is a stack's file or
    an environment by itself. `before_pinning` is for whoever is about to write the machine images that
    staging and production have to name. Raises InputError with every problem, each with file and line.
    """
    part = stack_part(reference, root)
    document = part.document
    if part.key == ACCOUNT_KEY:
        raise InputError([_an_account(part)])
    environment = parse_environment(
        document.data,
        file=document.file,
        locate=document.line_of,
        written=document.written,
        before_pinning=before_pinning,
    )
    part.refuse_other_name(environment.name)
    return environment


def parse_environment(
    data: object,
    *,
    file: str | None = None,
    locate: Locate | None = None,
    written: Written | None = None,
    before_pinning: bool = False,
) -> Environment:
    """The environment in plain data, as it comes from a file or from Pulumi's configuration.

    `locate` gives the line of a field, `written` a value as it was written. Raises InputError.
    """
    context = {"before_pinning": before_pinning}
    model = model_of(data, file=file, locate=locate)
    return parse_spec(model, data, file=file, locate=locate, written=written, context=context)


def parse_spec(
    model: type[SpecT],
    data: object,
    *,
    file: str | None = None,
    locate: Locate | None = None,
    written: Written | None = None,
    context: dict[str, bool] | None = None,
) -> SpecT:
    """Plain data as a specification. Raises InputError with every problem at its line."""
    try:
        return model.model_validate(data, context=context)
    except ValidationError as error:
        from modelyard.validation.problems import problems_from_validation

        raise InputError(
            problems_from_validation(
                error, model, file=file, locate=locate, written=written, foreign=foreign_words(model)
            )
        ) from None
    except InputError as error:
        raise InputError(_placed(error.problems, file, locate)) from None


def stack_part(reference: str | Path, root: Path | None = None) -> StackPart:
    """The part of a stack's file that is an environment or an account; any other file is an environment as a
    whole. Raises InputError.
    """
    path = find_environment_file(reference, root)
    key, document = _part(_read(path))
    return StackPart(key, document, stack_of(path))


def _an_account(part: StackPart) -> Problem:
    return Problem(
        field="ENV",
        given=part.stack or part.document.file or "",
        message="this stack builds an account, and an environment is wanted here",
        allowed=f"a stack with {CONFIG_KEY}",
        mend="name an environment, as dev",
        file=part.document.file,
        line=part.document.line_of(()),
    )


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
        # Fields are named from the environment or the account on, wherever it stands in its file.
        raise InputError(map(_from_the_part_on, error.problems)) from None


def _from_the_part_on(problem: Problem) -> Problem:
    field = problem.field
    for key in (CONFIG_KEY, ACCOUNT_KEY):
        field = field.removeprefix(f"{field_text(('config', key))}.")
    return replace(problem, field=field)


def _placed(problems: tuple[Problem, ...], file: str | None, locate: Locate | None) -> list[Problem]:
    line_of = locate or (lambda _: None)
    placed = [problem.at(file, line_of(field_path(problem.field))) for problem in problems]
    return sorted(placed, key=lambda problem: problem.line or 0)


def _part(document: YamlDocument) -> tuple[str, YamlDocument]:
    """The environment or the account in a stack's file, and which it is; the whole of any other file."""
    data = document.data
    keys = (CONFIG_KEY, ACCOUNT_KEY)
    if not isinstance(data, dict) or not (STACK_KEYS | {*keys}) & data.keys():
        return CONFIG_KEY, document
    for key in keys:
        if key in data:
            raise InputError([_outside(document, key)])
    config = data.get("config")
    found = [key for key in keys if isinstance(config, dict) and key in config]
    if not found:
        raise InputError([_no_environment(document, config)])
    if len(found) > 1:
        raise InputError([_both(document)])
    return found[0], document.under("config").under(found[0])


def _outside(document: YamlDocument, key: str) -> Problem:
    message, given = f"{key} stands outside of config", "a stack's configuration without config"
    allowed, mend = f"config, and {key} under it", "write config: above it, and indent it"
    return Problem(key, given, message, allowed, mend, document.file, document.line_of((key,)))


def _both(document: YamlDocument) -> Problem:
    return Problem(
        field="config",
        given=f"{CONFIG_KEY} and {ACCOUNT_KEY}",
        message="a stack builds an environment or an account: what an account has once must outlive each "
        "environment in it",
        allowed="one of the two",
        mend=f"move {ACCOUNT_KEY} into a stack of its own, as Pulumi.account.yaml",
        file=document.file,
        line=document.line_of(("config", ACCOUNT_KEY)),
    )


def _no_environment(document: YamlDocument, config: object) -> Problem:
    names = [str(name) for name in config] if isinstance(config, dict) else []
    near = ((key, name) for name in names for key in nearest(name, (CONFIG_KEY, ACCOUNT_KEY), most=1))
    key, like = next(near, (CONFIG_KEY, None))
    return Problem(
        field="config",
        given=given_text(config),
        message="the stack has no environment in its configuration",
        allowed=f"{CONFIG_KEY}, with the environment under it",
        mend=f"did you mean {key} by {like}?" if like else f"add {CONFIG_KEY}: under config:",
        file=document.file,
        line=document.line_of(("config", *([like] if like else []))),
    )
