"""`modelyard doctor`: what is missing on this machine and in the account, and how to mend it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import click

from modelyard_cli.common import emit_json, environment_argument, example, format_option, status

if TYPE_CHECKING:
    from modelyard_cli.findings import Finding


@click.command(
    "doctor",
    epilog=example("modelyard doctor dev"),
    short_help="What is missing on this machine or in the account, and how to mend it",
)
@environment_argument(required=False)
@format_option("text", "json")
def command(environment: str | None, output_format: str) -> int:
    """Say what is missing on this machine, and how to mend it.

    With ENV its account is looked at as well, with the credentials here, and nothing is changed: who is
    asking, the regions, quotas for the pools' vCPUs, where their types are offered; on AWS machine images,
    reservations and capacity blocks, service-linked roles, the opt-ins of AWS Backup; on Azure resource
    providers, names that what was deleted keeps, network watchers, the budget's first month. Leaves with 3
    when something that is needed is missing.
    """
    from modelyard_cli.doctor import examine

    findings = examine()
    if output_format == "json":
        findings += _of_account(environment)
        emit_json(
            {
                "schema": "modelyard.doctor/1",
                "environment": environment,
                "findings": [finding.as_dict() for finding in findings],
                "missing": [finding.name for finding in findings if finding.missing],
            }
        )
    else:
        _show(findings)
        of_account = list(_of_account(environment))
        if environment is not None:
            click.echo(f"{'ok':>8}  environment {environment}: its file is in order")
        _show(of_account)
        findings += of_account
    return 3 if any(finding.missing for finding in findings) else 0


def _of_account(environment: str | None) -> Iterator[Finding]:
    """What is found in the account. Raises InputError for a file that isn't in order."""
    if environment is None:
        return
    from modelyard.environment.load import load_environment
    from modelyard.environment.only import is_azure

    spec = load_environment(environment, before_pinning=True)
    if is_azure(spec):
        from modelyard_cli.account.azure.examination import examine_subscription
        from modelyard_cli.account.azure.survey import Loaded

        with status(f"looking at subscription {spec.subscription_id}"):
            yield from examine_subscription(Loaded(spec, environment))
        return
    from modelyard_cli.account.examination import examine_account
    from modelyard_cli.pinning.loading import load_unpinned

    loaded = load_unpinned(environment)
    with status(f"looking at account {loaded.environment.account_id}"):
        yield from examine_account(loaded)


def _show(findings: Iterable[Finding]) -> None:
    for finding in findings:
        mark = "ok" if finding.found else ("MISSING" if finding.required else "not here")
        click.echo(f"{mark:>8}  {finding.name}: {finding.detail}")
        if finding.found:
            continue
        click.echo(f"          needed for: {finding.needed_for}\n          mend: {finding.mend}")
        if finding.field:
            click.echo(f"          field: {finding.field}")
