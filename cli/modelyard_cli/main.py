"""Entry point of `modelyard`: finds the command, runs it, and turns what went wrong into an exit code."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence

import click

from modelyard.errors import InputError, ModelyardError

COMMANDS: dict[str, str] = {
    "demo": "The whole way in the sandbox: preview, check, up, train, checkpoint",
    "preview": "The resources, findings and cost of an environment, offline",
    "check": "The policy verdict on an environment",
    "sandbox": "The local stand-in for the cloud: up, down, status, env",
    "job": "Training jobs: plan, submit, list, status, logs, cancel",
    "doctor": "What is missing on this machine, and how to mend it",
}
"""Every command with its line in the help: listing them must not import them."""


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called, so that help and completion are quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of the commands, in the order of a first day."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, imported now."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        return importlib.import_module(f"modelyard_cli.commands.{cmd_name}").command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing any."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 yes, 1 no, 2 bad input, 3 the surroundings are at fault. "
    'Shell completion: eval "$(_MODELYARD_COMPLETE=bash_source modelyard)" (or zsh_source, fish_source).',
)
@click.version_option(package_name="modelyard")
def cli() -> None:
    """Data centers for training large models: describe one in YAML, preview it, check it, train on it.

    Example: modelyard preview dev
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code."""
    # Looking for pydantic's plugins takes longer than most commands' own work, and none is wanted.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    try:
        outcome = cli.main(args=arguments, prog_name="modelyard", standalone_mode=False)
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except click.ClickException as error:
        error.show()
        return 2
    except (click.Abort, KeyboardInterrupt):
        click.echo("\nmodelyard: interrupted", err=True)
        return 130
    except ModelyardError as error:
        _show(error, arguments if arguments is not None else sys.argv[1:])
        return error.exit_code
    return outcome if isinstance(outcome, int) else 0


def _show(error: ModelyardError, arguments: Sequence[str]) -> None:
    from modelyard_cli.common import emit_json, wants_json

    if wants_json(arguments):
        problems = [problem.as_dict() for problem in error.problems] if isinstance(error, InputError) else []
        emit_json(
            {
                "schema": "modelyard.error/1",
                "exitCode": error.exit_code,
                "message": str(error),
                "problems": problems,
            }
        )
    click.echo(str(error), err=True)


if __name__ == "__main__":
    main()
