"""Amazon Resource Names."""

from __future__ import annotations

from typing import Any

REGION_PART = 3


def region_of(value: Any) -> str | None:
    """The region that an ARN names; None for what isn't an ARN, or one of a global service."""
    if not isinstance(value, str) or not value.startswith("arn:"):
        return None
    parts = value.split(":", 5)
    return (parts[REGION_PART] or None) if len(parts) == 6 else None
