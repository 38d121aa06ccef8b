"""How long tests wait. None of them holds a machine to a speed: what they wait for is told apart from what never comes."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

PATIENCE_SECONDS = 240
"""What has to come has come by then, on a machine with much else to do."""

GONE_SECONDS = 40
"""What has to end has ended by then. Processes of tests that nobody ends live longer by themselves."""


def eventually(what: Callable[[], Any], seconds: float = PATIENCE_SECONDS) -> Any:
    """What is asked for, once it is true."""
    until = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < until, f"it didn't happen within {seconds} s"
        time.sleep(0.05)
    return found
