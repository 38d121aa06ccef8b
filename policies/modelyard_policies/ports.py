"""Ports and ranges of ports, as Azure and options of rules write them: `22`, `8000-8100`, `*`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final, cast

from modelyard_policies.options import Kind

Span = tuple[int, int]
"""The first port and the last."""

LAST: Final = 65_535
EVERY: Final = (0, LAST)

_RANGE = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?", re.ASCII)


def span(text: str) -> Span | None:
    """The ports that a range means; None for what isn't one."""
    text = "".join(text.split())
    if text.lower() in ("*", "any"):
        return EVERY
    found = _RANGE.fullmatch(text)
    if found is None:
        return None
    first, last = int(found[1]), int(found[2] or found[1])
    return (first, last) if first <= last <= LAST else None


def without(spans: Iterable[Span], holes: Iterable[Span]) -> list[Span]:
    """What is left of `spans`."""
    left = list(spans)
    for low, high in holes:
        left = [
            part
            for first, last in left
            for part in ((first, min(last, low - 1)), (max(first, high + 1), last))
            if part[0] <= part[1]
        ]
    return left


def is_every(port: Span) -> bool:
    """Whether these are all the ports that there are; 0 isn't used."""
    return port[0] <= 1 and port[1] == LAST


def shown(port: Span) -> str:
    """A span in words."""
    first, last = port
    return f"port {first}" if first == last else f"ports {first} to {last}"


def port_ranges() -> Kind:
    """A list of ports and ranges of ports, as an option of a rule."""

    def read(value: Any) -> tuple[str, ...]:
        items = cast("list[Any]", value) if isinstance(value, (list, tuple)) else [None]
        if not all(isinstance(item, str) and span(item) for item in items):
            raise ValueError
        return tuple(cast("list[str]", items))

    schema = {"type": "array", "items": {"type": "string", "minLength": 1}}
    return Kind(schema, read, 'a list of ports, such as "443" or "8000-8010"')
