"""`modelyard job supervise`: a run is seen through failures that aren't its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from modelyard_cli.commands.job.options import find_launcher, run_argument, seconds_of, where
from modelyard_cli.common import columns, emit_json, example, format_option
from modelyard_cli.runs import run_document, run_sentence

if TYPE_CHECKING:
    from modelyard_launcher.api import Launcher
    from modelyard_launcher.plan import Plan
    from modelyard_launcher.supervise.loop import Move


@click.command(
    "supervise",
    epilog=example("modelyard job supervise digits-cnn-20261123-142501-3f2a --env dev"),
    short_help="See a run through failures of machines and regions",
)
@run_argument
@where
@click.option(
    "--region-lost-after",
    "lost_after",
    metavar="TIME",
    default="10m",
    show_default=True,
    help="How long a region may not answer before it counts as lost.",
)
@click.option(
    "--every",
    metavar="TIME",
    default="15s",
    show_default=True,
    help="How often the run is looked at.",
)
@click.option(
    "--in-cloud", is_flag=True, help="Let a small job of the environment do it, and print that job's run."
)
@click.option(
    "--image", metavar="IMAGE", help="Image with modelyard for --in-cloud, by default this version's."
)
@click.option(
    "--plan", "only_plan", is_flag=True, help="With --in-cloud: print what it would mean, and stop."
)
@format_option("text", "json")
def command(
    run_id: str,
    environment: str | None,
    target_file: str | None,
    lost_after: str,
    every: str,
    in_cloud: bool,
    image: str | None,
    only_plan: bool,
    output_format: str,
) -> int:
    """See RUN through: after a failure of machines it is submitted again, from its newest whole checkpoint;
    if its region is lost and the job allows it, in the recovery region. It ends with the run, or at the job's
    total budget or deadline, with a last checkpoint.

    It may be ended and started again at any time, here or elsewhere. A run has one supervisor: a second one
    leaves at once with 1. Leaves with 0 if the run succeeded, else with 1.
    """
    from modelyard_launcher.supervise.loop import SupervisedElsewhereError

    away_limit_seconds = seconds_of(lost_after, "--region-lost-after")
    poll_seconds = seconds_of(every, "--every")
    launcher = find_launcher(environment, target_file)
    if in_cloud:
        options = ["--region-lost-after", lost_after, "--every", every]
        return _in_cloud(
            launcher, launcher.plan_supervision_in_cloud(run_id, options, image), only_plan, output_format
        )
    if image is not None or only_plan:
        raise click.UsageError("--image and --plan are for --in-cloud")
    try:
        ended = launcher.supervise(
            run_id,
            on_event=_say,
            away_limit_seconds=away_limit_seconds,
            poll_seconds=poll_seconds,
        )
    except SupervisedElsewhereError as error:
        click.echo(f"modelyard: {error}", err=True)
        return 1
    if output_format == "json":
        emit_json({**run_document(ended.run), "moves": [_move_document(move) for move in ended.moves]})
    else:
        for move in ended.moves:
            click.echo(_move_sentence(move))
        click.echo(run_sentence(ended.run))
    return 0 if ended.run.record.state == "succeeded" else 1


def _say(text: str) -> None:
    click.echo(f"modelyard: {text}", err=True)


def _in_cloud(launcher: Launcher, plan: Plan, only_plan: bool, output_format: str) -> int:
    """Submit the supervisor as a job, or print what that would mean."""
    if only_plan:
        from modelyard_launcher.plan_text import WIDTH, plan_text

        if output_format == "json":
            emit_json(plan.as_dict())
        else:
            click.echo(plan_text(plan, columns(WIDTH)))
        return 0
    run = launcher.supervise_in_cloud(plan, _say)
    if output_format == "json":
        emit_json(run_document(run))
    else:
        click.echo(run.id)
    return 0


def _move_document(move: Move) -> dict[str, object]:
    return {
        "region": move.region,
        "steps_lost": move.steps_lost,
        "from_step": move.from_step,
        "seconds": round(move.seconds, 1),
    }


def _move_sentence(move: Move) -> str:
    from modelyard_launcher.durations import duration_text

    return (
        f"moved to {move.region}: {duration_text(move.seconds)} and {move.steps_lost:,} steps lost, "
        f"went on from step {move.from_step:,}"
    )
