"""S3: what a bucket's policy denies about objects, conditions included.

moto takes every statement with a condition for a denial. Here a denial holds if its principal, action,
resource and all its conditions do. The sandbox speaks HTTP where the cloud speaks HTTPS, so a request
counts as sent over TLS. A condition on a key that the sandbox can't know (an organisation, a source
network) counts as a key that the request doesn't have. Sources: IAM user guide, condition operators and
policy evaluation; S3 user guide, condition keys; 2026-11.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from flask import request
from moto.iam.access_control import PermissionResult
from moto.s3.exceptions import S3AccessDeniedError
from moto.s3.models import FakeBucket

HEADER_KEYS = (
    "x-amz-acl",
    "x-amz-server-side-encryption",
    "x-amz-server-side-encryption-aws-kms-key-id",
    "x-amz-server-side-encryption-customer-algorithm",
    "x-amz-storage-class",
)
ACTIONS = {"s3:HeadObject": "s3:GetObject", "s3:PostObject": "s3:PutObject"}
"""moto names an action by the method of the request; a multipart upload begins with POST and is a
PutObject.
"""

Operator = Callable[[str, str], bool]
OPERATORS: dict[str, tuple[Operator, bool]] = {
    "ArnEquals": (fnmatchcase, False),
    "ArnLike": (fnmatchcase, False),
    "ArnNotEquals": (fnmatchcase, True),
    "ArnNotLike": (fnmatchcase, True),
    "Bool": (lambda value, wanted: value.lower() == wanted.lower(), False),
    "StringEquals": (lambda value, wanted: value == wanted, False),
    "StringEqualsIgnoreCase": (lambda value, wanted: value.lower() == wanted.lower(), False),
    "StringLike": (fnmatchcase, False),
    "StringNotEquals": (lambda value, wanted: value == wanted, True),
    "StringNotLike": (fnmatchcase, True),
}
"""How one value is compared with one that is wanted, and whether none of them may match."""


def install() -> None:
    """Put our evaluation in the place of moto's."""
    FakeBucket.get_permission = _get_permission  # pyright: ignore[reportAttributeAccessIssue]


def denies(policy: str, *, account_id: str, action: str, resource: str, context: Mapping[str, str]) -> bool:
    """Whether a bucket's policy denies an action on a resource to the account, in the context of a
    request.
    """
    return any(
        statement["Effect"] == "Deny"
        and _concerns(statement.get("Principal"), account_id)
        and _is_named(statement, "Action", action)
        and _is_named(statement, "Resource", resource)
        and _holds(statement.get("Condition") or {}, context)
        for statement in _many(json.loads(policy)["Statement"])
    )


def _get_permission(self: Any, action: str, resource: str) -> PermissionResult:
    if self.policy is None:
        return PermissionResult.NEUTRAL
    context = {f"s3:{name}": request.headers[name] for name in HEADER_KEYS if name in request.headers}
    context["aws:SecureTransport"] = "true"
    context["aws:PrincipalAccount"] = self.account_id
    denied = denies(
        self.policy.decode(),
        account_id=self.account_id,
        action=ACTIONS.get(action, action),
        resource=resource,
        context=context,
    )
    if denied and "delete" not in request.args:
        # moto would answer without a body, and the SDK would have no code to show.
        raise S3AccessDeniedError
    return PermissionResult.DENIED if denied else PermissionResult.NEUTRAL


def _concerns(principal: Any, account_id: str) -> bool:
    """Whether a principal means the account's own callers; services and other accounts never call here."""
    if principal == "*":
        return True
    named = _many(principal.get("AWS")) if isinstance(principal, dict) else []
    return any(name == "*" or account_id in name for name in named)


def _is_named(statement: Mapping[str, Any], element: str, value: str) -> bool:
    if element in statement:
        return any(_matches(value, pattern) for pattern in _many(statement[element]))
    return not any(_matches(value, pattern) for pattern in _many(statement.get(f"Not{element}")))


def _holds(conditions: Mapping[str, Mapping[str, Any]], context: Mapping[str, str]) -> bool:
    return all(
        _condition_holds(operator, context.get(key), [_text(item) for item in _many(wanted)])
        for operator, keys in conditions.items()
        for key, wanted in keys.items()
    )


def _condition_holds(operator: str, value: str | None, wanted: list[str]) -> bool:
    if operator == "Null":
        return (value is None) == (wanted == ["true"])
    name = operator.removesuffix("IfExists")
    if name not in OPERATORS:
        # Dates, numbers and addresses: the sandbox knows none, so such a denial never holds.
        return False
    compare, negated = OPERATORS[name]
    if value is None:
        return negated or operator != name
    return any(compare(value, item) for item in wanted) is not negated


def _matches(value: str, pattern: str) -> bool:
    return (
        fnmatchcase(value.lower(), pattern.lower())
        if pattern.startswith("s3:")
        else fnmatchcase(value, pattern)
    )


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _many(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
