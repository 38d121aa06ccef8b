"""Whether two values of a resource are the same, where one of them may not be known yet."""

from __future__ import annotations

from typing import Any

from modelyard_policies.graph import SECRET, UNKNOWN


def same(old: Any, new: Any) -> bool:
    """Whether two values are the same as far as is known, at any depth."""
    if old is UNKNOWN or new is UNKNOWN or old is SECRET or new is SECRET:
        return True
    if isinstance(old, dict) and isinstance(new, dict):
        names = {name for name in old.keys() | new.keys() if not name.startswith("__")}
        return all(same(old.get(name), new.get(name)) for name in names)
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(same(*pair) for pair in zip(old, new, strict=True))
    return old == new
