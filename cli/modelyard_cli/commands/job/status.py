"""`modelyard job status`: how a run stands."""

from __future__ import annotations

import click

from modelyard_cli.commands.job.options import find_launcher, run_argument, where
from modelyard_cli.common import emit_json, example, format_option, status
from modelyard_cli.runs import (
    attempt_lines,
    last_words,
    progress_line,
    run_document,
    run_sentence,
    spend_line,
)


@click.command(
    "status",
    epilog=example("modelyard job status digits-cnn-20261123-142501-3f2a --env dev"),
    short_help="How a run stands, what it cost, why it waits or ended",
)
@run_argument
@where
@format_option("text", "json")
def command(run_id: str, environment: str | None, target_file: str | None, output_format: str) -> None:
    """Show how RUN stands: progress and time left, what it has cost, its attempts with each rank's exit code,
    and in plain words why it waits or why it ended.

    Leaves with 0 whatever the state is. A run that nobody watches over any more is shown as lost.
    """
    launcher = find_launcher(environment, target_file)
    run = launcher.run(run_id)
    with status(f"asking after {run_id}"):
        standing = run.standing()
    if output_format == "json":
        emit_json(run_document(run, standing))
        return
    record = run.record
    click.echo(run_sentence(run, standing))
    below = {f"attempt {attempt.number} ended: {attempt.reason}" for attempt in record.attempts}
    for detail in standing.details:
        if detail not in below:
            click.echo(f"  {detail}")
    click.echo(f"  environment  {record.environment}, pool {record.pool}, backend {record.backend}")
    by = f" by {record.owner}" if record.owner else ""
    click.echo(f"  submitted    {record.created:%Y-%m-%d %H:%M:%S} UTC{by}")
    for line in (*progress_line(standing), *spend_line(record, standing), *attempt_lines(run, standing)):
        click.echo(f"  {line}")
    click.echo(f"  everything   {launcher.context.checkpoints_uri}/runs/{record.run_id}/")
    for line in last_words(run):
        click.echo(f"  {line}")
