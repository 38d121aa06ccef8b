"""Faults that happen to an attempt's nodes a while after its processes have started."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

from modelyard_sandbox.job_faults import JobFault
from modelyard_sandbox.running.rehearsal import REHEARSAL
from modelyard_sandbox.turn import TURN

OF_ALL = ("host_failure", "out_of_memory")
OF_LOW_PRIORITY = "spot_interruption"
"""Other nodes aren't taken back."""


class Due:
    """What happens to which node, and when by the machine's own clock.

    Args:
        names: what the job can be called by.
        node_count: how many nodes it has.
        is_low_priority: whether its nodes may be taken back.
    """

    def __init__(self, names: Sequence[str], node_count: int, *, is_low_priority: bool) -> None:
        self._names, self._node_count = names, node_count
        self._kinds = (*OF_ALL, OF_LOW_PRIORITY) if is_low_priority else OF_ALL
        self._planned: list[tuple[float, JobFault]] = []
        self._busy = threading.Lock()

    def plan(self) -> int:
        """Note the faults that are meant for it; for how many nodes any is."""
        struck = 0
        for node in range(self._node_count):
            with TURN:
                fault = REHEARSAL.of_start(self._names, node, self._kinds)
            if fault is not None:
                with self._busy:
                    self._planned.append((time.monotonic() + (fault.after_seconds or 0.0), fault))
                struck += 1
        return struck

    def now(self) -> list[JobFault]:
        """Those whose time has come."""
        moment = time.monotonic()
        with self._busy:
            due = [fault for at, fault in self._planned if at <= moment]
            self._planned = [planned for planned in self._planned if planned[0] > moment]
        return due
