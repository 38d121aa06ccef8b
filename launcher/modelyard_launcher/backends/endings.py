"""How jobs end, in plain words: what a service says, and what that means."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ending:
    """How a job, or an attempt of it, ended."""

    kind: str
    """One of modelyard_node.codes.KINDS."""
    reason: str | None
    """Why, if not well."""
    exit_code: int | None = None
    mend: str | None = None
    """What to do about it."""


@dataclass(frozen=True, slots=True)
class Words:
    """What a service says, and what that means."""

    pattern: str
    kind: str
    message: str
    """In plain words; `{...}` are the pattern's groups."""
    mend: str


def meaning(table: tuple[Words, ...], text: str, code: int | None = None) -> Ending | None:
    """What a text means by the first words of a table that it has; None if it has none."""
    for words in table:
        found = re.search(words.pattern, text)
        if found is not None:
            return Ending(words.kind, words.message.format(**found.groupdict()), code, words.mend)
    return None
