"""`modelyard job wait`: until runs have ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from modelyard_cli.commands.job.options import find_launcher, seconds_of, where
from modelyard_cli.common import emit_json, example, format_option
from modelyard_cli.runs import progress_line, run_document, run_sentence

if TYPE_CHECKING:
    from modelyard_launcher.api import Run
    from modelyard_launcher.backends import Standing


@click.command(
    "wait",
    epilog=example("modelyard job wait digits-cnn-20261123-142501-3f2a --env dev --timeout 2h"),
    short_help="Wait until runs have ended",
)
@click.argument("run_ids", metavar="RUN...", nargs=-1, required=True)
@where
@click.option("--timeout", metavar="TIME", help="Wait no longer than that, as 90s, 30m, 2h; the runs go on.")
@format_option("text", "json")
def command(
    run_ids: tuple[str, ...],
    environment: str | None,
    target_file: str | None,
    timeout: str | None,
    output_format: str,
) -> int:
    """Wait until each RUN has ended, and tell how it stands whenever that changes.

    Leaves with 0 if all succeeded, with 1 if one failed, was cancelled or is lost, or if the time is over.
    """
    seconds = None if timeout is None else seconds_of(timeout, "--timeout")
    launcher = find_launcher(environment, target_file)
    runs = [launcher.run(run_id) for run_id in run_ids]
    in_time = [_wait_for(run, seconds) for run in runs]
    if output_format == "json":
        emit_json({"schema": "modelyard.runs/1", "runs": [run_document(run) for run in runs]})
    else:
        for run in runs:
            click.echo(run_sentence(run))
    return 0 if all(in_time) and all(run.record.state == "succeeded" for run in runs) else 1


def _wait_for(run: Run, seconds: float | None) -> bool:
    """Whether it has ended in time."""
    told = ""

    def tell(standing: Standing) -> None:
        nonlocal told
        line = " ".join([run_sentence(run, standing), *progress_line(standing)])
        if line != told:
            click.echo(f"modelyard: {line}", err=True)
            told = line

    try:
        run.wait(seconds, on_standing=tell, on_event=lambda text: click.echo(f"modelyard: {text}", err=True))
    except TimeoutError as error:
        click.echo(f"modelyard: {error}; it goes on", err=True)
        return False
    return True
