"""Being asked to stop: SIGTERM, as a cluster sends it before it takes a node away."""

from __future__ import annotations

import signal
import sys
from types import FrameType

STOPPED_EXIT_CODE = 128 + signal.SIGTERM
"""143: stopped as asked, with a checkpoint to go on from."""


class StopRequest:
    """Whether this process was asked to stop.

    Until `defer` is called there is nothing to save, and SIGTERM ends the process at once with the same exit
    code. (As the first process of a container it would otherwise not end at all: the kernel keeps from such a
    process every signal that it hasn't asked for.)
    """

    def __init__(self) -> None:
        self.asked = False
        self._deferred = False
        signal.signal(signal.SIGTERM, self._ask)

    def defer(self) -> None:
        """From now on only take note; whoever trains looks at `asked` when it can save."""
        self._deferred = True

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self.asked = True
        if not self._deferred:
            sys.exit(STOPPED_EXIT_CODE)
