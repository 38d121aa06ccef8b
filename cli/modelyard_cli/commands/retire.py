"""`modelyard retire ENV`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from modelyard_cli.common import console, emit_json, environment_argument, example, format_option, status

if TYPE_CHECKING:
    from modelyard.environment.aws.spec import AwsEnvironment
    from modelyard_policies.graph import Graph
    from modelyard_preview.retirement import Retirement


@click.command(
    "retire",
    epilog=example("modelyard retire prod"),
    short_help="How to leave an environment, and what stays until when",
)
@environment_argument
@click.option(
    "--offline",
    is_flag=True,
    help="Don't ask the account: the latest that each date can be. On Azure nothing is ever asked.",
)
@format_option("text", "json")
def command(environment: str, output_format: str, *, offline: bool) -> int:
    """Print the way out of an environment. Nothing is done.

    What must be emptied and unprotected, in order; what locks hold, and until when; what remains after the
    last `pulumi destroy`. On AWS the account is asked what buckets, vaults and registries hold, with the
    credentials that the AWS CLI would use; on Azure only the accounts know what is locked, and they answer
    inside the network alone.
    """
    from modelyard.environment.load import load_environment
    from modelyard.environment.only import is_azure
    from modelyard_preview.environment import run_environment
    from modelyard_preview.program import find_program

    spec = load_environment(environment)
    with status(f"planning the way out of {environment}"):
        graph = run_environment(spec, program=find_program(environment)).graph
        if is_azure(spec):
            from modelyard_preview.retirement.azure.plan import plan_azure_retirement

            plan = plan_azure_retirement(graph, spec, datetime.now(UTC))
        else:
            plan = _on_aws(graph, spec, offline=offline)
    if output_format == "json":
        emit_json(plan.as_json())
        return 0
    from modelyard_cli.retirement.text import retirement

    terminal = console()
    for line in retirement(plan):
        terminal.print(line, soft_wrap=True)
    return 0


def _on_aws(graph: Graph, spec: AwsEnvironment, *, offline: bool) -> Retirement:
    from modelyard_preview.retirement import plan_retirement

    now, facts = datetime.now(UTC), None
    if not offline:
        from modelyard_cli.account.session import account_session
        from modelyard_cli.retirement.survey import survey

        session = account_session(spec)
        now = session.now()
        facts = survey(session, graph, now)
    return plan_retirement(graph, spec, now, facts)
