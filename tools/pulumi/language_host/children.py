"""The processes that the language host starts, and how they end."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import threading
from collections.abc import Iterator
from typing import IO, Literal

_running: set[Child] = set()


class Child:
    """A process in a session of its own, so that it can be killed with its descendants.

    In the host's own session it would also be interrupted by the engine, and its traceback would reach the
    user's diagnostics.
    """

    def __init__(self, command: list[str], *, cwd: str, env: dict[str, str], captured: bool = False) -> None:
        """Start `command`; `captured` keeps its output for `output`, else it goes where the host's goes."""
        pipe = subprocess.PIPE if captured else None
        self._process = subprocess.Popen(
            command,
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=pipe,
            stderr=pipe,
            start_new_session=True,
        )
        _running.add(self)

    def kill(self) -> None:
        """Kill the process and its descendants, if it still runs."""
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def wait(self) -> int:
        """Wait for its end; the exit status, negative for a signal."""
        status = self._process.wait()
        _running.discard(self)
        return status

    def output(self) -> Iterator[tuple[Literal["stdout", "stderr"], bytes]]:
        """What a captured process writes, as it comes, until it has closed both streams."""
        written: queue.SimpleQueue[tuple[Literal["stdout", "stderr"], bytes]] = queue.SimpleQueue()

        def read(name: Literal["stdout", "stderr"], stream: IO[bytes]) -> None:
            while chunk := os.read(stream.fileno(), 65536):
                written.put((name, chunk))
            written.put((name, b""))

        open_streams = 0
        for name, stream in (("stdout", self._process.stdout), ("stderr", self._process.stderr)):
            if stream is not None:
                threading.Thread(target=read, args=(name, stream), daemon=True).start()
                open_streams += 1
        while open_streams:
            name, chunk = written.get()
            if chunk:
                yield name, chunk
            else:
                open_streams -= 1


def kill_all() -> None:
    """Kill all that runs."""
    for child in list(_running):
        child.kill()
