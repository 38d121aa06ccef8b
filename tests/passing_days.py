"""A sandbox in which days pass when a test says so: locks, retentions and windows come to their end."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from modelyard_sandbox.sandbox import Sandbox

STARTS_WITHIN_SECONDS = 30
SERVER = """
import sys
from datetime import timedelta
from pathlib import Path
from modelyard_sandbox import server
from modelyard_sandbox.moto_extensions import clock

real, days = clock.now, Path(sys.argv[1]) / "days"
clock.now = lambda: real() + timedelta(days=float(days.read_text()))
sys.argv = ["server", sys.argv[1], "--lifeline"]
server.main()
"""


class Days:
    """How many days have passed for a sandbox."""

    def __init__(self, directory: Path) -> None:
        self._file = directory / "days"
        self.be(0)

    def be(self, days: float) -> None:
        """Let so many days have passed since now."""
        self._file.write_text(str(days))


@contextmanager
def days_pass(directory: Path) -> Generator[Days]:
    """A server for the sandbox of a directory, in whose time days can pass. Whoever starts the sandbox there
    finds it running.
    """
    directory.mkdir(parents=True)
    days = Days(directory)
    command = [sys.executable, "-c", SERVER, str(directory)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE)
    try:
        until = time.monotonic() + STARTS_WITHIN_SECONDS
        while Sandbox(directory).server() is None:
            assert process.poll() is None, "the server has ended"
            assert time.monotonic() < until, "the server does not start"
            time.sleep(0.05)
        yield days
    finally:
        process.terminate()
        process.communicate()
