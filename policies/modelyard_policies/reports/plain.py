"""Text that comes from programs, made fit to be shown: one line, no control characters, not endless."""

from __future__ import annotations

import unicodedata
from typing import Final

LONGEST: Final = 240
"""Characters of a name, path or message that are shown."""


def printable(text: str, longest: int = LONGEST) -> str:
    """`text` on one line. What isn't visible, or turns the direction of text, is written as its code."""
    if not text.isprintable():
        text = "".join(map(_visible, text)).strip()
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _visible(character: str) -> str:
    if character.isprintable():
        return character
    if character in "\t\n\r" or unicodedata.category(character) in ("Zs", "Zl", "Zp"):
        return " "
    return f"\\u{ord(character):04x}"
