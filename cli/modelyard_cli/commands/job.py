"""`modelyard job`: training jobs, from the plan to the end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from modelyard_cli.common import (
    OrderedGroup,
    complete_environments,
    emit_json,
    example,
    format_option,
    let_go_of_output,
    status,
)
from modelyard_cli.runs import attempt_lines, last_words, run_document, run_lines, run_sentence, time_taken

if TYPE_CHECKING:
    from modelyard_launcher.backends import Backend, LaunchContext
    from modelyard_launcher.records import RunRecord
    from modelyard_launcher.target import Place

AnyFunction = TypeVar("AnyFunction", bound=Callable[..., Any])


def _where(function: AnyFunction) -> AnyFunction:
    """`--env` and `--target`: given to the command as `environment` and `target_file`."""
    environment = click.option(
        "--env",
        "environment",
        metavar="ENV",
        shell_complete=complete_environments,
        help="Environment, by its name or its file. Without it, the project's only one.",
    )
    target = click.option(
        "--target",
        "target_file",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Launch target (modelyard.target/1) from a file, in place of the environment's own.",
    )
    return environment(target(function))


_backend_option = click.option("--backend", default="local", show_default=True, help="Where the job runs.")
_job_argument = click.argument("job_file", metavar="JOB", type=click.Path(path_type=Path))
_run_argument = click.argument("run_id", metavar="RUN")


@click.group(
    "job",
    cls=OrderedGroup,
    epilog=example("modelyard job submit workloads/cnn/job.yaml --env dev"),
    short_help="Training jobs: plan, submit, list, status, logs, cancel",
)
def command() -> None:
    """Training jobs: plan, submit, list, status, logs, cancel."""


@command.command(
    "plan",
    epilog=example("modelyard job plan workloads/cnn/job.yaml --env dev"),
    short_help="What submitting a job would mean, before it is",
)
@_job_argument
@_where
@_backend_option
@format_option("text", "json")
def plan_command(
    job_file: Path, environment: str | None, target_file: Path | None, backend: str, output_format: str
) -> None:
    """Print what submitting JOB would mean: pool, nodes, each rank's environment, cost, what can fail.

    Nothing is submitted. Without a running environment the plan is made from its YAML, and says so.
    """
    from modelyard_launcher.backends import open_backend
    from modelyard_launcher.load import load_job
    from modelyard_launcher.plan_text import plan_text
    from modelyard_launcher.target import resolve_target_for_plan

    loaded = load_job(job_file)
    place = _find_place(environment, target_file)
    plan = open_backend(backend, _context(place)).plan(loaded, resolve_target_for_plan(place))
    if output_format == "json":
        emit_json(plan.as_dict())
    else:
        click.echo(plan_text(plan))


@command.command(
    "submit",
    epilog=example("modelyard job submit workloads/cnn/job.yaml --env dev"),
    short_help="Run a job and see it through, or leave it in the background",
)
@_job_argument
@_where
@_backend_option
@click.option(
    "--detach", is_flag=True, help="Go on in the background; see it by `job status` and `job logs`."
)
@format_option("text", "json")
def submit_command(
    job_file: Path,
    environment: str | None,
    target_file: Path | None,
    backend: str,
    detach: bool,
    output_format: str,
) -> int:
    """Run JOB and see it through: its lines come with the rank in front.

    Ctrl-C ends it cleanly, a second one at once. Leaves with 0 if it succeeded, 1 if it failed or was
    cancelled (the job's own exit code is in the record), 130 after Ctrl-C. With --format json the lines go to
    standard error, and the record at the end to standard output.
    """
    from modelyard_launcher.backends import open_backend
    from modelyard_launcher.load import load_job
    from modelyard_launcher.records import INTERRUPTED
    from modelyard_launcher.target import resolve_target

    loaded = load_job(job_file)
    place = _find_place(environment, target_file)
    with status(f"asking {place.access.place}"):
        resolved = resolve_target(place)
    chosen = open_backend(backend, _context(place))
    aside = output_format == "json"
    try:
        record = chosen.submit(
            chosen.plan(loaded, resolved),
            detach=detach,
            on_line=lambda rank, line: click.echo(f"[{rank}] {line}", err=aside),
            on_event=lambda text: click.echo(f"modelyard: {text}", err=True),
        )
    except BrokenPipeError:
        # Whoever read the lines has gone, and the run has ended: there is nobody left to tell.
        let_go_of_output()
        return 1
    if output_format == "json":
        emit_json(run_document(chosen, record))
    elif detach:
        click.echo(record.run_id)
    else:
        click.echo(f"modelyard: {run_sentence(chosen, record)}", err=True)
    if detach or record.state == "succeeded":
        return 0
    return 130 if record.reason == INTERRUPTED else 1


@command.command(
    "list",
    epilog=example("modelyard job list --env dev"),
    short_help="The runs of an environment, the newest first",
)
@_where
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="Most runs to list."
)
@format_option("text", "json")
def list_command(environment: str | None, target_file: Path | None, limit: int, output_format: str) -> None:
    """List the runs of an environment, the newest first."""
    context = _find_context(environment, target_file)
    with status("reading the records"):
        records = context.runs.newest(limit)
    documents = [run_document(_backend_of(record, context), record) for record in records]
    if output_format == "json":
        emit_json({"schema": "modelyard.runs/1", "runs": documents})
        return
    if not records:
        click.echo("no run has been submitted yet")
        return
    width = max(len(record.run_id) for record in records)
    click.echo(f"{'RUN':<{width}}  {'STATE':<9}  {'NODES':>5}  {'TRIED':>5}  {'TOOK':>8}  REASON")
    for record, document in zip(records, documents, strict=True):
        click.echo(
            f"{record.run_id:<{width}}  {document['state']:<9}  {record.num_nodes:>5}  "
            f"{len(record.attempts):>5}  {time_taken(record):>8}  {document['reason'] or ''}".rstrip()
        )


@command.command(
    "status",
    epilog=example("modelyard job status digits-cnn-20261123-142501-3f2a --env dev"),
    short_help="How a run stands, and why it ended",
)
@_run_argument
@_where
@format_option("text", "json")
def status_command(
    run_id: str, environment: str | None, target_file: Path | None, output_format: str
) -> None:
    """Show how RUN stands: its attempts, each rank's exit code, and why it ended.

    Leaves with 0 whatever the state is. A run whose supervisor died is shown as lost.
    """
    context = _find_context(environment, target_file)
    record = context.runs.read(run_id)
    backend = _backend_of(record, context)
    if output_format == "json":
        emit_json(run_document(backend, record))
        return
    click.echo(run_sentence(backend, record))
    click.echo(f"  environment  {record.environment}, pool {record.pool}, backend {record.backend}")
    click.echo(f"  submitted    {record.created:%Y-%m-%d %H:%M:%S} UTC")
    for line in attempt_lines(backend, record):
        click.echo(f"  {line}")
    click.echo(f"  everything   {context.checkpoints_uri}/runs/{record.run_id}/")
    for line in last_words(backend, record):
        click.echo(f"  {line}")


@command.command(
    "logs",
    epilog=example("modelyard job logs digits-cnn-20261123-142501-3f2a --env dev --rank 0 --follow"),
    short_help="What the ranks of a run wrote",
)
@_run_argument
@_where
@click.option("--rank", type=click.IntRange(0), help="One rank only, without the rank in front.")
@click.option("--follow", is_flag=True, help="Go on until the run has ended.")
@format_option("text", "json")
def logs_command(
    run_id: str,
    environment: str | None,
    target_file: Path | None,
    rank: int | None,
    follow: bool,
    output_format: str,
) -> None:
    """Print what the ranks of RUN wrote, all attempts in one. As JSON, an object a line."""
    context = _find_context(environment, target_file)
    record = context.runs.read(run_id)
    if rank is not None and rank >= record.num_nodes:
        raise click.BadParameter(f"run {run_id} has ranks 0 to {record.num_nodes - 1}", param_hint="--rank")
    import json

    backend = _backend_of(record, context)
    ranks = range(record.num_nodes) if rank is None else [rank]
    refresh = (lambda: context.runs.read(run_id)) if follow else None
    for number, line in run_lines(backend, record, ranks, refresh):
        if output_format == "json":
            click.echo(json.dumps({"rank": number, "line": line}))
        else:
            click.echo(line if rank is not None else f"[{number}] {line}")


@command.command(
    "cancel",
    epilog=example("modelyard job cancel digits-cnn-20261123-142501-3f2a --env dev"),
    short_help="End a run",
)
@_run_argument
@_where
@format_option("text", "json")
def cancel_command(
    run_id: str, environment: str | None, target_file: Path | None, output_format: str
) -> None:
    """End RUN: its processes are asked to, and killed if they don't. Asked twice, they are killed at once."""
    context = _find_context(environment, target_file)
    record = context.runs.read(run_id)
    backend = _backend_of(record, context)
    if not record.finished:
        with status(f"ending {run_id}"):
            record = backend.cancel(record)
    if output_format == "json":
        emit_json(run_document(backend, record))
    else:
        click.echo(run_sentence(backend, record))


def _context(place: Place) -> LaunchContext:
    from modelyard_launcher.backends import LaunchContext

    return LaunchContext(place.project, place.access, place.checkpoints_uri)


def _find_context(environment: str | None, target_file: Path | None) -> LaunchContext:
    return _context(_find_place(environment, target_file))


def _find_place(environment: str | None, target_file: Path | None) -> Place:
    from modelyard_launcher.target import find_place

    if environment is not None and target_file is not None:
        raise click.UsageError("--env names an environment and --target another: give one of them")
    return find_place(environment, target_file)


def _backend_of(record: RunRecord, context: LaunchContext) -> Backend:
    from modelyard_launcher.backends import open_backend

    return open_backend(record.backend, context)
