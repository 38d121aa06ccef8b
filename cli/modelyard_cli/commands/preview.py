"""`modelyard preview ENV`."""

from __future__ import annotations

import click

from modelyard_cli.common import console, emit_json, environment_argument, example, format_option, status


@click.command(
    "preview",
    epilog=example("modelyard preview dev --format json | jq '.cost.usd'"),
    short_help="The resources, findings and cost of an environment, offline",
)
@environment_argument(accounts=True)
@click.option(
    "--base",
    metavar="FILE",
    help="Say what changes, and what running jobs notice of it, against FILE: what `pulumi stack export` or "
    "`preview --format json` wrote, or the YAML of an environment.",
)
@format_option("text", "json")
def command(environment: str, base: str | None, output_format: str) -> int:
    """Say what an environment would be, offline: resources, findings, cost, energy, recovery.

    ENV is the name of an environment or of an account's stack, or the path of a YAML.
    The program runs in this process: no account, no
    credentials, no Pulumi CLI. Findings don't change the exit code; `modelyard check` answers with one.
    """
    from modelyard_preview.collector import collector_left_out

    with collector_left_out():
        return _preview(environment, base, output_format)


def _preview(environment: str, base: str | None, output_format: str) -> int:
    from modelyard.account.load import load_stack
    from modelyard_preview.account import preview_stack
    from modelyard_preview.changes.base import read_base
    from modelyard_preview.environment import Base
    from modelyard_preview.program import find_program

    with status(f"previewing {environment}"):
        spec, program = load_stack(environment), find_program(environment)
        compared = Base(base, read_base(base, program=program)) if base is not None else None
        preview = preview_stack(spec, program=program, base=compared)
    if output_format == "json":
        emit_json(preview.as_json())
        return 0
    from modelyard_preview.report.text import print_preview

    print_preview(preview, console())
    return 0
