"""`modelyard job cancel`: the end of a run."""

from __future__ import annotations

import click

from modelyard_cli.commands.job.options import find_launcher, where
from modelyard_cli.common import emit_json, example, format_option, status
from modelyard_cli.runs import run_document, run_sentence


@click.command(
    "cancel",
    epilog=example("modelyard job cancel digits-cnn-20261123-142501-3f2a --env dev"),
    short_help="End runs",
)
@click.argument("run_ids", metavar="RUN...", nargs=-1, required=True)
@where
@format_option("text", "json")
def command(
    run_ids: tuple[str, ...], environment: str | None, target_file: str | None, output_format: str
) -> None:
    """End each RUN: its processes are asked to save and to exit, and killed if they don't.

    On this machine: asked twice, they are killed at once. None is ended if one of them isn't known.
    """
    launcher = find_launcher(environment, target_file)
    runs = [launcher.run(run_id) for run_id in run_ids]
    for run in runs:
        with status(f"ending {run.id}"):
            run.cancel()
        if output_format == "text":
            click.echo(run_sentence(run))
    if output_format == "json":
        documents = [run_document(run) for run in runs]
        emit_json(documents[0] if len(runs) == 1 else {"schema": "modelyard.runs/1", "runs": documents})
