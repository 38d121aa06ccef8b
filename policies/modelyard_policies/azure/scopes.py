"""How wide a role is given."""

from __future__ import annotations

import re

_WHOLE = re.compile(
    r"/subscriptions/[^/]+|/providers/microsoft\.management/managementgroups/[^/]+", re.IGNORECASE
)


def is_whole(scope: str) -> bool:
    """Whether a scope is a whole subscription, a management group or the tenant, and nothing narrower."""
    return scope == "/" or _WHOLE.fullmatch(scope.rstrip("/")) is not None
