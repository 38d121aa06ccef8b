"""A rank's metrics: JSON lines that its program writes, kept current in the store."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from modelyard_node.clock import UTC, Clock, instant
from modelyard_node.store import Store

LARGEST_LIVE_BYTES = 32 << 20
"""Larger files are uploaded at the end only: an object is always written whole."""

_TAIL_BYTES = 64 * 1024
_PROGRESS = ("step", "total_steps", "epoch", "loss")


class Metrics:
    """The file, and its object, which goes on where earlier attempts left off."""

    def __init__(self, store: Store, key: str, path: Path) -> None:
        self._store, self._key, self._path = store, key, path
        # What is here already came from an earlier attempt on this machine, and is in the object too.
        self._earlier: bytes | None = b"" if self._size() else None
        self._sent = -1

    def upload(self, patience: float, *, last: bool = False) -> None:
        """Bring the object up to the file. Raises StoreError, and OSError if the file can't be read."""
        if not self.news(last=last):
            return
        size = self._size()
        if self._earlier is None:
            self._earlier = self._store.get(self._key, patience=patience) or b""
        if not self._earlier:
            self._store.put_file(self._key, str(self._path), patience=patience)
        else:
            self._store.put(self._key, self._earlier + self._path.read_bytes(), patience=patience)
        self._sent = size

    def news(self, *, last: bool = False) -> bool:
        """Whether the file has what the object hasn't, and is small enough to be written now."""
        size = self._size()
        return bool(size) and size != self._sent and (last or size <= LARGEST_LIVE_BYTES)

    def _size(self) -> int:
        with suppress(OSError):
            return self._path.stat().st_size
        return 0


def progress(path: Path, clock: Clock) -> dict[str, Any] | None:
    """How far the program is, by the last line that says so."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(size - _TAIL_BYTES, 0))
            lines = file.read().split(b"\n")
        at = path.stat().st_mtime
    except OSError:
        return None
    # What follows the last end of line isn't whole yet.
    for line in reversed(lines[:-1]):
        found = _parsed(line)
        if "step" in found:
            said = {name: found.get(name) for name in _PROGRESS}
            return {**said, "at": instant(datetime.fromtimestamp(at + clock.offset_seconds, UTC))}
    return None


def _parsed(line: bytes) -> dict[str, Any]:
    with suppress(ValueError):
        found = json.loads(line)
        if isinstance(found, dict):
            return found
    return {}
