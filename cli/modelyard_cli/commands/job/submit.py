"""`modelyard job submit`: a job becomes a run."""

from __future__ import annotations

from pathlib import Path

import click

from modelyard_cli.commands.job.options import (
    backend_option,
    container_options,
    find_launcher,
    job_argument,
    where,
    where_words,
)
from modelyard_cli.common import emit_json, example, format_option
from modelyard_cli.runs import run_document, run_sentence


@click.command(
    "submit",
    epilog=example("modelyard job submit workloads/cnn/job.yaml --env dev"),
    short_help="Submit a job and follow it, or leave it to itself",
)
@job_argument
@where
@backend_option
@container_options
@click.option(
    "--detach", is_flag=True, help="Return once it is submitted; see it by `job status` and `job logs`."
)
@format_option("text", "json")
def command(
    job_file: Path,
    environment: str | None,
    target_file: str | None,
    backend: str | None,
    container: bool,
    engine: str | None,
    detach: bool,
    output_format: str,
) -> int:
    """Submit JOB and follow it: its lines come with the rank in front.

    Ctrl-C: a run on the cluster goes on, and how to come back to it is said; one on this machine is ended
    cleanly, by a second Ctrl-C at once. Leaves with 0 if it succeeded, 1 if it failed or was cancelled (the
    job's own exit code is in the record), 130 after Ctrl-C. With --format json the lines go to standard
    error, and the record at the end to standard output.
    """
    from modelyard_launcher.records import INTERRUPTED

    aside = output_format == "json"
    launcher = find_launcher(environment, target_file, backend, container=container, engine=engine)
    run = launcher.submit(
        job_file,
        detach=detach,
        on_line=lambda rank, line: click.echo(f"[{rank}] {line}", err=aside),
        on_event=lambda text: click.echo(f"modelyard: {text}", err=True),
    )
    goes_on = not detach and not run.record.finished  # with Ctrl-C, and never else
    if output_format == "json":
        emit_json(run_document(run))
    elif detach:
        click.echo(run.id)
    else:
        back = f"; {_ways_back(run.id, where_words(environment, target_file))}" if goes_on else ""
        click.echo(f"modelyard: {run_sentence(run)}{back}", err=True)
    if detach or run.record.state == "succeeded":
        return 0
    return 130 if goes_on or run.record.reason == INTERRUPTED else 1


def _ways_back(run_id: str, place: str) -> str:
    return (
        f"`modelyard job logs {run_id}{place} --follow` shows it again, "
        f"`modelyard job cancel {run_id}{place}` ends it"
    )
