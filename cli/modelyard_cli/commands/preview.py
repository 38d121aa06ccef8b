"""`modelyard preview`."""

from __future__ import annotations

import click

from modelyard_cli.common import console, emit_json, example, format_option, status
from modelyard_cli.subjects import Choice, choice_of, subject_options


@click.command(
    "preview",
    epilog=example("modelyard preview dev --format json | jq '.cost.usd'"),
    short_help="The resources, findings and cost of an environment, or of any stack, offline",
)
@subject_options
@click.option(
    "--base",
    metavar="FILE",
    help="Say what changes, and what running jobs notice of it, against FILE: what `pulumi stack export` or "
    "`preview --format json` wrote, or the YAML of an environment.",
)
@format_option("text", "json")
def command(
    environment: str | None,
    program: str | None,
    stack: str | None,
    answers: str | None,
    file: str | None,
    base: str | None,
    output_format: str,
) -> int:
    """Say what an environment would be, offline: resources, findings, cost, energy, recovery.

    ENV is the name of an environment or of an account's stack, or the path of a YAML.
    The program runs in this process: no account, no
    credentials, no Pulumi CLI. Any other program is named by --program, and what Pulumi wrote of a stack by
    --file: of these there are resources, findings and what is priced. Findings don't change the exit code;
    `modelyard check` answers with one.
    """
    from modelyard_preview.collector import collector_left_out

    choice = choice_of(environment, program, stack, answers, file)
    with collector_left_out():
        return _preview(choice, base, output_format)


def _preview(choice: Choice, base: str | None, output_format: str) -> int:
    from modelyard_preview.changes.base import read_base
    from modelyard_preview.environment import Base
    from modelyard_preview.stack import preview_subject

    with status(f"previewing {choice.shown}"):
        subject = choice.load()
        compared = (
            Base(base, read_base(base, of_environment=choice.environment)) if base is not None else None
        )
        preview = preview_subject(subject, compared)
    if output_format == "json":
        document = preview.as_json()
        emit_json({"schema": document["schema"], **subject.as_json(), **document})
        return 0
    from modelyard_preview.report.text import print_preview

    print_preview(preview, console(), subject.notes)
    return 0
