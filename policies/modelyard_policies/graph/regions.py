"""Where a resource is made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelyard_policies.graph.types import AZURE


def region_of(token: str, *settings: Mapping[str, Any]) -> str | None:
    """The region that the first of `settings` names, or the location for Azure, in its short form.

    The first that says something decides: None if what it says isn't known, and if none says anything.
    """
    is_azure = token.startswith(AZURE)
    for values in settings:
        region = values.get("location" if is_azure else "region")
        if region is not None:
            if not isinstance(region, str) or not region:
                return None
            return "".join(region.lower().split()) if is_azure else region
    return None
