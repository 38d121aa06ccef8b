"""Conditions that keep a statement for everyone to some.

Which they are is what Amazon S3 calls not public (Amazon S3 User Guide, "Blocking public access to your
Amazon S3 storage: the meaning of public", 2026-11): a fixed account, organization, principal, network or
source. One thing is taken more widely: an ARN or a path is fixed if its account or organization is, whatever
wildcards come after.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator
from typing import Final

from modelyard_policies.aws.accounts import account_of, is_account_id
from modelyard_policies.reading import Statement

_WILD: Final = ("*", "?", "${")
"""What may stand for anything: wildcards, and variables of the request."""

_BROADEST: Final = {4: 8, 6: 32}
"""Shortest prefix of a range of addresses that S3 doesn't call public, by version."""


def accounts_kept_to(statement: Statement) -> Iterator[list[str]]:
    """For each condition that keeps the statement to some, the accounts that it names; an empty list where it
    is something else that is fixed. Nothing if no condition keeps anyone out.
    """
    for operator, key, values in statement.conditions():
        fixed = _FIXED.get(key)
        if fixed is not None and keeps_out(operator) and values and all(map(fixed, values)):
            accounts = map(account_of, values) if key in _OF_ACCOUNTS else ()
            yield [account for account in accounts if is_account_id(account) and account is not None]


def keeps_out(operator: str) -> bool:
    """Whether a request that lacks the condition's key, or has another value, is kept out: negations,
    `IfExists` and `ForAllValues` let it through. The operator is in lower case.
    """
    return operator.removeprefix("foranyvalue:") in _OPERATORS


def _is_fixed(value: str) -> bool:
    return bool(value.strip()) and not any(sign in value for sign in _WILD)


def _begins_fixed(separator: str) -> Callable[[str], bool]:
    return lambda value: _is_fixed(value.partition(separator)[0])


def _is_fixed_arn(value: str) -> bool:
    """Buckets' ARNs have no account: their name has to be fixed."""
    parts = value.split(":", 5)
    if len(parts) != 6:
        return False
    return is_account_id(parts[4]) or (not parts[4] and _is_fixed(parts[5].rpartition("/")[0] or parts[5]))


def _is_narrow_range(value: str) -> bool:
    try:
        network = ipaddress.ip_network(value.strip(), strict=False)
    except ValueError:
        return False
    return network.prefixlen >= _BROADEST[network.version]


_OPERATORS: Final = frozenset(
    {
        "stringequals",
        "stringequalsignorecase",
        "stringlike",
        "arnequals",
        "arnlike",
        "ipaddress",
    },
)

_OF_ACCOUNTS: Final = frozenset(
    {
        "aws:principalaccount",
        "aws:principalarn",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceowner",
        "aws:vpceaccount",
        "kms:calleraccount",
        "s3:dataaccesspointaccount",
        "s3:dataaccesspointarn",
    },
)
"""Keys whose values name accounts."""

_FIXED: Final[dict[str, Callable[[str], bool]]] = {
    **dict.fromkeys(
        (
            "aws:principalaccount",
            "aws:principalorgid",
            "aws:sourceaccount",
            "aws:sourceorgid",
            "aws:sourceowner",
            "aws:sourcevpc",
            "aws:sourcevpce",
            "aws:vpceaccount",
            "aws:vpceorgid",
            "kms:calleraccount",
            "s3:dataaccesspointaccount",
            "s3:x-amz-server-side-encryption-aws-kms-key-id",
        ),
        _is_fixed,
    ),
    **dict.fromkeys(("aws:principalarn", "aws:sourcearn", "s3:dataaccesspointarn"), _is_fixed_arn),
    **dict.fromkeys(("aws:principalorgpaths", "aws:sourceorgpaths", "aws:vpceorgpaths"), _begins_fixed("/")),
    # A role's own id comes before the name of its session.
    "aws:userid": _begins_fixed(":"),
    "aws:sourceip": _is_narrow_range,
}
"""For each key that can keep to some, in lower case, whether a value of it is fixed."""
