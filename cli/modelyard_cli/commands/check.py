"""`modelyard check`."""

from __future__ import annotations

import click

from modelyard_cli.common import example, status
from modelyard_cli.judging.options import Judging, judging_options
from modelyard_cli.subjects import Choice, choice_of, subject_options


@click.command(
    "check",
    epilog=example("modelyard check dev && pulumi up --stack dev"),
    short_help="The policy verdict on an environment, or on any stack of Pulumi's",
)
@subject_options
@judging_options
def command(
    environment: str | None,
    program: str | None,
    stack: str | None,
    answers: str | None,
    file: str | None,
    judging: Judging,
) -> int:
    """Judge an environment, or any stack, by the policies, offline.

    ENV is the name of an environment or of an account's stack, or the path of a YAML. Any other program is
    named by --program, and what Pulumi wrote of a stack by --file.
    Exit code 0 when nothing fails; 1 when a rule fails or breaks, or a suppression has expired. What can't be
    known before the deployment is shown and counted as unknown, and fails with --fail-on-unknown only.
    """
    from modelyard_preview.collector import collector_left_out

    choice = choice_of(environment, program, stack, answers, file)
    with collector_left_out():
        return _check(choice, judging)


def _check(choice: Choice, judging: Judging) -> int:
    from modelyard_cli.judging.run import judge
    from modelyard_cli.judging.writing import write

    with status(f"checking {choice.shown}"):
        subject, assessment = judge(choice, judging)
    write(subject, assessment, judging)
    return assessment.exit_code
