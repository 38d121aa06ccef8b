"""Waiting for what the cloud does in its own time, as the AWS provider does."""

from __future__ import annotations

import time
from collections.abc import Callable

from modelyard_sandbox.errors import SandboxError

FIRST_POLL_SECONDS = 0.01
POLL_SECONDS = 0.1
"""How long to wait before one looks again: at first, and at most (each time twice as long)."""
LONGEST_SECONDS = 120.0


def wait_until(is_so: Callable[[], bool], what: str, seconds: float = LONGEST_SECONDS) -> None:
    """Wait until something is so.

    Raises:
        SandboxError: it isn't after so many seconds; `what` says what was waited for.
    """
    deadline = time.monotonic() + seconds
    poll = FIRST_POLL_SECONDS
    while not is_so():
        if time.monotonic() > deadline:
            raise SandboxError(f"waited for {seconds:g} seconds in vain until {what}")
        time.sleep(poll)
        poll = min(2 * poll, POLL_SECONDS)
