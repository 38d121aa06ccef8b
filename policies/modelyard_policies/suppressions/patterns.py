"""Patterns of resources and properties: `*` stands for any characters or none, `?` for one character.

All else stands for itself, and the whole text has to fit. Case counts.
"""

from __future__ import annotations

import re
from typing import Final

_SIGN: Final = re.compile(r"[*?]")


def matches(pattern: str, text: str) -> bool:
    """Whether `text` as a whole fits `pattern`, in a time that grows with the product of their lengths."""
    plain = _SIGN.search(pattern)
    if not text.startswith(pattern[: plain.start()] if plain else pattern):
        return False
    at, place = 0, 0
    star, retry = -1, 0
    while place < len(text):
        if at < len(pattern) and pattern[at] == "*":
            star, retry = at, place
            at += 1
        elif at < len(pattern) and pattern[at] in ("?", text[place]):
            at += 1
            place += 1
        elif star >= 0:
            # The last star takes one character more.
            retry += 1
            at, place = star + 1, retry
        else:
            return False
    return not pattern[at:].strip("*")
