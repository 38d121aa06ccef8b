"""What can be wrong with the secrets that jobs may be given, and with their keys."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from modelyard.errors import Problem
from modelyard.planning.secrets import (
    KEY_ALLOWED,
    KEY_MEND,
    KEY_PATTERN,
    REFERENCE_ALLOWED,
    REFERENCE_MEND,
    REFERENCE_PATTERN,
    account_of,
    is_named,
    region_of,
)
from modelyard.validation.values import given_text, listed


def secret_problems(
    field: str, arns: Mapping[int, str], account_id: str, regions: Sequence[str]
) -> Iterator[Problem]:
    """Every problem of the secrets and parameters in a list, by their places in it: what names none, what is
    another account's or elsewhere than in these regions, and what is named twice.
    """
    named: list[str] = []
    for place, arn in arns.items():
        at = f"{field}[{place}]"
        if not re.fullmatch(REFERENCE_PATTERN, arn):
            message = "this names no secret of Secrets Manager and no parameter of Systems Manager"
            yield Problem(at, given_text(arn), message, REFERENCE_ALLOWED, REFERENCE_MEND)
        elif account_of(arn) != account_id:
            yield _of_another_account(at, arn, account_id, "secret or parameter")
        elif region_of(arn) not in regions:
            yield Problem(
                at,
                given_text(arn),
                f"it is in {region_of(arn)}, and jobs read what is in their own region",
                listed(regions),
                f"replicate the secret into {listed(regions)}, or make the parameter there, and name that",
            )
        elif is_named(arn, named):
            yield _named_already(at, arn)
        named.append(arn)


def key_problems(
    field: str, arns: Mapping[int, str], account_id: str, regions: Sequence[str]
) -> Iterator[Problem]:
    """The same for the keys that they are encrypted with."""
    named: list[str] = []
    for place, arn in arns.items():
        at = f"{field}[{place}]"
        if not re.fullmatch(KEY_PATTERN, arn):
            yield Problem(at, given_text(arn), "this names no key of KMS", KEY_ALLOWED, KEY_MEND)
        elif account_of(arn) != account_id:
            yield _of_another_account(at, arn, account_id, "key")
        elif region_of(arn) not in regions:
            yield Problem(
                at,
                given_text(arn),
                f"it is in {region_of(arn)}, and no secret is read there",
                listed(regions),
                "name the key that the secret is encrypted with in its own region",
            )
        elif arn in named:
            yield _named_already(at, arn)
        named.append(arn)


def _of_another_account(at: str, arn: str, account_id: str, kind: str) -> Problem:
    return Problem(
        at,
        given_text(arn),
        f"it belongs to account {account_of(arn)}, and jobs run in {account_id}",
        f"a {kind} of account {account_id}",
        f"keep a copy of it in {account_id} and name that, or correct the account in the ARN"
        if kind != "key"
        else f"encrypt the copy in {account_id} with a key there and name that",
    )


def _named_already(at: str, arn: str) -> Problem:
    message = "it is named already"
    return Problem(at, given_text(arn), message, "each once", "remove one of the two")
