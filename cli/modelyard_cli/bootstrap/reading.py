"""Reading what may not be there, and comparing what is."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from modelyard_cli.account.failures import error_code


def absent(read: Callable[[], Any], *codes: str) -> Any:
    """What a call answers; None where it says, with one of the codes, that there is nothing."""
    from botocore.exceptions import ClientError

    try:
        return read()
    except ClientError as error:
        if error_code(error) in codes:
            return None
        raise


def same_policy(one: str | dict[str, Any], other: str | dict[str, Any]) -> bool:
    """Whether two policy documents say the same, however a service orders and shortens them."""
    return canonical(_loaded(one)) == canonical(_loaded(other))


def canonical(value: Any) -> Any:
    """A form in which equal settings are equal: lists are sets, and a list of one is what it holds."""
    if isinstance(value, dict):
        return {key: canonical(inner) for key, inner in value.items()}
    if isinstance(value, list):
        inner = sorted((canonical(each) for each in value), key=lambda each: json.dumps(each, sort_keys=True))
        return inner[0] if len(inner) == 1 else inner
    return value


def _loaded(policy: str | dict[str, Any]) -> Any:
    return json.loads(policy) if isinstance(policy, str) else policy
