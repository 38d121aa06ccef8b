"""Waiting for what the cloud does in its own time, as the AWS provider does."""

from __future__ import annotations

import time
from collections.abc import Callable

from modelyard_sandbox.errors import SandboxError

POLL_SECONDS = 0.1
LONGEST_SECONDS = 120.0


def wait_until(is_so: Callable[[], bool], what: str, seconds: float = LONGEST_SECONDS) -> None:
    """Wait until something is so.

    Raises:
        SandboxError: it isn't after so many seconds; `what` says what was waited for.
    """
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            raise SandboxError(f"waited for {seconds:g} seconds in vain until {what}")
        time.sleep(POLL_SECONDS)
