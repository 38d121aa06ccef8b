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
        return (
            shortened(visible(f"a mapping of {', '.join(map(str, value))}")) if value else "an empty mapping"
        )
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}" if value else "an empty list"
    if isinstance(value, str):
        return shortened(visible(json.dumps(value, ensure_ascii=False)))
    return shortened(written or (str(value).lower() if isinstance(value, bool) else str(value)))


def shortened(text: str) -> str:
    """The beginning of a text, if it is long."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def visible(text: str) -> str:
    """A text with what a terminal wouldn't show, or would obey, as escapes."""
    return "".join(
        each
        if each.isprintable()
        else json.dumps(each)[1:-1]
        if each < "\U00010000"
        else f"\\U{ord(each):08x}"
        for each in text
    )


def nearest(word: object, known: Iterable[str], most: int = 3) -> list[str]:
    """The known words most like a word, whatever its capitals, the likeliest first; there may be none."""
    import difflib

    by_plain = {each.casefold(): each for each in known}
    like = difflib.get_close_matches(str(word).casefold(), list(by_plain), n=most, cutoff=0.6)
    return [by_plain[plain] for plain in like]


def listed(words: Iterable[object], last: str = "or") -> str:
    """Words in a row: `a, b or c`."""
    *most, end = [str(word) for word in words]
    return f"{', '.join(most)} {last} {end}" if most else end
