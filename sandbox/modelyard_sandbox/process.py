"""Processes by identity: a number alone is reused, a number with its start time isn't."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

POLL_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class ProcessIdentity:
    """A process, recognisable after its number was given to another."""

    pid: int
    started: str
    """When it started, in the system's own terms: clock ticks since boot on Linux, a date elsewhere."""

    @classmethod
    def of(cls, pid: int) -> ProcessIdentity | None:
        """The process of that number, or None if there is none (a dead one not yet collected counts as
        none).
        """
        started = _start_time(pid)
        return None if started is None else cls(pid, started)

    @property
    def alive(self) -> bool:
        """Whether this very process is running."""
        return ProcessIdentity.of(self.pid) == self

    def stop(self, seconds: float = 5.0) -> None:
        """Ask the process to end, and end it if it hasn't within `seconds`."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            if not self.alive:
                return
            try:
                os.kill(self.pid, number)
            except ProcessLookupError:
                return
            self._wait(seconds)

    def _wait(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while self.alive and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)


def _start_time(pid: int) -> str | None:
    stat = Path(f"/proc/{pid}/stat")
    if Path("/proc/self/stat").exists():
        try:
            # The command's name stands in parentheses and may hold anything, so fields are counted behind it.
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            return None
        state, start_ticks = fields[0], fields[19]
        return None if state == "Z" else start_ticks
    answer = subprocess.run(
        ["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    state, _, started = answer.stdout.strip().partition(" ")
    return None if not started or state.startswith("Z") else started.strip()
