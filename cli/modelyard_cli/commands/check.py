"""`modelyard check`."""

from __future__ import annotations

import click

from modelyard_cli.common import console, emit_json, example, format_option, status
from modelyard_cli.subjects import Choice, choice_of, subject_options

SCHEMA = "modelyard.check/1"


@click.command(
    "check",
    epilog=example("modelyard check dev && pulumi up --stack dev"),
    short_help="The policy verdict on an environment, or on any stack of Pulumi's",
)
@subject_options
@format_option("text", "json")
def command(
    environment: str | None,
    program: str | None,
    stack: str | None,
    answers: str | None,
    file: str | None,
    output_format: str,
) -> int:
    """Judge an environment, or any stack, by the policies, offline.

    ENV is the name of an environment or of an account's stack, or the path of a YAML. Any other program is
    named by --program, and what Pulumi wrote of a stack by --file.
    Exit code 0 when nothing fails, 1 when a rule fails or
    breaks. What can't be known before the deployment is shown and counted as unknown, and doesn't fail.
    """
    from modelyard_preview.collector import collector_left_out

    choice = choice_of(environment, program, stack, answers, file)
    with collector_left_out():
        return _check(choice, output_format)


def _check(choice: Choice, output_format: str) -> int:
    from modelyard_policies.engine import evaluate
    from modelyard_policies.registry import all_rules

    with status(f"checking {choice.shown}"):
        subject = choice.load()
        report = evaluate(subject.graph, all_rules())
    if output_format == "json":
        emit_json({"schema": SCHEMA, **subject.as_json(), "ok": report.ok, **report.as_json()})
        return report.exit_code
    from modelyard_preview.report.text import print_verdict

    print_verdict(subject.name, report, subject.graph, console(), subject.notes)
    return report.exit_code
