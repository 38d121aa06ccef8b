"""Entry point of `modelyard`: finds the command, runs it, and turns what went wrong into an exit code."""

from __future__ import annotations

import shlex
import sys
import traceback
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import click

from modelyard.errors import InputError, ModelyardError, Problem
from modelyard_cli.interrupts import heed_lost_interrupts, raise_lost_interrupt
from modelyard_cli.lazy import LazyGroup
from modelyard_cli.startup import make_short

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells count it."""

READER_GONE = 141
"""Exit code when whoever read the output has gone (`| head`), as shells count it: neither yes nor no."""

OUR_FAULT = 70
"""Exit code of a fault in modelyard itself (EX_SOFTWARE of sysexits.h)."""

COMMANDS: dict[str, str] = {
    "demo": "The whole way in the sandbox: preview, check, up, train, checkpoint",
    "preview": "The resources, findings and cost of an environment, or of any stack, offline",
    "check": "The policy verdict on an environment, or on any stack of Pulumi's",
    "gate": "Pull requests: check one beside its base, comment on it",
    "sandbox": "The local stand-in for the cloud: up, down, status, rehearse, start, stop, env",
    "bootstrap": "What stands in an account or a subscription before the first `pulumi up`",
    "job": "Training jobs: plan, build, submit, watch, supervise, cancel",
    "pin-images": "Write the ids of the machine images that an environment's nodes run",
    "retire": "How to leave an environment, and what stays until when",
    "doctor": "What is missing on this machine or in the account, and how to mend it",
}
"""Every command with its line in the help: listing them must not import them."""


class _Commands(LazyGroup):
    """All of them."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Read the arguments; help is written here."""
        with _reader_may_go():
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        with _reader_may_go():
            outcome = super().invoke(ctx)
            click.echo(nl=False)  # flushes, where there is an output at all
            return outcome


@contextmanager
def _reader_may_go() -> Generator[None]:
    """A reader of the output that has gone is no error, and its exit code no answer."""
    try:
        yield
    except BrokenPipeError:
        from modelyard_cli.common import let_go_of_output

        let_go_of_output()
        raise click.exceptions.Exit(READER_GONE) from None


@click.command(
    cls=_Commands,
    lines=COMMANDS,
    package="modelyard_cli.commands",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="\b\nExit codes: 0 yes, 1 no, 2 bad input, 3 the surroundings are at fault, 130 interrupted."
    '\nCompletion: eval "$(_MODELYARD_COMPLETE=bash_source modelyard)" (or zsh_source, fish_source).',
)
@click.version_option(package_name="modelyard")
def cli() -> None:
    """Data centers for training large models: describe one in YAML, preview it, check it, train on it.

    Example: modelyard preview dev
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code."""
    make_short()
    heed_lost_interrupts()
    try:
        exit_code = run(arguments)
    except Exception:  # noqa: BLE001 (shown whole; Python's own 1 would say that the answer is no)
        traceback.print_exc()
        click.echo(
            "modelyard: this is a fault in modelyard; please report it with all of the above", err=True
        )
        exit_code = OUR_FAULT
    sys.exit(exit_code)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code. Raises only what is a fault in modelyard itself."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    try:
        try:
            outcome = cli.main(args=given, prog_name="modelyard", standalone_mode=False)
        finally:
            raise_lost_interrupt()
    except click.ClickException as error:
        return _refuse(error, given)
    except (click.Abort, KeyboardInterrupt):
        click.echo("modelyard: interrupted", err=True)
        return INTERRUPTED
    except ModelyardError as error:
        return _show(error, given)
    except (ModuleNotFoundError, OSError) as error:
        from modelyard_cli.surroundings import surroundings_error

        surroundings = surroundings_error(error)
        if surroundings is None:
            raise
        return _show(surroundings, given)
    return outcome if isinstance(outcome, int) else 0


def _refuse(error: click.ClickException, arguments: Sequence[str]) -> int:
    """Show a command line that can't be understood."""
    from modelyard_cli.common import wants_json

    if wants_json(arguments):
        context = error.ctx if isinstance(error, click.UsageError) else None
        usage, path = (context.get_usage(), context.command_path) if context else ("", "modelyard")
        problem = Problem(
            field=", ".join(_hints(error)),
            given=shlex.join(["modelyard", *arguments]),
            message=error.format_message(),
            allowed=usage.removeprefix("Usage: "),
            mend=f"see `{path} --help`",
        )
        _emit(error.format_message(), 2, [problem])
    error.show()
    return 2


def _hints(error: click.ClickException) -> list[str]:
    if not isinstance(error, click.BadParameter) or error.param is None:
        return []
    parameter = error.param
    is_option = isinstance(parameter, click.Option)
    return [parameter.opts[-1] if is_option else parameter.metavar or parameter.human_readable_name]


def _show(error: ModelyardError, arguments: Sequence[str]) -> int:
    from modelyard_cli.common import wants_json

    if wants_json(arguments):
        _emit(str(error), error.exit_code, error.problems if isinstance(error, InputError) else ())
    click.echo(str(error), err=True)
    return error.exit_code


def _emit(message: str, exit_code: int, problems: Sequence[Problem]) -> None:
    from modelyard_cli.common import emit_json

    with suppress(OSError):  # where nothing can be written, standard error still says it
        emit_json(
            {
                "schema": "modelyard.error/1",
                "exitCode": exit_code,
                "message": message,
                "problems": [problem.as_dict() for problem in problems],
            }
        )


if __name__ == "__main__":
    main()
