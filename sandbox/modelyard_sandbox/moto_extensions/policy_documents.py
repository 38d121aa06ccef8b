"""What a resource's own policy (of a bucket, a key, a vault) says about a request, conditions included.

A statement holds if its principal, action, resource and all its conditions do. A condition on a key that the
sandbox can't know (an organisation, a source network) counts as a key that the request doesn't have. Whoever
calls the sandbox is the account itself, so a denial that names somebody else of the account denies nothing
here, while an allowance for somebody of the account is one for somebody who could call. Sources: IAM user
guide, policy elements, condition operators and policy evaluation; 2026-11.
"""

from __future__ import annotations

import json
import operator
from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

Operator = Callable[[str, str], bool]


def _number(compare: Callable[[float, float], bool]) -> Operator:
    return lambda value, wanted: compare(float(value), float(wanted))


OPERATORS: dict[str, tuple[Operator, bool]] = {
    "ArnEquals": (fnmatchcase, False),
    "ArnLike": (fnmatchcase, False),
    "ArnNotEquals": (fnmatchcase, True),
    "ArnNotLike": (fnmatchcase, True),
    "Bool": (lambda value, wanted: value.lower() == wanted.lower(), False),
    "NumericEquals": (_number(operator.eq), False),
    "NumericGreaterThan": (_number(operator.gt), False),
    "NumericGreaterThanEquals": (_number(operator.ge), False),
    "NumericLessThan": (_number(operator.lt), False),
    "NumericLessThanEquals": (_number(operator.le), False),
    "NumericNotEquals": (_number(operator.eq), True),
    "StringEquals": (operator.eq, False),
    "StringEqualsIgnoreCase": (lambda value, wanted: value.lower() == wanted.lower(), False),
    "StringLike": (fnmatchcase, False),
    "StringNotEquals": (operator.eq, True),
    "StringNotEqualsIgnoreCase": (lambda value, wanted: value.lower() == wanted.lower(), True),
    "StringNotLike": (fnmatchcase, True),
}
"""How one value is compared with one that is wanted, and whether none of them may match."""


def denies(policy: str, *, account_id: str, action: str, resource: str, context: Mapping[str, str]) -> bool:
    """Whether the policy denies the account an action on a resource, in the context of a request."""
    return any(
        statement.get("Effect") == "Deny" and is_denied_to(statement, account_id)
        for statement in _matching(policy, action, resource, context)
    )


def refusal(
    policy: str, *, partition: str, account_id: str, action: str, resource: str, context: Mapping[str, str]
) -> str | None:
    """How AWS words that the policy denies the account an action; None if it doesn't.

    Args:
        policy: of a key, of a vault.
        partition: of the resource.
        account_id: who calls, as its root.
        action: with the service: `kms:Decrypt`.
        resource: the arn of what the action is on.
        context: what the service adds to what is known of every call.
    """
    caller = root_of(partition, account_id)
    full = {
        "aws:PrincipalAccount": account_id,
        "aws:PrincipalArn": caller,
        "aws:SecureTransport": "true",
        **context,
    }
    if not denies(policy, account_id=account_id, action=action, resource=resource, context=full):
        return None
    return (
        f"User: {caller} is not authorized to perform: {action} on resource: {resource} "
        "with an explicit deny in a resource-based policy"
    )


def root_of(partition: str, account_id: str) -> str:
    """The arn of an account itself."""
    return f"arn:{partition}:iam::{account_id}:root"


def allows(policy: str, *, account_id: str, action: str, resource: str, context: Mapping[str, str]) -> bool:
    """Whether the policy allows it to somebody of the account, and doesn't deny it."""
    if denies(policy, account_id=account_id, action=action, resource=resource, context=context):
        return False
    return any(
        statement.get("Effect") == "Allow"
        and any(name == "*" or account_id in name for name in principals(statement.get("Principal")))
        for statement in _matching(policy, action, resource, context)
    )


def allows_service(
    policy: str, *, service: str, action: str, resource: str, context: Mapping[str, str]
) -> bool:
    """Whether the policy allows it to a service that comes by its own name."""
    return any(
        statement.get("Effect") == "Allow"
        and isinstance(statement.get("Principal"), dict)
        and service in many(statement["Principal"].get("Service"))
        for statement in _matching(policy, action, resource, context)
    )


def is_denied_to(statement: Mapping[str, Any], account_id: str) -> bool:
    """Whether a denial means the account itself; services and other accounts never call here."""
    if "NotPrincipal" in statement:
        return not _names(statement["NotPrincipal"], account_id)
    return _names(statement.get("Principal"), account_id)


def principals(principal: Any) -> list[str]:
    """The accounts, users and roles that a principal names; `*` is everybody."""
    if principal == "*":
        return ["*"]
    return [str(name) for name in many(principal.get("AWS"))] if isinstance(principal, dict) else []


def statements_of(policy: str) -> list[dict[str, Any]]:
    """The statements of a policy.

    Raises ValueError if it isn't a policy document.
    """
    document = json.loads(policy)
    if not isinstance(document, dict) or not all(
        isinstance(statement, dict) for statement in many(document.get("Statement"))
    ):
        raise ValueError("it is no object with statements")
    return many(document.get("Statement"))


def many(value: Any) -> list[Any]:
    """A value that may stand alone where a list may, as a list."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _matching(
    policy: str, action: str, resource: str, context: Mapping[str, str]
) -> Iterator[dict[str, Any]]:
    """The statements about the request, whoever they are for."""
    for statement in statements_of(policy):
        if (
            _is_named(statement, "Action", action)
            and _is_named(statement, "Resource", resource)
            and _holds(statement.get("Condition") or {}, context)
        ):
            yield statement


def _names(principal: Any, account_id: str) -> bool:
    """Whether a principal is the account itself."""
    return any(
        name in ("*", account_id) or (name.endswith(":root") and account_id in name)
        for name in principals(principal)
    )


def _is_named(statement: Mapping[str, Any], element: str, value: str) -> bool:
    if element in statement:
        return any(_matches(value, pattern) for pattern in many(statement[element]))
    return f"Not{element}" in statement and not any(
        _matches(value, pattern) for pattern in many(statement[f"Not{element}"])
    )


def _holds(conditions: Mapping[str, Mapping[str, Any]], context: Mapping[str, str]) -> bool:
    return all(
        _condition_holds(name, context.get(key), [_text(item) for item in many(wanted)])
        for name, keys in conditions.items()
        for key, wanted in keys.items()
    )


def _condition_holds(name: str, value: str | None, wanted: list[str]) -> bool:
    if name == "Null":
        return (value is None) == (wanted == ["true"])
    plain = name.removesuffix("IfExists")
    if plain not in OPERATORS:
        # Dates, addresses and sets: the sandbox knows none, so such a statement never holds.
        return False
    compare, negated = OPERATORS[plain]
    if value is None:
        return negated or plain != name
    return any(compare(value, item) for item in wanted) is not negated


def _matches(value: str, pattern: str) -> bool:
    if pattern.startswith("arn:"):
        return fnmatchcase(value, pattern)
    # The names of actions are the same in every spelling.
    return fnmatchcase(value.lower(), pattern.lower())


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
