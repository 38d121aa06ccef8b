"""Groups of commands that are imported when they are called, so that help and completion are quick."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

import click


class LazyGroup(click.Group):
    """A group that knows of each command its name and a line, and imports it when it is called.

    Args:
        lines: every command with its line in the help, in the order of a first day.
        package: where the commands' modules lie; each has its command as `command`.
    """

    def __init__(
        self, *args: Any, lines: Mapping[str, str] | None = None, package: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._lines = dict(lines or {})
        self._package = package

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of the commands."""
        del ctx
        return list(self._lines)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, imported now."""
        del ctx
        if cmd_name not in self._lines:
            return None
        return importlib.import_module(f"{self._package}.{cmd_name.replace('-', '_')}").command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is named; for one that isn't there, the nearest is offered."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from modelyard.validation import listed, nearest

            like = nearest(args[0], self._lines)
            if args[0] in self._lines or not like:
                raise
            message = f"No such command '{args[0]}'. Did you mean {listed(like)}?"
            raise click.UsageError(message, error.ctx) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing any."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(self._lines.items()))
