"""Accounts: the one that a stack is in, and those that policies name."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final, cast

from modelyard_policies.reading import GraphView, Resource

_ID: Final = re.compile(r"\d{12}")
_ACCOUNT_PART: Final = 4


def account_of(principal: str) -> str | None:
    """The account that a principal or another ARN is of, or that an id is; None if it doesn't say.

    AWS's own principals have a word there, as `cloudfront` has.
    """
    if _ID.fullmatch(principal):
        return principal
    parts = principal.split(":", 5)
    if len(parts) == 6 and parts[0] == "arn":
        return parts[_ACCOUNT_PART] or None
    return None


def is_account_id(text: str | None) -> bool:
    """Whether it has the form of an account's id."""
    return text is not None and _ID.fullmatch(text) is not None


def own_accounts(resource: Resource, graph: GraphView) -> frozenset[str]:
    """The account that `resource` is made in, as far as its provider says: by the accounts that it allows, or
    by the roles that it takes on. Empty if it says neither, or if that isn't known.
    """
    provider = graph.provider(resource)
    if provider is None:
        return frozenset()
    allowed = (item for item in _listed(provider, "allowedAccountIds") if isinstance(item, str))
    roles = (
        cast("dict[str, Any]", item).get("roleArn")
        for key in ("assumeRole", "assumeRoles")
        for item in _listed(provider, key)
        if isinstance(item, dict)
    )
    found = {*allowed, *(account_of(role) for role in roles if isinstance(role, str))}
    return frozenset(item for item in found if item is not None and is_account_id(item))


def _listed(provider: Resource, key: str) -> Iterator[Any]:
    """The items of a provider's setting, which takes nested ones as JSON text; nothing if it isn't known."""
    value = provider.raw(key)
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            value = None
    yield from cast("list[Any]", value) if isinstance(value, list) else [value]
