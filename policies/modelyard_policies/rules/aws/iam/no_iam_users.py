"""Nobody signs in as an IAM user: people come by IAM Identity Center, machines by roles.

Judged are users, what they sign in with (passwords, access keys, certificates, credentials for single
services), and policies that are given to them. A key that is inactive lets nobody in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

from modelyard_policies.aws.types import (
    IAM_ACCESS_KEY,
    IAM_POLICY_ATTACHMENT,
    IAM_SERVICE_CREDENTIAL,
    IAM_SIGNING_CERTIFICATE,
    IAM_SSH_KEY,
    IAM_USER,
    IAM_USER_LOGIN,
    USER_POLICY,
    USER_POLICY_ATTACHMENT,
    USER_POLICY_ATTACHMENTS,
)
from modelyard_policies.options import Options, option, words
from modelyard_policies.reading import Failure, GraphView, Resource, matches, some
from modelyard_policies.rule import Rule, Severity

FAULTS: Final = {
    IAM_USER: ("name", "is a user, whose credentials don't expire"),
    IAM_ACCESS_KEY: ("user", "is a key that doesn't expire, and whose secret is in the stack's state"),
    IAM_SERVICE_CREDENTIAL: ("userName", "is a credential of a user, whose secret is in the stack's state"),
    IAM_SIGNING_CERTIFICATE: ("userName", "is a certificate by which a user signs requests"),
    IAM_SSH_KEY: ("username", "is a key of a user"),
    IAM_USER_LOGIN: ("user", "is a password of a user"),
    USER_POLICY: ("user", "gives a policy to a user"),
    USER_POLICY_ATTACHMENT: ("user", "gives a policy to a user"),
    USER_POLICY_ATTACHMENTS: ("userName", "gives policies to a user"),
    IAM_POLICY_ATTACHMENT: ("users", "gives a policy to a user"),
}
"""Where each names its user, and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class AllowedUsers(Options):
    """Users that there may be."""

    rule: ClassVar[str] = "no-iam-users"
    allowed: tuple[str, ...] = option(
        words(),
        (),
        "Names of users that there may be all the same; * stands for any part, as in break-glass-*",
    )


RULE = Rule(
    id="no-iam-users",
    code="IA5",
    title="Nobody signs in as an IAM user",
    severity=Severity.HIGH,
    resources=tuple(FAULTS),
    options=AllowedUsers,
    why="Keys and passwords that don't expire are what is leaked, and what still works a year later.",
    mend=(
        "Give people permission sets of IAM Identity Center, and machines roles: by their instance, their "
        "pod, or the tokens of their pipeline."
    ),
    snippet="""\
policy = aws.iam.Policy(
    "read-datasets",
    policy=json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Action": "s3:GetObject",
                    "Resource": "arn:aws:s3:::acme-datasets/*",
                }
            ],
        }
    ),
)
aws.iam.PolicyAttachment("read-datasets", policy_arn=policy.arn, roles=[role.name])
""",
    maps_to={
        "checkov": ["CKV_AWS_273", "CKV_AWS_40"],
        "security_hub": ["IAM.2"],
        "cis_aws": ["1.14", "1.20"],
    },
)


@RULE.check
def nobody_is_a_user(resource: Resource, graph: GraphView) -> Iterator[Failure]:
    """A user without a name of its own goes by the one in the program."""
    if resource.text("status").lower() == "inactive":
        return
    key, text = FAULTS[resource.type]
    allowed = graph.options(AllowedUsers).allowed

    def is_refused(user: str) -> bool:
        return not any(matches(pattern, user) for pattern in allowed)

    if resource.type == IAM_POLICY_ATTACHMENT:
        if some(resource.strings(key), is_refused):
            yield resource.failure(key, text)
    elif not allowed or is_refused(resource.text(key) or resource.name):
        yield resource.failure("", text)
