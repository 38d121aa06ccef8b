"""Accounts: the one that a stack is in, and those that policies name."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final, cast

from modelyard_policies.graph import SECRET, UNKNOWN
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
    by the roles that it takes on. Empty if it says neither, or if a part of that isn't known.
    """
    provider = graph.provider(resource)
    said = [] if provider is None else list(_said(provider))
    if any(item is UNKNOWN or item is SECRET for item in said):
        return frozenset()
    accounts = (account_of(item) for item in said if isinstance(item, str))
    return frozenset(account for account in accounts if account is not None and is_account_id(account))


def _said(provider: Resource) -> Iterator[Any]:
    """Ids of accounts, and ARNs of roles, which a provider names."""
    yield from _listed(provider, "allowedAccountIds")
    for key in ("assumeRole", "assumeRoles"):
        for item in _listed(provider, key):
            yield cast("dict[str, Any]", item).get("roleArn") if isinstance(item, dict) else item


def _listed(provider: Resource, key: str) -> list[Any]:
    """The items of a provider's setting, which takes nested ones as JSON text."""
    value = provider.raw(key)
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            value = None
    return cast("list[Any]", value) if isinstance(value, list) else [value]
