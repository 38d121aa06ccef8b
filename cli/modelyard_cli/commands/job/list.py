"""`modelyard job list`: the runs of an environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from modelyard_cli.commands.job.options import find_launcher, where
from modelyard_cli.common import emit_json, example, format_option, status
from modelyard_cli.runs import money, run_document, spent_usd, time_taken

if TYPE_CHECKING:
    from modelyard_launcher.api import Run
    from modelyard_launcher.backends import Standing


@click.command(
    "list",
    epilog=example("modelyard job list --env dev"),
    short_help="The runs of an environment, the newest first",
)
@where
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="Most runs to list."
)
@format_option("text", "json")
def command(environment: str | None, target_file: str | None, limit: int, output_format: str) -> None:
    """List the runs of an environment, the newest first, whoever submitted them."""
    launcher = find_launcher(environment, target_file)
    with status("reading the records"):
        runs = launcher.runs(limit)
        standings = [_standing(run) for run in runs]
    if output_format == "json":
        documents = [run_document(run, seen) for run, seen in zip(runs, standings, strict=True)]
        emit_json({"schema": "modelyard.runs/1", "runs": documents})
        return
    if not runs:
        click.echo("no run has been submitted yet")
        return
    width = max(len(run.id) for run in runs)
    click.echo(
        f"{'RUN':<{width}}  {'STATE':<10}  {'NODES':>5}  {'TRIED':>5}  {'TOOK':>8}  {'SPENT':>9}  REASON"
    )
    for run, seen in zip(runs, standings, strict=True):
        record = run.record
        click.echo(
            f"{record.run_id:<{width}}  {seen.state:<10}  {record.num_nodes:>5}  "
            f"{len(record.attempts):>5}  {time_taken(record):>8}  {money(spent_usd(record, seen)):>9}  "
            f"{seen.reason or ''}".rstrip()
        )


def _standing(run: Run) -> Standing:
    """How a run stands. An end that nobody has written down yet is, so that it is looked into once."""
    from modelyard_launcher.records import FINISHED

    seen = run.backend.describe(run.record)
    return run.standing() if seen.state in FINISHED and not run.record.finished else seen
