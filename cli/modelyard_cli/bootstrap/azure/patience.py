"""Waiting for what Azure knows of a moment later: new identities, roles and their assignments.

They count some time after they were made, ten minutes at most ("Troubleshoot Azure RBAC", 2026-11).
"""

from __future__ import annotations

import time
from collections.abc import Callable

from modelyard.errors import SurroundingsError
from modelyard_launcher.azure.refusals import ArmRefusedError

POLL_SECONDS = 5.0
WAIT_SECONDS = 180.0


def patiently(do: Callable[[], object], passes: Callable[[str], bool], mend: str) -> None:
    """Do something until it isn't refused with a code that passes.

    Args:
        do: it.
        passes: whether a refusal with this code may be over in a while.
        mend: what to say if it isn't.

    Raises:
        SurroundingsError: it is refused, for another reason or still.
    """
    until = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            do()
        except ArmRefusedError as error:
            if not passes(error.code):
                raise
            if time.monotonic() >= until:
                raise SurroundingsError(error.message, mend) from error
            time.sleep(POLL_SECONDS)
        else:
            return
