"""How an extension puts operations into moto's classes, and checks before those that are there."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any


def add_operations(response_class: type, *operations: Any) -> None:
    """Give a Response class methods of these functions' names: moto finds an operation by its method."""
    for operation in operations:
        setattr(response_class, operation.__name__, operation)


def before(owner: Any, method: str, check: Callable[..., None]) -> None:
    """Call `check` with a method's own arguments before the method: what it raises is the answer.

    A check before the method of a backend meets whoever calls it, and not the service's clients alone.
    """
    original = getattr(owner, method)

    @functools.wraps(original)
    def checked(self: Any, *args: Any, **kwargs: Any) -> Any:
        check(self, *args, **kwargs)
        return original(self, *args, **kwargs)

    setattr(owner, method, checked)
