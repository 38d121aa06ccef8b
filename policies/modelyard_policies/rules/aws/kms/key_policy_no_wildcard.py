"""No key's policy lets everyone in.

A statement for everyone passes if a condition keeps it to accounts, an organization or principals, as AWS's
own key policies do with kms:CallerAccount. A key without a policy has KMS's default one, which names its
account only (AWS KMS Developer Guide, "Default key policy", 2026-11): checkov's CKV2_AWS_64 wants one written
all the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from modelyard_policies.aws.types import KMS_KEY_POLICY, KMS_OWN_KEYS
from modelyard_policies.reading import (
    Failure,
    GraphView,
    Resource,
    Statement,
    all_of,
    any_of,
    each,
    statements,
)
from modelyard_policies.rule import Rule, Severity

RULE = Rule(
    id="key-policy-no-wildcard",
    code="EN2",
    title="Key policies don't let everyone in",
    severity=Severity.CRITICAL,
    resources=(*KMS_OWN_KEYS, KMS_KEY_POLICY),
    why="Anyone in any AWS account could decrypt what the key protects, or lock its owner out of it.",
    mend=(
        "Name accounts or roles as Principal, or keep Principal * to them by a condition such as "
        '{"StringEquals": {"kms:CallerAccount": "ACCOUNT"}}.'
    ),
    maps_to={"checkov": ["CKV_AWS_33", "CKV2_AWS_64"], "security_hub": ["KMS.5"]},
)

KEEPING_OUT: Final = frozenset(
    {
        "kms:calleraccount",
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "aws:userid",
    }
)
"""Condition keys that say who or whose, in lower case."""

OPERATORS: Final = frozenset(
    f"{scope}{name}"
    for scope in ("", "foranyvalue:")
    for name in ("stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike")
)
"""Operators under which a key that is absent keeps out as well, unlike IfExists and ForAllValues."""


@RULE.check
def nobody_is_everyone(key: Resource, graph: GraphView) -> Iterator[Failure]:  # noqa: ARG001
    """Judge each statement that allows something."""
    yield from each(statements(key.document("policy")), _names_somebody)


def _names_somebody(statement: Statement) -> Iterator[Failure]:
    is_open = all_of(
        lambda: statement.allows,
        lambda: any_of(
            lambda: statement.block.has("NotPrincipal"), lambda: "*" in list(statement.principals())
        ),
        lambda: not _is_kept_to_some(statement),
    )
    if is_open:
        yield statement.block.failure("Principal", "is for everyone")


def _is_kept_to_some(statement: Statement) -> bool:
    return any(
        operator in OPERATORS and key in KEEPING_OUT and values and not any(map(_is_anyone, values))
        for operator, key, values in statement.conditions()
    )


def _is_anyone(value: str) -> bool:
    return not value.strip("*")
