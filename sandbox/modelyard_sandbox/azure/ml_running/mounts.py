"""Directories that stand for containers of blobs: filled before the command runs, written through meanwhile.

Azure mounts containers by a file system; here they are copied. What a job writes into a mount is written
through every `INTERVAL_SECONDS`, once a file stays as it is or has changed `PATIENCE` times, and all of it at
the end; the oldest files first, so that a mark which says that others are complete comes after them. What
others write into the container meanwhile isn't seen.
"""

from __future__ import annotations

import logging
import os
import threading
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from modelyard_sandbox.azure.manager.ml.blob_places import BlobPlace
from modelyard_sandbox.azure.ml_running.blob_client import BlobClient, BlobError

INTERVAL_SECONDS = 0.5
PATIENCE = 6
Writes = Literal["no", "through", "at_last"]
State = tuple[int, int]
"""When a file was changed, in nanoseconds, and its size."""
_log = logging.getLogger(__name__)


@dataclass
class Mount:
    """One directory."""

    directory: Path
    place: BlobPlace
    client: BlobClient
    writes: Writes = "no"
    is_one_file: bool = False
    """Whether the place is a blob and `directory` a file."""
    _written: dict[str, State] = field(default_factory=dict[str, State])
    """What the container has, by the path below the directory."""
    _seen: dict[str, State] = field(default_factory=dict[str, State])
    _changed: Counter[str] = field(default_factory=Counter[str])

    def fill(self) -> None:
        """Copy what the container holds.

        Raises:
            BlobError: it can't be read.
        """
        if self.is_one_file:
            self.client.fetch_one(self.place, self.directory)
            return
        self.directory.mkdir(parents=True, exist_ok=True)
        if self.writes != "at_last":
            for name in self.client.names(self.place):
                self.client.fetch(self.place, name, self.directory / name)
        self._written = self._look()

    def write_through(self, *, at_last: bool = False) -> None:
        """Copy what was changed, and delete what is gone.

        Raises:
            BlobError: it can't be written.
        """
        if self.writes == "no" or (self.writes == "at_last" and not at_last):
            return
        found = self._look()
        for name in sorted(found, key=lambda name: found[name]):
            if found[name] != self._written.get(name) and (at_last or self._is_due(name, found[name])):
                self._write(name, found[name])
        for name in self._written.keys() - found.keys():
            self.client.delete(self.place, name)
            del self._written[name]
        self._seen = found

    def _is_due(self, name: str, state: State) -> bool:
        self._changed[name] += 1
        return self._seen.get(name) == state or self._changed[name] >= PATIENCE

    def _write(self, name: str, state: State) -> None:
        with suppress(FileNotFoundError):  # it was taken away meanwhile
            self.client.put(self.place, name, (self.directory / name).read_bytes())
            self._written[name] = state
            del self._changed[name]

    def _look(self) -> dict[str, State]:
        found: dict[str, State] = {}
        for directory, _, names in os.walk(self.directory):
            for name in names:
                path = Path(directory, name)
                with suppress(OSError):  # it was taken away meanwhile, or leads nowhere
                    state = path.stat()
                    found[path.relative_to(self.directory).as_posix()] = (state.st_mtime_ns, state.st_size)
        return found


class Writing:
    """Writes mounts through, beside everything else, until it is told to end."""

    def __init__(self, mounts: Sequence[Mount]) -> None:
        self._mounts, self._ended = mounts, threading.Event()
        self._thread = threading.Thread(target=self._work, name="ml-mounts", daemon=True)
        self._thread.start()

    def end(self, *, at_last: bool) -> BlobError | None:
        """Write what is left, if nodes still can; what went wrong with that."""
        self._ended.set()
        self._thread.join()
        error: BlobError | None = None
        for mount in self._mounts if at_last else ():
            try:
                mount.write_through(at_last=True)
            except BlobError as failed:
                error = failed
        return error

    def _work(self) -> None:
        while not self._ended.wait(INTERVAL_SECONDS):
            for mount in self._mounts:
                try:
                    mount.write_through()
                except BlobError as error:
                    _log.warning("a mount isn't written through: %s", error)
