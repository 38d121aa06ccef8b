"""Being asked to stop: SIGTERM, as a cluster sends it before it takes a node away."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType

STOPPED_EXIT_CODE = 128 + signal.SIGTERM
"""143: stopped as asked, with a checkpoint to go on from."""


INTERRUPTED_EXIT_CODE = 128 + signal.SIGINT
"""130: Ctrl-C, which ends a process as it stands."""


def in_a_thread(work: Callable[[], object]) -> None:
    """Do what waits outside of Python in a thread of its own, so that signals are heard meanwhile."""
    errors: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - it is raised where it is waited for
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    while thread.is_alive():
        # Not for ever: a signal that comes between Python's last look and the wait would be heard at its end.
        thread.join(0.1)
    if errors:
        raise errors[0]


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
