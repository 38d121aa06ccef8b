"""`modelyard check ENV`."""

from __future__ import annotations

import click

from modelyard_cli.common import console, emit_json, environment_argument, example, format_option, status

SCHEMA = "modelyard.check/1"


@click.command(
    "check",
    epilog=example("modelyard check dev && pulumi up --stack dev"),
    short_help="The policy verdict on an environment",
)
@environment_argument(accounts=True)
@format_option("text", "json")
def command(environment: str, output_format: str) -> int:
    """Judge an environment by the policies, offline.

    ENV is the name of an environment or of an account's stack, or the path of a YAML.
    Exit code 0 when nothing fails, 1 when a rule fails or
    breaks. What can't be known before the deployment is shown and counted as unknown, and doesn't fail.
    """
    from modelyard_preview.collector import collector_left_out

    with collector_left_out():
        return _check(environment, output_format)


def _check(environment: str, output_format: str) -> int:
    from modelyard.account.load import load_stack
    from modelyard_policies.engine import evaluate
    from modelyard_policies.registry import all_rules
    from modelyard_preview.account import naming
    from modelyard_preview.environment import run_environment
    from modelyard_preview.program import find_program

    with status(f"checking {environment}"):
        loaded = load_stack(environment)
        graph = run_environment(loaded, program=find_program(environment)).graph
        report = evaluate(graph, all_rules())
    if output_format == "json":
        head = {"schema": SCHEMA, **naming(loaded), "cloud": loaded.cloud, "ok": report.ok}
        emit_json({**head, **report.as_json()})
        return report.exit_code
    from modelyard_preview.report.text import print_verdict

    print_verdict(loaded.name, report, graph, console())
    return report.exit_code
