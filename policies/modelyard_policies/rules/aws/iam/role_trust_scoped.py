"""Trust policies say who may assume a role: not everyone, not whole accounts, not every token of a provider.

A statement for everyone passes if a condition keeps it to some (aws/narrowing.py). One for an account's root
is for everyone in the account whom its administrators let, one's own account or another's: it passes with an
external id, a condition on the caller's ARN, id, name, tags or source identity, or with multi-factor
authentication. What tokens of GitHub, GitLab, EKS and others have to be pinned to is in aws/web_identity.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from modelyard_policies.aws.narrowing import accounts_kept_to
from modelyard_policies.aws.types import ROLE
from modelyard_policies.aws.web_identity import issuers_of, unpinned
from modelyard_policies.reading import (
    Failure,
    GraphView,
    Resource,
    Statement,
    all_of,
    any_of,
    each,
    some,
    statements,
)
from modelyard_policies.rule import Rule, Severity

RULE = Rule(
    id="role-trust-scoped",
    code="IA4",
    title="Trust policies name who may assume a role, and pin the tokens that they take",
    severity=Severity.HIGH,
    resources=(ROLE,),
    why=(
        "Who may assume a role has all that it may do: with a trust policy that is open, anybody with an AWS "
        "account, or any repository with a workflow, is in."
    ),
    mend=(
        "Name roles or services as Principal; ask an account for sts:ExternalId or aws:PrincipalArn, and a "
        "token for its sub, with repository and branch, or for its aud where that says whose it is."
    ),
    snippet="""\
issuer = "token.actions.githubusercontent.com"
aws.iam.Role(
    "deploy",
    assume_role_policy=json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Federated": f"arn:aws:iam::111122223333:oidc-provider/{issuer}"},
                    "Action": "sts:AssumeRoleWithWebIdentity",
                    "Condition": {
                        "StringEquals": {
                            f"{issuer}:aud": "sts.amazonaws.com",
                            f"{issuer}:sub": "repo:acme/training:ref:refs/heads/main",
                        }
                    },
                }
            ],
        }
    ),
)
""",
    maps_to={"checkov": ["CKV_AWS_60", "CKV_AWS_61", "CKV_AWS_393"]},
)

ASSUMING: Final = ("sts:AssumeRole", "sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML")
"""What lets somebody in: tags and identities of a session only go with it."""

ACCOUNT: Final = re.compile(r"(\d{12})|arn:[^:]+:iam::(\d{12}):root")
"""An account as principal, by its id or its root."""

CALLER: Final = frozenset(
    {
        "aws:principalarn",
        "aws:sourceidentity",
        "aws:userid",
        "aws:username",
        "sts:externalid",
        "sts:sourceidentity",
    }
)
"""Condition keys that tell callers of one account apart, in lower case; tags of the caller do as well."""


@RULE.check
def only_some_may_assume(role: Resource, graph: GraphView) -> Iterator[Failure]:
    """Judge each statement that allows something."""
    yield from each(statements(role.document("assumeRolePolicy")), _is_scoped)


def _is_scoped(statement: Statement) -> Iterator[Failure]:
    if all_of(lambda: statement.allows, lambda: some(ASSUMING, statement.covers_action)):
        checks = (_names_somebody, _asks_whole_accounts, _pins_tokens)
        yield from each(checks, lambda check: check(statement))


def _names_somebody(statement: Statement) -> Iterator[Failure]:
    is_open = all_of(
        lambda: any_of(
            lambda: statement.block.has("NotPrincipal"),
            lambda: some(statement.principals(), lambda principal: principal == "*"),
        ),
        lambda: not some(accounts_kept_to(statement), lambda _: True),
    )
    if is_open:
        yield statement.block.failure("Principal", "lets everyone assume the role")


def _asks_whole_accounts(statement: Statement) -> Iterator[Failure]:
    principals = statement.block.block("Principal").strings("AWS")
    accounts = (found[1] or found[2] for found in map(ACCOUNT.fullmatch, principals) if found)

    def is_asked(account: str) -> Iterator[Failure]:
        if not any_of(
            lambda: statement.is_kept_to(_tells_callers_apart, _is_no_whole_path),
            lambda: some(statement.conditions(), _is_second_factor),
        ):
            yield statement.block.failure("Principal", f"lets all of account {account} assume the role")

    yield from each(accounts, is_asked)


def _pins_tokens(statement: Statement) -> Iterator[Failure]:
    yield from each(
        issuers_of(statement),
        lambda issuer: (statement.block.failure("Condition", text) for text in unpinned(statement, issuer)),
    )


def _tells_callers_apart(key: str) -> bool:
    return key in CALLER or key.startswith("aws:principaltag/")


def _is_no_whole_path(value: str) -> bool:
    """All roles of an account are no fewer than the account."""
    return bool(value.rpartition("/")[2].strip("*?"))


def _is_second_factor(condition: tuple[str, str, list[str]]) -> bool:
    operator, key, values = condition
    return (operator, key, values) == ("bool", "aws:multifactorauthpresent", ["true"])
