"""`modelyard doctor`: what is missing on this machine, and how to mend it."""

from __future__ import annotations

import click

from modelyard_cli.common import emit_json, environment_argument, example, format_option


@click.command(
    "doctor",
    epilog=example("modelyard doctor dev"),
    short_help="What is missing on this machine, and how to mend it",
)
@environment_argument(required=False)
@format_option("text", "json")
def command(environment: str | None, output_format: str) -> int:
    """Say what is missing on this machine, and how to mend it.

    With ENV its file is read and checked as well. Leaves with 3 when something that is needed is missing.
    """
    from modelyard_cli.doctor import examine

    findings = examine()
    missing = [finding for finding in findings if finding.required and not finding.found]
    if output_format == "json":
        _read(environment)
        emit_json(
            {
                "schema": "modelyard.doctor/1",
                "environment": environment,
                "findings": [finding.as_dict() for finding in findings],
                "missing": [finding.name for finding in missing],
            }
        )
        return 3 if missing else 0
    for finding in findings:
        mark = "ok" if finding.found else ("MISSING" if finding.required else "not here")
        click.echo(f"{mark:>8}  {finding.name}: {finding.detail}")
        if not finding.found:
            click.echo(f"          needed for: {finding.needed_for}\n          mend: {finding.mend}")
    _read(environment)
    if environment is not None:
        click.echo(f"{'ok':>8}  environment {environment}: its file is in order")
    return 3 if missing else 0


def _read(environment: str | None) -> None:
    if environment is not None:
        from modelyard.environment.load import load_environment

        load_environment(environment)
