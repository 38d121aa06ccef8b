"""What is known of a value now, before anything is made."""

from collections.abc import Awaitable, Mapping
from typing import Any, cast

import pulumi


def known_now(value: Any) -> Any:
    """The value without what becomes known later: None takes the place of each output in it."""
    if isinstance(value, pulumi.Output | Awaitable):
        return None
    if isinstance(value, Mapping):
        fields = cast("Mapping[Any, Any]", value)
        return {key: known_now(item) for key, item in fields.items()}
    if isinstance(value, list | tuple):
        return [known_now(item) for item in cast("list[Any]", value)]
    return value
