"""`modelyard gate check|comment`: both halves of the pull-request gate."""

from __future__ import annotations

import os
from pathlib import Path

import click

from modelyard_cli.common import OrderedGroup, emit_json, example, format_option


@click.group(
    "gate",
    cls=OrderedGroup,
    epilog=example("modelyard gate check dev prod --base ../base --output report"),
    short_help="Pull requests: check one beside its base, comment on it",
)
def command() -> None:
    """The pull-request gate, in two jobs.

    `check` runs in a job that has nothing to lose, for it runs the pull request's own programs. `comment`
    runs in one that may write comments, and reads what the first one left as data. Both are GitHub actions:
    docs/how-to/check-pull-requests.md.
    """


@command.command(
    "check",
    epilog=example("modelyard gate check dev program:infra@prod --base ../base --output report"),
    short_help="Judge stacks beside those of the base, and write all reports",
)
@click.argument("stacks", metavar="STACK...", nargs=-1, required=True)
@click.option(
    "--base",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    required=True,
    help="Where the base branch is checked out. Suppressions and configuration are read from there.",
)
@click.option(
    "--output",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Where the reports go: report.json, comment.md, summary.md; JSON, SARIF and JUnit of each stack.",
)
@click.option(
    "--fail-on",
    type=click.Choice(["all", "new"]),
    default="all",
    show_default=True,
    help="Which findings make the answer no.",
)
@click.option("--fail-on-unknown", is_flag=True, help="What can't be judged yet makes it no as well.")
@click.option(
    "--answers",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="What only a cloud could tell, for programs; a path within the project.",
)
@click.option(
    "--today", metavar="DAY", help="Judge suppressions as on that day, as 2026-12-31; without it as today."
)
@format_option("text", "json")
def check(
    stacks: tuple[str, ...],
    base: Path,
    output: Path,
    fail_on: str,
    fail_on_unknown: bool,
    answers: Path | None,
    today: str | None,
    output_format: str,
) -> int:
    """Judge each STACK of the working directory beside the same one under --base.

    STACK is the name of an environment, `program:DIR` or `program:DIR@STACK`. Exit code 0 when the answer is
    yes for all, 1 when it is no for one, 2 or 3 when one can't be judged.
    """
    from modelyard_cli.gate.checking import Gate, check
    from modelyard_cli.gate.stacks import gated_stacks

    gated = gated_stacks(stacks, answers)
    options = (*(["--fail-on-unknown"] if fail_on_unknown else ()), *(["--today", today] if today else ()))
    gate = Gate(
        Path.cwd(), base.resolve(), output.resolve(), fail_on == "new", output_format == "text", options
    )
    code, document = check(gated, gate)
    if output_format == "json":
        emit_json(document)
    return code


@command.command(
    "comment",
    epilog=example("GITHUB_TOKEN=… modelyard gate comment --event event.json"),
    short_help="Write the report of a run that has ended on its pull request",
)
@click.option(
    "--event",
    metavar="FILE",
    envvar="GITHUB_EVENT_PATH",
    show_envvar=True,
    type=click.Path(path_type=Path),
    required=True,
    help="The event of the workflow_run.",
)
@click.option(
    "--api",
    metavar="URL",
    envvar="GITHUB_API_URL",
    show_envvar=True,
    default="https://api.github.com",
    help="GitHub's API.",
)
@click.option(
    "--author",
    metavar="LOGIN",
    default="github-actions[bot]",
    show_default=True,
    help="Who comments with this token: only comments of theirs are written anew.",
)
@format_option("text", "json")
def comment(event: Path, api: str, author: str, output_format: str) -> int:
    """Write the report that a run left as the one comment on its pull request, in place of the one before.

    Needs GITHUB_TOKEN with the permissions actions read and pull-requests write. The pull request's code is
    neither checked out nor run. Exit code 0 when there is nothing left to do, 3 when GitHub refuses.
    """
    from modelyard.errors import SurroundingsError
    from modelyard_cli.gate.event import read_event
    from modelyard_cli.gate.github import GitHub
    from modelyard_cli.gate.posting import Posted, post
    from modelyard_cli.gate.rendering import MARKER, body

    run = read_event(event)
    if run is None:
        posted = Posted("skipped", None, "no pull request started the run, or its fork is gone")
    else:
        token = os.environ.get("GITHUB_TOKEN")
        if not token:
            raise SurroundingsError(
                "there is no GITHUB_TOKEN", "give the job GITHUB_TOKEN: ${{ github.token }}"
            )
        with GitHub(run.repository, token, api=api, author=author) as github:
            posted = post(run, github, MARKER, body)
    if output_format == "json":
        emit_json(
            {"schema": "modelyard.posted/1", "done": posted.done, "pull": posted.number, "why": posted.why}
        )
    else:
        where = f" on pull request {posted.number}" if posted.number else ""
        click.echo(f"comment {posted.done}{where}" + (f": {posted.why}" if posted.why else ""))
    return 0
