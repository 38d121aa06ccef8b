"""A program of the job: a shell text in a session of its own, with all that comes from it."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from modelyard_node.guard import Family
from modelyard_node.output import Output

KILLED = 128 + signal.SIGKILL

_OUTPUT_SECONDS = 5.0
"""How long what was written may take to go through, once nobody writes any more."""


class Program:
    """One program, from its start to the end of all that it started.

    It ends by itself, and what it left running is killed; or it is asked to, with SIGTERM, and then
    everything has the grace to end.
    """

    def __init__(
        self, script: str, environment: Mapping[str, str], directory: Path, family: Family, output: Output
    ) -> None:
        """Start it. Raises OSError if that can't be."""
        self.exit_code: int | None = None
        """Once it has ended; 128 and the signal's number if a signal ended it."""
        self.ended_at: float | None = None
        """When that was, by the monotonic clock."""
        self.over = False
        """Whether all that it started has ended, and what it wrote has gone through."""
        self._kill_at: float | None = None
        self._family, self._output = family, output
        ends = output.start()
        try:
            process = subprocess.Popen(
                ["/bin/sh", "-e", "-c", script],
                stdin=subprocess.DEVNULL,
                stdout=ends[0],
                stderr=ends[1],
                cwd=directory,
                env=dict(environment),
                start_new_session=True,
            )
        finally:
            output.hand_over(ends)
        self._leader = family.group = process.pid
        # The family takes all end notes, this one's too.
        process.returncode = 0

    def ask(self, grace_seconds: float) -> None:
        """Ask it to save and to exit; what is left after the grace is killed. The first to end counts."""
        if self.over:
            return
        kill_at = time.monotonic() + grace_seconds
        if self._kill_at is None:
            self._family.signal_group(signal.SIGTERM)
            self._family.signal_others(signal.SIGTERM)
            self._kill_at = kill_at
        self._kill_at = min(self._kill_at, kill_at)

    def look(self) -> None:
        """See how it stands."""
        code = self._family.reap().get(self._leader)
        if code is not None:
            self.exit_code, self.ended_at = code, time.monotonic()
        if self.over or (self.exit_code is None and self._kill_at is None):
            return
        if self._kill_at is not None and time.monotonic() < self._kill_at and self._family.anything_left():
            return
        self._family.sweep()
        if self.exit_code is None:
            self.exit_code, self.ended_at = KILLED, time.monotonic()
        self._output.finish(_OUTPUT_SECONDS)
        self.over = True
