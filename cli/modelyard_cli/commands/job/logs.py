"""`modelyard job logs`: what the ranks of a run wrote."""

from __future__ import annotations

import json

import click

from modelyard_cli.commands.job.options import find_launcher, run_argument, where
from modelyard_cli.common import example, format_option


@click.command(
    "logs",
    epilog=example("modelyard job logs digits-cnn-20261123-142501-3f2a --env dev --rank 0 --follow"),
    short_help="What the ranks of a run wrote",
)
@run_argument
@where
@click.option("--rank", type=click.IntRange(0), help="One rank only, without the rank in front.")
@click.option("--follow", is_flag=True, help="Go on until the run has ended.")
@format_option("text", "json")
def command(
    run_id: str,
    environment: str | None,
    target_file: str | None,
    rank: int | None,
    follow: bool,
    output_format: str,
) -> None:
    """Print what the ranks of RUN wrote, all attempts in one. As JSON, an object a line.

    Of a sweep, what stands for a rank is the number of a variant.
    """
    run = find_launcher(environment, target_file).run(run_id)
    if rank is not None and rank >= run.ranks:
        what = "variants" if run.record.variants else "ranks"
        raise click.BadParameter(f"run {run_id} has {what} 0 to {run.ranks - 1}", param_hint="--rank")
    lines = run.lines(
        None if rank is None else [rank],
        follow=follow,
        on_event=lambda text: click.echo(f"modelyard: {text}", err=True),
    )
    for number, line in lines:
        if output_format == "json":
            click.echo(json.dumps({"rank": number, "line": line}))
        else:
            click.echo(line if rank is not None else f"[{number}] {line}")
