"""Checks before a method of one of moto's backends, so that whoever calls it meets them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any


def before(owner: Any, method: str, check: Callable[..., None]) -> None:
    """Call `check` with a method's own arguments before the method: what it raises is the answer."""
    original = getattr(owner, method)

    @functools.wraps(original)
    def checked(self: Any, *args: Any, **kwargs: Any) -> Any:
        check(self, *args, **kwargs)
        return original(self, *args, **kwargs)

    setattr(owner, method, checked)
