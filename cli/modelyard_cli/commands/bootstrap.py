"""`modelyard bootstrap aws ENV` and `modelyard bootstrap azure ENV`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

import click

from modelyard_cli.common import (
    OrderedGroup,
    environment_argument,
    example,
    format_option,
    status,
)

if TYPE_CHECKING:
    from modelyard_cli.account.azure.session import Principal


@click.group(
    "bootstrap",
    cls=OrderedGroup,
    epilog=example("modelyard bootstrap aws dev"),
    short_help="What stands in an account or a subscription before the first `pulumi up`",
)
def command() -> None:
    """What stands in an account or a subscription before the first `pulumi up`: state, keys, deploy role."""


def _checked(kind: str) -> Callable[[click.Context, click.Parameter, Sequence[str]], tuple[str, ...]]:
    """Refuse what no trust policy should hold."""

    def check(_: click.Context, param: click.Parameter, values: Sequence[str]) -> tuple[str, ...]:
        from modelyard_cli.bootstrap.github import REPOSITORY
        from modelyard_cli.bootstrap.trust import PRINCIPAL

        pattern: re.Pattern[str] = {"principal": PRINCIPAL, "repository": REPOSITORY}[kind]
        allowed = {
            "principal": "the ARN of a role, a user or an account's root, as "
            "arn:aws:iam::123456789012:role/ci",
            "repository": "OWNER/NAME or OWNER/NAME:ENVIRONMENT, without wildcards",
        }[kind]
        for value in values:
            if not pattern.fullmatch(value):
                raise click.BadParameter(f"{value!r} isn't {allowed}", param=param)
        return tuple(dict.fromkeys(values))

    return check


def _on_azure(kind: str) -> Callable[[click.Context, click.Parameter, Sequence[str]], tuple[object, ...]]:
    """Read an option of Azure's; its module is read when there is something to read."""

    def read(context: click.Context, param: click.Parameter, values: Sequence[str]) -> tuple[object, ...]:
        if not values:
            return ()
        from modelyard_cli.bootstrap.azure import options

        readers = {"principal": options.principals, "address": options.addresses}
        return readers[kind](context, param, values)

    return read


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
    from modelyard.environment.only import aws_only
    from modelyard_cli.account.session import account_session
    from modelyard_cli.bootstrap.naming import Naming
    from modelyard_cli.bootstrap.offering import Consent, Offer
    from modelyard_cli.bootstrap.plan import Trusted, carry_out, make_plan
    from modelyard_cli.bootstrap.text import next_lines, plan_lines

    consent = Consent(apply_it=apply_it, yes=yes, as_json=output_format == "json")
    consent.check()
    loaded = aws_only(load_stack(environment), "`modelyard bootstrap aws`")
    if (principals or repositories) and not Naming.of(loaded).has_deployer:
        raise click.UsageError(f"{loaded.name} gets no deploy role: nobody is to be named for it")
    with status(f"looking at account {loaded.account_id}"):
        session = account_session(loaded)
        plan = make_plan(loaded, session, Trusted(principals, repositories))
    offer = Offer(
        plan,
        partial(carry_out, plan),
        where=f"account {loaded.account_id}",
        command=f"modelyard bootstrap aws {environment}",
        plan_lines=partial(plan_lines, plan),
        next_lines=partial(next_lines, plan),
    )
    return offer.make(consent)


@command.command(
    "azure",
    epilog=example("modelyard bootstrap azure azure-dev --github-repo our-org/our-repo --apply"),
    short_help="State, keys, deploy identity with its roles, resource providers",
)
@environment_argument
@click.option("--apply", "apply_it", is_flag=True, help="Do it, after asking. Without it nothing is changed.")
@click.option("--yes", is_flag=True, help="Don't ask.")
@click.option(
    "--principal",
    "principals",
    metavar="[KIND:]OBJECT_ID",
    multiple=True,
    callback=_on_azure("principal"),
    help="Who else runs `pulumi up`: a user, a group or a service_principal (unset: the last) of the "
    "tenant. May be repeated.",
)
@click.option(
    "--github-repo",
    "repositories",
    metavar="OWNER/NAME[:ENVIRONMENT]",
    multiple=True,
    callback=_checked("repository"),
    help="Workflows that do: of this repository, in this environment of it (unset: ENV's name), written as "
    "in the subjects that GitHub shows in its OIDC settings. They get an identity. May be repeated.",
)
@click.option(
    "--allow-address",
    "addresses",
    metavar="ADDRESS",
    multiple=True,
    callback=_on_azure("address"),
    help="A public address or range that reaches the state and its keys. May be repeated.",
)
@click.option(
    "--public-network",
    "anywhere",
    is_flag=True,
    help="Let requests from anywhere reach them: runners on GitHub have changing addresses.",
)
@click.option(
    "--state-key",
    "key",
    type=click.Choice(["customer", "microsoft"]),
    help="Whose key encrypts the state's account (unset: as it is; a new one's, customer).",
)
@format_option("text", "json")
def azure_command(
    environment: str,
    principals: tuple[Principal, ...],
    repositories: tuple[str, ...],
    addresses: tuple[str, ...],
    key: str | None,
    output_format: str,
    *,
    anywhere: bool,
    apply_it: bool,
    yes: bool,
) -> int:
    """Say what is missing in the subscription of ENV for a first `pulumi up`, and with --apply, make it.

    Nothing is ever deleted; a second run finds nothing to do, and one after a failure goes on. What isn't
    named stays as it is: who may run `pulumi up`, from where the state is reached, whose key encrypts it.
    What is new is closed, with a key of yours, and for whoever runs this. Exit code 1 if you decline.
    """
    from modelyard.environment.load import load_environment
    from modelyard.environment.only import azure_only
    from modelyard_cli.account.azure.session import open_session
    from modelyard_cli.bootstrap.azure.plan import Choices, carry_out, make_plan
    from modelyard_cli.bootstrap.azure.reach import Reach
    from modelyard_cli.bootstrap.azure.text import next_lines, plan_lines
    from modelyard_cli.bootstrap.offering import Consent, Offer

    consent = Consent(apply_it=apply_it, yes=yes, as_json=output_format == "json")
    consent.check()
    if anywhere and addresses:
        raise click.UsageError("--public-network lets all addresses in: name no --allow-address beside it")
    loaded = azure_only(load_environment(environment, before_pinning=True), "`modelyard bootstrap azure`")
    with status(f"looking at subscription {loaded.subscription_id}"):
        session = open_session(loaded)
        plan = make_plan(loaded, session, Choices(principals, repositories, Reach(addresses, anywhere), key))
    offer = Offer(
        plan,
        partial(carry_out, plan),
        where=f"subscription {loaded.subscription_id}",
        command=f"modelyard bootstrap azure {environment}",
        plan_lines=partial(plan_lines, plan),
        next_lines=partial(next_lines, plan),
    )
    return offer.make(consent)
