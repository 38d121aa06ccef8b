"""Values in words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

LONGEST = 60
"""Characters of a value that are shown: it may be a whole document that stands in the wrong place."""


def given_text(value: object, written: str | None = None) -> str:
    """A value as messages show it: short, and as it was written where that is known."""
    if value is None:
        return "nothing"
    if isinstance(value, Mapping):
        return shortened(f"a mapping of {', '.join(map(str, value))}") if value else "an empty mapping"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}" if value else "an empty list"
    if isinstance(value, str):
        return shortened(json.dumps(value, ensure_ascii=False))
    return shortened(written or (str(value).lower() if isinstance(value, bool) else str(value)))


def shortened(text: str) -> str:
    """The beginning of a text, if it is long."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def nearest(word: object, known: Iterable[str], most: int = 3) -> list[str]:
    """The known words that are most like a word, the likeliest first; there may be none."""
    import difflib

    return difflib.get_close_matches(str(word), list(known), n=most, cutoff=0.6)


def listed(words: Iterable[object], last: str = "or") -> str:
    """Words in a row: `a, b or c`."""
    *most, end = [str(word) for word in words]
    return f"{', '.join(most)} {last} {end}" if most else end
