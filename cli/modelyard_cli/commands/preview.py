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
@format_option("text", "json")
def command(environment: str, output_format: str) -> int:
    """Say what an environment would be, offline: resources, findings, cost, energy, recovery.

    ENV is the name of an environment or of an account's stack, or the path of a YAML.
    The program runs in this process: no account, no
    credentials, no Pulumi CLI. Findings don't change the exit code; `modelyard check` answers with one.
    """
    from modelyard_preview.collector import collector_left_out

    with collector_left_out():
        return _preview(environment, output_format)


def _preview(environment: str, output_format: str) -> int:
    from modelyard.account.load import load_stack
    from modelyard_preview.account import preview_stack
    from modelyard_preview.program import find_program

    with status(f"previewing {environment}"):
        preview = preview_stack(load_stack(environment), program=find_program(environment))
    if output_format == "json":
        emit_json(preview.as_json())
        return 0
    from modelyard_preview.report.text import print_preview

    print_preview(preview, console())
    return 0
