"""Property paths, as findings and remedies write them: `rules[0].destination.bucket`."""

from __future__ import annotations

import re
from functools import lru_cache

_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


@lru_cache(maxsize=1_024)
def steps(path: str) -> tuple[str | int, ...]:
    """The keys and positions of a path. Raises ValueError for what isn't one."""
    found: list[str | int] = []
    end = 0
    for step in _STEP.finditer(path):
        between = path[end : step.start()]
        if between != ("." if found and step[1] else ""):
            raise ValueError(f"not a property path: {path!r}")
        found.append(step[1] if step[1] is not None else int(step[2]))
        end = step.end()
    if not found or end != len(path) or isinstance(found[0], int):
        raise ValueError(f"not a property path: {path!r}")
    return tuple(found)
