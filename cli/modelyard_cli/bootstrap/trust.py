"""Who may take the deploy role on."""

from __future__ import annotations

import re
from collections.abc import Sequence

from modelyard.errors import SurroundingsError
from modelyard.planning.policies.document import document
from modelyard_cli.account.session import HOME_REGION, CheckedSession
from modelyard_cli.bootstrap.github import ISSUER, subject
from modelyard_cli.bootstrap.naming import Naming
from modelyard_cli.bootstrap.roles import STS_AUDIENCE

PRINCIPAL = re.compile(r"arn:aws:iam::\d{12}:(?:root|(?:role|user)/[\w+=,.@/-]+)")
"""A role, a user, or a whole account; never everybody."""

_ASSUMED = re.compile(r"arn:aws:sts::\d{12}:assumed-role/(?P<role>[^/]+)/.+")
_USER = re.compile(r"arn:aws:(?:iam|sts)::(?P<account>\d{12}):(?P<user>user/.+|root)")


def trust_policy(naming: Naming, principals: Sequence[str], repositories: Sequence[str]) -> str | None:
    """Trust of principals, and of workflows in repositories; None if neither is named."""
    statements: list[dict[str, object]] = []
    if principals:
        statements.append(
            {
                "Sid": "People",
                "Effect": "Allow",
                "Principal": {"AWS": list(principals)},
                "Action": "sts:AssumeRole",
            }
        )
    if repositories:
        statements.append(
            {
                "Sid": "GitHub",
                "Effect": "Allow",
                "Principal": {"Federated": naming.place.iam(f"oidc-provider/{ISSUER}")},
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {
                    "StringEquals": {
                        f"{ISSUER}:aud": STS_AUDIENCE,
                        f"{ISSUER}:sub": [subject(naming.environment, each) for each in repositories],
                    }
                },
            }
        )
    return document(statements) if statements else None


def own_trust(session: CheckedSession) -> str:
    """Trust of who runs this: what a new role gets if nobody is named.

    Raises SurroundingsError for an identity that no trust policy can name.
    """
    assumed, user = _ASSUMED.fullmatch(session.identity_arn), _USER.fullmatch(session.identity_arn)
    if assumed:
        # A role may have a path, which the identity doesn't tell.
        arn = session.client("iam", HOME_REGION).get_role(RoleName=assumed["role"])["Role"]["Arn"]
    elif user:
        arn = f"arn:aws:iam::{user['account']}:{user['user']}"
    else:
        raise SurroundingsError(
            f"{session.identity_arn} is a temporary identity, which the deploy role can't trust",
            "name who may take it on: --principal ARN or --github-repo OWNER/NAME",
        )
    return document(
        [{"Sid": "People", "Effect": "Allow", "Principal": {"AWS": arn}, "Action": "sts:AssumeRole"}]
    )
