"""`modelyard job plan`: what submitting a job would mean."""

from __future__ import annotations

from pathlib import Path

import click

from modelyard_cli.commands.job.options import (
    backend_option,
    container_options,
    find_launcher,
    job_argument,
    where,
)
from modelyard_cli.common import columns, emit_json, example, format_option


@click.command(
    "plan",
    epilog=example("modelyard job plan workloads/cnn/job.yaml --env dev"),
    short_help="What submitting a job would mean, before it is",
)
@job_argument
@where
@backend_option
@container_options
@format_option("text", "json")
def command(
    job_file: Path,
    environment: str | None,
    target_file: str | None,
    backend: str | None,
    container: bool,
    engine: str | None,
    output_format: str,
) -> None:
    """Print what submitting JOB would mean: pool, nodes, the exact calls, cost, what can fail.

    Nothing is submitted. Without a running environment the plan is made from its YAML, and says so.
    """
    from modelyard_launcher.plan_text import WIDTH, plan_text

    plan = find_launcher(environment, target_file, backend, container=container, engine=engine).plan(job_file)
    if output_format == "json":
        emit_json(plan.as_dict())
    else:
        click.echo(plan_text(plan, columns(WIDTH)))
