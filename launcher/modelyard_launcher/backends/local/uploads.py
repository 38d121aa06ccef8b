"""Keeps a run's logs and metrics in the checkpoint store current while it runs."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from modelyard.errors import SurroundingsError
from modelyard_launcher.stores import Store

SHORTEST_PAUSE_SECONDS = 2.0

LARGEST_SHARE_OF_TIME = 0.05
"""Uploads take no more of the time than that: the longer one takes, the longer is the pause after it."""

LARGEST_LIVE_BYTES = 32 << 20
"""Larger files are uploaded at the end only: an object is always written whole."""


class Uploader:
    """Writes files to the store whenever they have grown."""

    def __init__(self, store: Store, files: Mapping[str, Path]) -> None:
        """`files` are those to keep current, by their keys."""
        self._store = store
        self._files = files
        self._sent: dict[str, int] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._keep_current, name="modelyard-uploads", daemon=True)

    def start(self) -> None:
        """Begin, beside whatever else happens."""
        self._thread.start()

    def finish(self) -> None:
        """Upload what is missing. Raises SurroundingsError if the store can't be written to."""
        self._over.set()
        self._thread.join()
        for key, path in self._files.items():
            if self._size(path) != self._sent.get(key, 0):
                self._store.put_file(key, path)

    def _keep_current(self) -> None:
        pause = SHORTEST_PAUSE_SECONDS
        while not self._over.wait(pause):
            began = time.monotonic()
            with suppress(
                SurroundingsError
            ):  # training goes on without its store; finish() says so if that lasts
                self._upload_grown()
            pause = max(SHORTEST_PAUSE_SECONDS, (time.monotonic() - began) / LARGEST_SHARE_OF_TIME)

    def _upload_grown(self) -> None:
        for key, path in self._files.items():
            size = self._size(path)
            if size != self._sent.get(key, 0) and size <= LARGEST_LIVE_BYTES and not self._over.is_set():
                content = path.read_bytes()
                self._store.put(key, content)
                self._sent[key] = len(content)

    @staticmethod
    def _size(path: Path) -> int:
        return path.stat().st_size if path.is_file() else 0
