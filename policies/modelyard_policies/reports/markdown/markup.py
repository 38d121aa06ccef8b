"""Text from programs as Markdown that is nothing but text.

Escaping doesn't do it: GitHub looks for mentions, references, commits and addresses in the text that comes
out of the Markdown, where an escaped `@` is an `@` again. It leaves code alone, and so does Markdown. So what
comes from a program stands in a code span, unless nothing in it could be taken for anything but words.
"""

from __future__ import annotations

import re
from typing import Final

from modelyard_policies.reports.plain import LONGEST, printable

_WORDS: Final = re.compile(r"[A-Za-z0-9 ,.;'%/()+=-]*(?:: [A-Za-z0-9 ,.;'%/()+=-]*)*")
_REFERENCE: Final = re.compile(
    r"(?i)\bwww\.|//|\b[0-9a-f]{7,}\b|\b[a-z]{1,20}-[0-9]|^\s*[-+=]|^\s*[0-9]+[.)]"
)
"""What GitHub, or Markdown at the start of a line, takes for more than words."""
_RUN: Final = re.compile(r"`+")
_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]<>#|~!&$])")


def code(text: str, longest: int = LONGEST) -> str:
    """Text as a code span, whatever is in it."""
    shown = printable(text, longest).replace("<!--", "<! --")
    if not shown:
        return "(empty)"
    runs = set(map(len, _RUN.findall(shown)))
    fence = "`" * next(length for length in range(1, len(runs) + 2) if length not in runs)
    # A span of blanks alone isn't trimmed, one that starts or ends with a backtick needs a blank beside it.
    needs_room = shown[0] in "` " or shown[-1] in "` "
    pad = " " if needs_room and shown.strip() else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def prose(text: str, longest: int = LONGEST) -> str:
    """Text as it is if it is nothing but words, else as a code span."""
    shown = printable(text, longest)
    if shown and _WORDS.fullmatch(shown) and not _REFERENCE.search(shown):
        return shown
    return code(text, longest)


def cell(text: str) -> str:
    """Text for a table's cell, whose ends no code span hides: a bar becomes a broken bar."""
    return prose(text.replace("|", "¦"), 80)


def ours(text: str) -> str:
    """Text of a rule's, which is ours, with its Markdown taken literally."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def fenced(text: str, language: str) -> str:
    """A block of code, whatever backticks are in it."""
    longest = max(map(len, _RUN.findall(text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text.strip()}\n{fence}"


def folded(title: str, body: str) -> str:
    """A part that opens on a click. The title is ours: it is HTML, where no code span protects."""
    return f"<details><summary>{title}</summary>\n\n{body}\n\n</details>"
