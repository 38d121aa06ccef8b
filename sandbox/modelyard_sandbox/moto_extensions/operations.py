"""How an extension puts operations into moto's classes, checks before those that are there, and what follows
upon them.
"""

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


def after(owner: Any, method: str, then: Callable[..., None]) -> None:
    """Call `then` with a method's answer and its own arguments once it has answered."""
    original = getattr(owner, method)

    @functools.wraps(original)
    def followed(self: Any, *args: Any, **kwargs: Any) -> Any:
        answer = original(self, *args, **kwargs)
        then(self, answer, *args, **kwargs)
        return answer

    # What follows may change the answer, which is then not moto's alone: it isn't to be found behind this.
    del followed.__wrapped__
    setattr(owner, method, followed)
