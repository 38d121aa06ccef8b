"""Refusing to go on."""

from __future__ import annotations


class RefusedError(Exception):
    """A check of a real account mustn't run. The message says why, and how to mend it."""

    def __init__(self, why: str, mend: str) -> None:
        super().__init__(f"{why}\n  mend: {mend}")
