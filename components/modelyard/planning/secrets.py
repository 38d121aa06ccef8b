"""References to secrets: what an environment names, and what of that a job asks for."""

from __future__ import annotations

import re
from collections.abc import Iterable

RANDOM = 6
"""Characters that Secrets Manager puts behind a secret's name in its ARN, after a dash (AWS Secrets Manager
User Guide, "Identity-based policies", 2026-11)."""

_BEHIND = rf"-(?:[A-Za-z0-9]{{{RANDOM}}}|\?{{{RANDOM}}})"
_SECRET = rf"arn:aws:secretsmanager:[a-z0-9-]+:[0-9]{{12}}:secret:[A-Za-z0-9/_+=.@-]+{_BEHIND}"
_PARAMETER = r"arn:aws:ssm:[a-z0-9-]+:[0-9]{12}:parameter/[A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)*"

REFERENCE_PATTERN = rf"^(?:{_SECRET}|{_PARAMETER})$"
"""What an environment may name: secrets by their whole ARN or with question marks in place of the random
characters, parameters by their whole ARN."""

REFERENCE_ALLOWED = (
    "the ARN of a secret (arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME-AbCdEf, or NAME-?????? for "
    "whatever six characters) or of a parameter (arn:aws:ssm:REGION:ACCOUNT:parameter/NAME), with no other "
    "wildcard"
)
REFERENCE_MEND = (
    "write the whole ARN, as `aws secretsmanager list-secrets` or `aws ssm describe-parameters` show it"
)

KEY_PATTERN = r"^arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$"
KEY_ALLOWED = "the ARN of a key, as arn:aws:kms:REGION:ACCOUNT:key/ID"
KEY_MEND = "write the key's own ARN, not its alias's: `aws kms describe-key` shows it"


def service_of(arn: str) -> str:
    """The service that an ARN is of: `secretsmanager`, `ssm`, `kms`."""
    return arn.split(":")[2]


def region_of(arn: str) -> str:
    """The region that an ARN is in."""
    return arn.split(":")[3]


def account_of(arn: str) -> str:
    """The account that an ARN belongs to."""
    return arn.split(":")[4]


def in_region(arns: Iterable[str], region: str) -> list[str]:
    """Those of the ARNs that are in one region."""
    return [arn for arn in arns if region_of(arn) == region]


def in_service(arns: Iterable[str], service: str) -> list[str]:
    """Those of the ARNs that are of one service."""
    return [arn for arn in arns if service_of(arn) == service]


def is_named(reference: str, named: Iterable[str]) -> bool:
    """Whether what a job refers to is among what the environment names: a secret by its whole ARN, with or
    without ECS's `:json-key:version-stage:version-id` behind it, or a parameter.
    """
    arn = _without_parts(reference)
    return any(_matches(arn, each) for each in named)


def _without_parts(reference: str) -> str:
    parts = reference.split(":")
    # arn:aws:secretsmanager:region:account:secret:name, then ECS's own parts; a parameter has none.
    return ":".join(parts[:7]) if parts[2:3] == ["secretsmanager"] else reference


def _matches(arn: str, named: str) -> bool:
    marks = "?" * RANDOM
    if not named.endswith(f"-{marks}"):
        return arn == named
    start = named.removesuffix(marks)
    return arn.startswith(start) and re.fullmatch(rf"[A-Za-z0-9]{{{RANDOM}}}", arn[len(start) :]) is not None
