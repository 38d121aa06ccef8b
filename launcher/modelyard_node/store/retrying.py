"""Trying again: what a store can't do now, it may be able to do in a moment."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

from modelyard_node.store import StoreAwayError

_Answer = TypeVar("_Answer")

FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 10.0


class TryAgainError(Exception):
    """It failed, for a reason that may pass."""


def retrying(operation: Callable[[], _Answer], patience: float, what: str) -> _Answer:
    """The operation's answer, tried again while it raises TryAgainError.

    Pauses grow and are random (AWS Architecture Blog, "Exponential Backoff And Jitter"), so that a thousand
    nodes that failed together don't come back together. After `patience` seconds StoreAwayError says what it
    failed by.
    """
    until = time.monotonic() + patience
    longest = FIRST_PAUSE_SECONDS
    while True:
        try:
            return operation()
        except TryAgainError as error:
            pause = random.uniform(0, longest)  # noqa: S311 (no secret depends on it)
            if time.monotonic() + pause > until:
                raise StoreAwayError(f"{what}: {error}") from error
        time.sleep(pause)
        longest = min(longest * 2, LONGEST_PAUSE_SECONDS)
