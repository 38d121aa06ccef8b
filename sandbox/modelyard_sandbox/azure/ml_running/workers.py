"""The processes of an attempt, and the files that their output goes to."""

from __future__ import annotations

import selectors
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from modelyard_sandbox.running.processes import Process
from modelyard_sandbox.running.settings import grace_seconds

SHELL = "bash"
EXIT_SECONDS = 0.05
"""Between the end of a process's output, which its guard holds to the last, and the guard's end."""
LAST_SECONDS = 2.0


@dataclass(eq=False)
class Worker:
    """One process of a node."""

    node: int
    process: Process
    log_name: str
    log: IO[bytes]
    exit_code: int | None = None
    """None while it runs."""


class Workers:
    """All processes of an attempt; for one thread, but for `kill`."""

    def __init__(self) -> None:
        self._all: list[Worker] = []
        self._selector = selectors.DefaultSelector()

    def start(
        self, node: int, command: str, variables: Mapping[str, str], directory: Path, log_name: str, log: Path
    ) -> None:
        """Start a process.

        Raises:
            OSError: this machine doesn't.
            ValueError: the command or a variable holds what none may.
        """
        log.parent.mkdir(parents=True, exist_ok=True)
        file = log.open("ab", buffering=0)
        try:
            process = Process([SHELL, "-c", command], variables, directory, grace_seconds())
        except BaseException:
            file.close()
            raise
        worker = Worker(node, process, log_name, file)
        self._all.append(worker)
        self._selector.register(process.output, selectors.EVENT_READ, worker)

    def alive(self) -> list[Worker]:
        """Those that run."""
        return [worker for worker in self._all if worker.exit_code is None]

    def wait(self, seconds: float) -> Iterator[Worker]:
        """Pass output on for a moment; those that have ended meanwhile."""
        for key, _ in self._selector.select(seconds):
            self._read(key.data)
        for worker in self.alive():
            code = worker.process.ended()
            if code is not None:
                while self._read(worker):
                    pass
                self._ignore(worker)
                worker.process.close()
                worker.log.close()
                worker.exit_code = code
                yield worker

    def stop(self) -> None:
        """Ask all to end."""
        for worker in self.alive():
            worker.process.stop()

    def kill(self, node: int | None = None) -> None:
        """End all, or those of a node, at once."""
        for worker in self.alive():
            if node in (None, worker.node):
                worker.process.kill()

    def close(self) -> None:
        """Give everything back; what still runs is killed."""
        self.kill()
        for worker in self.alive():
            worker.process.wait(LAST_SECONDS)
            worker.log.close()
        self._selector.close()

    def _read(self, worker: Worker) -> bool:
        chunk = worker.process.read()
        if chunk:
            worker.log.write(chunk)
        if worker.process.is_silent:
            self._ignore(worker)
            worker.process.wait(EXIT_SECONDS)
        return bool(chunk)

    def _ignore(self, worker: Worker) -> None:
        if worker.process.output in self._selector.get_map():
            self._selector.unregister(worker.process.output)
