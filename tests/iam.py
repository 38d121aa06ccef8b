"""What policies of IAM let through: a request is judged by documents alone, as IAM documents it (IAM User Guide,
"Policy evaluation logic" and "Condition operators", 2026-11). For policies of identities and their boundary, in
one account; of condition operators those that our policies use: any other is an error, never a guess.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

Context = Mapping[str, str]
"""Condition keys of a request, as `aws:ResourceTag/environment`."""


def is_allowed(
    policies: Iterable[str],
    action: str,
    resource: str = "*",
    context: Context | None = None,
    *,
    boundary: str | None = None,
) -> bool:
    """Whether a request gets through: something allows it, the boundary as well, and nothing denies it."""
    request = (action, resource, {key.lower(): value for key, value in (context or {}).items()})
    allowing = list(policies)
    bounds = [] if boundary is None else [boundary]
    if any(_says(document, "Deny", *request) for document in [*allowing, *bounds]):
        return False
    return any(_says(document, "Allow", *request) for document in allowing) and all(
        _says(document, "Allow", *request) for document in bounds
    )


def _says(document: str, effect: str, action: str, resource: str, context: Context) -> bool:
    return any(
        statement["Effect"] == effect
        and any(_like(action.lower(), pattern.lower()) for pattern in _all(statement["Action"]))
        and _is_about(statement, resource)
        and _holds(statement.get("Condition", {}), context)
        for statement in json.loads(document)["Statement"]
    )


def _is_about(statement: dict[str, Any], resource: str) -> bool:
    if "NotResource" in statement:
        return not any(_like(resource, pattern) for pattern in _all(statement["NotResource"]))
    return any(_like(resource, pattern) for pattern in _all(statement["Resource"]))


def _holds(conditions: dict[str, dict[str, Any]], context: Context) -> bool:
    return all(
        _test(operator, context.get(key.lower()), _all(wanted))
        for operator, tests in conditions.items()
        for key, wanted in tests.items()
    )


def _test(operator: str, value: str | None, wanted: list[str]) -> bool:
    if operator == "Null":
        return (value is None) == (wanted == ["true"])
    if value is None:
        # A key that a request lacks fits no positive test, and every negative one.
        return operator in ("StringNotEquals", "ArnNotEquals")
    match operator.removeprefix("ForAnyValue:"):
        case "StringEquals" | "Bool":
            return value in wanted
        case "StringLike" | "ArnLike":
            return any(_like(value, pattern) for pattern in wanted)
        case "StringNotEquals":
            return value not in wanted
        case "NumericLessThanEquals":
            return all(float(value) <= float(most) for most in wanted)
    raise NotImplementedError(operator)


def _like(text: str, pattern: str) -> bool:
    """IAM's wildcards: `*` for any characters, `?` for one."""
    parts = ["." if each == "?" else ".*" if each == "*" else re.escape(each) for each in pattern]
    return re.fullmatch("".join(parts), text, re.DOTALL) is not None


def _all(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
