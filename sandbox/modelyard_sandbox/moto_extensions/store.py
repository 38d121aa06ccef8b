"""Where an extension keeps what it made: in moto's own backend of the account and region, which a reset
clears.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any


def store_of(backend: Any, name: str) -> dict[str, Any]:
    """The extension's dictionary in a moto backend, made empty on first use."""
    return backend.__dict__.setdefault(f"modelyard_{name}", {})


def add_operations(response_class: type, *operations: Any) -> None:
    """Give a Response class methods of these functions' names: moto finds an operation by its method."""
    for operation in operations:
        setattr(response_class, operation.__name__, operation)


def guard(response_class: Any, operation: str, check: Callable[[Any], None]) -> None:
    """Put a check before one of moto's own operations: what it raises is the answer."""
    original = getattr(response_class, operation)

    @functools.wraps(original)
    def checked(self: Any) -> Any:
        check(self)
        return original(self)

    setattr(response_class, operation, checked)
