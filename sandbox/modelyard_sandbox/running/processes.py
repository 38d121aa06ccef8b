"""A container's processes: a guard in a session of its own, and whatever the command starts.

The guard is the one that the launcher uses on this machine (`modelyard_node.guard`), run by its path: it
leaves nothing behind when the command ends, when it is told to stop, and when the server is gone, in
whatever way, which it notices by its standard input.
"""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from modelyard_node import guard as node_guard

READ_BYTES = 64 * 1024
ADDED = ("LC_CTYPE", "PWD", "OLDPWD", "SHLVL", "_")
"""Variables that the guard's Python (PEP 538) and its shell set by themselves, and would hand on."""


class Process:
    """A container's processes, and their output."""

    def __init__(
        self, command: Sequence[str], variables: Mapping[str, str], directory: Path, grace_seconds: float
    ) -> None:
        added = [name for name in ADDED if name not in variables]
        script = f"unset {' '.join(added)}; exec {shlex.join(command)}"
        self._guard = subprocess.Popen(
            [sys.executable, "-I", "-S", str(node_guard.__file__), str(grace_seconds), script],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            bufsize=0,
            cwd=directory,
            env=dict(variables),
            start_new_session=True,
        )
        assert self._guard.stdin is not None  # noqa: S101 (opened as a pipe above)
        assert self._guard.stdout is not None  # noqa: S101 (opened as a pipe above)
        self._lifeline = self._guard.stdin
        self._output = self._guard.stdout
        os.set_blocking(self._output.fileno(), False)
        self.is_silent = False
        """Whether nobody can write any more."""

    @property
    def output(self) -> int:
        """The descriptor that it can be waited for with."""
        return self._output.fileno()

    @property
    def pid(self) -> int:
        """The guard's number."""
        return self._guard.pid

    def read(self) -> bytes:
        """What there is to read now; empty if nothing is."""
        try:
            chunk = os.read(self.output, READ_BYTES)
        except BlockingIOError:
            return b""
        self.is_silent = not chunk
        return chunk

    def stop(self) -> None:
        """Ask it to end: SIGTERM, after the grace SIGKILL."""
        self._tell(b"T")

    def kill(self) -> None:
        """End it at once, as when its machine has no power: nobody is asked to stop."""
        end_session(self.pid)
        self._tell(b"K")

    def ended(self) -> int | None:
        """Its exit code as Docker would say it, or None while it runs."""
        code = self._guard.poll()
        if code is not None and code < 0:
            # The guard itself was killed, and could not clear up behind it.
            end_session(self.pid)
            return 128 - code
        return code

    def wait(self, seconds: float) -> None:
        """Wait for its end, no longer than that."""
        with suppress(subprocess.TimeoutExpired):
            self._guard.wait(seconds)

    def close(self) -> None:
        """Give everything back, once it has ended."""
        self._lifeline.close()
        self._output.close()

    def _tell(self, word: bytes) -> None:
        with suppress(BrokenPipeError):
            os.write(self._lifeline.fileno(), word)


def end_session(session: int) -> None:
    """Kill every process of a session but its leader (on Linux; elsewhere nothing happens)."""
    proc = Path("/proc")
    for entry in proc.iterdir() if proc.is_dir() else ():
        if not entry.name.isdigit() or int(entry.name) == session:
            continue
        try:
            fields = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()
            if int(fields[3]) == session:
                os.kill(int(entry.name), signal.SIGKILL)
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
