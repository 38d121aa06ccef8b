"""What the commands share: options, output, progress."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import click

AnyFunction = TypeVar("AnyFunction", bound=Callable[..., Any])


def format_option(*choices: str) -> Callable[[AnyFunction], AnyFunction]:
    """`--format`: given to the command as `output_format`."""
    return click.option(
        "--format",
        "output_format",
        type=click.Choice(choices),
        default=choices[0],
        show_default=True,
        help="How the answer is written.",
    )


def environment_argument(
    function: Callable[..., Any] | None = None, *, required: bool = True
) -> Callable[..., Any]:
    """ENV: an environment's name or the path of a YAML, given to the command as `environment`."""
    argument = click.argument(
        "environment",
        metavar="ENV" if required else "[ENV]",
        required=required,
        shell_complete=complete_environments,
    )
    return argument if function is None else argument(function)


def complete_environments(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """The names of the environments that start as typed."""
    del ctx, param
    from modelyard.environment.files import environment_names

    return [name for name in environment_names() if name.startswith(incomplete)]


def wants_json(arguments: Sequence[str]) -> bool:
    """Whether the arguments ask for JSON; for errors that come before the options are read."""
    return "--format=json" in arguments or any(
        pair == ("--format", "json") for pair in zip(arguments, list(arguments)[1:], strict=False)
    )


def emit_json(document: object) -> None:
    """Write a JSON document on standard output."""
    json.dump(document, sys.stdout, indent=2)
    sys.stdout.write("\n")


@contextmanager
def status(message: str) -> Generator[None]:
    """Say what takes a while: a spinner on standard error where it is a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(message):
        yield
