"""Where an extension keeps what it made: in moto's own backend of the account and region, which a reset
clears.
"""

from __future__ import annotations

from typing import Any


def store_of(backend: Any, name: str) -> dict[str, Any]:
    """The extension's dictionary in a moto backend, made empty on first use."""
    return backend.__dict__.setdefault(f"modelyard_{name}", {})
