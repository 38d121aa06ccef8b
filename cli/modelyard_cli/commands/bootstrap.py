"""`modelyard bootstrap aws ENV`."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence

import click

from modelyard_cli.common import (
    OrderedGroup,
    emit_json,
    environment_argument,
    example,
    format_option,
    status,
)


@click.group(
    "bootstrap",
    cls=OrderedGroup,
    epilog=example("modelyard bootstrap aws dev"),
    short_help="What stands in an account before the first `pulumi up`",
)
def command() -> None:
    """What stands in an account before the first `pulumi up`: state, key, deploy role, opt-ins."""


def _checked(kind: str) -> Callable[[click.Context, click.Parameter, Sequence[str]], tuple[str, ...]]:
    """Refuse what no trust policy should hold."""

    def check(_: click.Context, param: click.Parameter, values: Sequence[str]) -> tuple[str, ...]:
        from modelyard_cli.bootstrap.trust import GITHUB, PRINCIPAL

        pattern: re.Pattern[str] = {"principal": PRINCIPAL, "repository": GITHUB}[kind]
        allowed = {
            "principal": "the ARN of a role, a user or an account's root, as "
            "arn:aws:iam::123456789012:role/ci",
            "repository": "OWNER/NAME or OWNER/NAME:ENVIRONMENT, without wildcards",
        }[kind]
        for value in values:
            if not pattern.fullmatch(value):
                raise click.BadParameter(f"{value!r} isn't {allowed}", param=param)
        return tuple(values)

    return check


def _agreed(question: str) -> bool:
    try:
        return click.confirm(question)
    except click.Abort:
        if sys.stdin.isatty():
            raise
        message = "--apply asks before it begins, and nobody can answer here: say --yes as well"
        raise click.UsageError(message) from None


@command.command(
    "aws",
    epilog=example("modelyard bootstrap aws dev --github-repo our-org/our-repo --apply"),
    short_help="State bucket, key, deploy role, service-linked roles, opt-ins of AWS Backup",
)
@environment_argument(accounts=True)
@click.option("--apply", "apply_it", is_flag=True, help="Do it, after asking. Without it nothing is changed.")
@click.option("--yes", is_flag=True, help="Don't ask.")
@click.option(
    "--principal",
    "principals",
    metavar="ARN",
    multiple=True,
    callback=_checked("principal"),
    help="Who may take the deploy role on. May be repeated.",
)
@click.option(
    "--github-repo",
    "repositories",
    metavar="OWNER/NAME[:ENVIRONMENT]",
    multiple=True,
    callback=_checked("repository"),
    help="Workflows that may: of this repository, in this environment of it (unset: ENV's name), written as "
    "in the subjects that GitHub shows in its OIDC settings. May be repeated.",
)
@format_option("text", "json")
def aws_command(
    environment: str,
    principals: tuple[str, ...],
    repositories: tuple[str, ...],
    output_format: str,
    *,
    apply_it: bool,
    yes: bool,
) -> int:
    """Say what is missing in the account of ENV for a first `pulumi up`, and with --apply, make it.

    ENV is an environment, or the stack `account`, which gets a place for its state alone: people bring it up.

    Nothing is ever deleted; a second run finds nothing to do, and one after a failure goes on. If neither
    --principal nor --github-repo is given, who may take the deploy role on stays as it is; a new role can be
    taken on by whoever runs this. Exit code 1 if you decline.
    """
    from modelyard.account.load import load_stack
    from modelyard_cli.account.session import account_session
    from modelyard_cli.bootstrap.naming import Naming
    from modelyard_cli.bootstrap.plan import Trusted, carry_out, make_plan
    from modelyard_cli.bootstrap.text import done_line, next_lines, outcome_line, plan_lines

    as_json = output_format == "json"
    if as_json and apply_it and not yes:
        raise click.UsageError("--apply asks before it begins: with --format json, say --yes as well")
    loaded = load_stack(environment)
    if (principals or repositories) and not Naming.of(loaded).has_deployer:
        raise click.UsageError(f"{loaded.name} gets no deploy role: nobody is to be named for it")
    with status(f"looking at account {loaded.account_id}"):
        session = account_session(loaded)
        plan = make_plan(loaded, session, Trusted(principals, repositories))
    if as_json:
        if apply_it:
            carry_out(plan, lambda _: None)
        emit_json(plan.as_json())
        return 0
    for line in (*plan_lines(plan), "", outcome_line(plan)):
        click.echo(line)
    if plan.to_do and apply_it:
        if not yes and not _agreed(f"do this in account {loaded.account_id}?"):
            click.echo("nothing was changed")
            return 1
        carry_out(plan, lambda step: click.echo(done_line(step)))
    elif plan.to_do:
        click.echo(f"nothing was changed: to do it, `modelyard bootstrap aws {environment} --apply`")
    for line in next_lines(plan):
        click.echo(line)
    return 0
