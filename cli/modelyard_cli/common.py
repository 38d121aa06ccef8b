"""What the commands share: options, output, progress."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from typing import IO, TYPE_CHECKING, Any, Final, TypeVar

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem
    from rich.console import Console

_BLANKS: Final = re.compile(r"[ \t]+$", re.MULTILINE)

AnyFunction = TypeVar("AnyFunction", bound=Callable[..., Any])


class OrderedGroup(click.Group):
    """A group whose commands are listed as they were written: in the order in which one uses them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of the commands."""
        del ctx
        return list(self.commands)


def example(command: str) -> str:
    """The end of a command's help: a line to copy, which is never broken."""
    return f"\b\nExample: {command}"


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
    function: Callable[..., Any] | None = None, *, required: bool = True, accounts: bool = False
) -> Callable[..., Any]:
    """ENV: an environment's name or the path of a YAML, given to the command as `environment`; with
    `accounts`, the name of an account's stack as well.
    """
    argument = click.argument(
        "environment",
        metavar="ENV" if required else "[ENV]",
        required=required,
        shell_complete=complete_stacks if accounts else complete_environments,
    )
    return argument if function is None else argument(function)


def complete_environments(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The names of the environments that start as typed; files where none does."""
    del ctx, param
    from modelyard.environment.files import environment_names

    return _completed(environment_names(), incomplete)


def complete_stacks(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The names of the environments and accounts that start as typed; files where none does."""
    del ctx, param
    from modelyard.environment.files import stack_names

    return _completed(stack_names(), incomplete)


def _completed(known: Sequence[str], incomplete: str) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem

    names = [CompletionItem(name) for name in known if name.startswith(incomplete)]
    return names or [CompletionItem(incomplete, type="file")]


def wants_json(arguments: Sequence[str]) -> bool:
    """Whether the arguments ask for JSON; for errors that come before the options are read."""
    return "--format=json" in arguments or any(
        pair == ("--format", "json") for pair in zip(arguments, list(arguments)[1:], strict=False)
    )


def emit_json(document: object) -> None:
    """Write a JSON document on standard output."""
    click.echo(json.dumps(document, indent=2))


def console(file: IO[str] | None = None, width: int | None = None) -> Console:
    """Standard output, or a file, for tables and trees. Where it is no terminal, lines end where their text
    does.
    """
    from rich.console import Console

    class PlainConsole(Console):
        """Says that its reader has gone, as every other output does, where rich's would leave with 1."""

        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

        def print(self, *objects: Any, **options: Any) -> None:
            """Print as rich does; where it is no terminal, without the blanks that fill a line."""
            if self.is_terminal:
                super().print(*objects, **options)
                return
            with self.capture() as captured:
                super().print(*objects, **options)
            self.file.write(_BLANKS.sub("", captured.get()))

    return PlainConsole(file=file, width=width, force_terminal=None if file is None else False)


def columns(most: int) -> int:
    """Columns for text: those of the terminal, if standard output is one and has fewer than `most`."""
    import shutil

    if sys.stdout is None or not sys.stdout.isatty():  # pyright: ignore[reportUnnecessaryComparison] (`>&-`)
        return most
    return min(most, shutil.get_terminal_size().columns)


def let_go_of_output() -> None:
    """Let standard output lead nowhere: nobody reads it any more, or nothing takes it."""
    with suppress(AttributeError, OSError, ValueError):  # closed, or no file at all
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, sys.stdout.fileno())
        os.close(nothing)


@contextmanager
def status(message: str) -> Generator[None]:
    """Say what takes a while: a spinner on standard error where it is a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(message):
        yield
