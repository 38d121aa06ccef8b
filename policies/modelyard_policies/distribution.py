"""What the installed distribution says of itself."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, metadata
from typing import Final

NAME: Final = "modelyard"


@cache
def version() -> str:
    """Version of the distribution; empty if it isn't installed."""
    return _fields().get("Version", [""])[0]


@cache
def documentation() -> str | None:
    """Where its documentation is published, without a slash at the end; None if it doesn't say."""
    for entry in _fields().get("Project-URL", []):
        label, _, address = entry.partition(",")
        if label.strip().lower() == "documentation" and address.strip().startswith("https://"):
            return address.strip().rstrip("/")
    return None


def _fields() -> dict[str, list[str]]:
    try:
        found = metadata(NAME)
    except PackageNotFoundError:
        return {}
    return {name: found.get_all(name) or [] for name in ("Version", "Project-URL")}
