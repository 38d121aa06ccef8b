"""Paths that a program gives in options, as `ignore_changes`: `rules[0].id`, `tags["a.b"]`, `rules[*].ports`.

Pulumi's page "Resource options", `ignoreChanges` and `replaceOnChanges`, and its property paths (2026-11).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import zip_longest
from typing import Any

ANY = "*"
PART = re.compile(r'\["(?P<quoted>(?:[^"\\]|\\.)*)"\]|\[(?P<index>\d+|\*)\]|\.?(?P<name>[^.\[\]]+)')

Path = tuple[str, ...]
"""Names and positions, from the outside in; `*` is every one."""


def parsed(path: str) -> Path:
    """The parts of a path; what isn't in the form of one is a name as it stands."""
    parts: list[str] = []
    at = 0
    while at < len(path):
        found = PART.match(path, at)
        if found is None:
            return (path,)
        quoted = found["quoted"]
        parts.append(found["index"] or found["name"] or re.sub(r"\\(.)", r"\1", quoted or ""))
        at = found.end()
    return tuple(parts)


def covers(pattern: Path, path: Path) -> bool:
    """Whether what lies at a path is at the pattern's, or inside of it."""
    pairs = zip_longest(pattern, path[: len(pattern)])
    return len(path) >= len(pattern) and all(one in (ANY, other) for one, other in pairs)


def covered(patterns: Iterable[str], paths: Iterable[str]) -> list[str]:
    """The paths that lie at one of the patterns, or inside of it."""
    known = [parsed(pattern) for pattern in patterns]
    return [path for path in paths if any(covers(pattern, parsed(path)) for pattern in known)]


def left_as_it_was(new: Any, old: Any, path: Path) -> Any:
    """A value with what a path names put back as it was in another one, or away if it wasn't there."""
    if not path:
        return old
    if isinstance(new, Mapping) and isinstance(old, Mapping):
        return _map_left(dict(new), old, path)
    if isinstance(new, list) and isinstance(old, list):
        return _list_left(list(new), old, path)
    return new


def _map_left(new: dict[str, Any], old: Mapping[str, Any], path: Path) -> dict[str, Any]:
    first, *rest = path
    for name in list(new.keys() | old.keys()) if first == ANY else [first]:
        if rest:
            if name in new and name in old:
                new[name] = left_as_it_was(new[name], old[name], tuple(rest))
        elif name in old:
            new[name] = old[name]
        else:
            new.pop(name, None)
    return new


def _list_left(new: list[Any], old: list[Any], path: Path) -> list[Any]:
    first, *rest = path
    for at in _positions(first, min(len(new), len(old))):
        new[at] = left_as_it_was(new[at], old[at], tuple(rest))
    return new


def _positions(part: str, length: int) -> Iterator[int]:
    if part == ANY:
        yield from range(length)
    elif part.isdigit() and int(part) < length:
        yield int(part)
