"""`modelyard job cancel`: the end of a run."""

from __future__ import annotations

import click

from modelyard_cli.commands.job.options import find_launcher, run_argument, where
from modelyard_cli.common import emit_json, example, format_option, status
from modelyard_cli.runs import run_document, run_sentence


@click.command(
    "cancel",
    epilog=example("modelyard job cancel digits-cnn-20261123-142501-3f2a --env dev"),
    short_help="End a run",
)
@run_argument
@where
@format_option("text", "json")
def command(run_id: str, environment: str | None, target_file: str | None, output_format: str) -> None:
    """End RUN: its processes are asked to save and to exit, and killed if they don't.

    On this machine: asked twice, they are killed at once.
    """
    run = find_launcher(environment, target_file).run(run_id)
    with status(f"ending {run_id}"):
        run.cancel()
    if output_format == "json":
        emit_json(run_document(run))
    else:
        click.echo(run_sentence(run))
