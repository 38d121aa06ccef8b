"""Directories of what has ended are removed beside everything else: scratch may be large."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any


class Cleaner:
    """Removes directories one after another."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, "cleaner")

    def remove(self, directory: Path) -> None:
        """Remove a directory in a while."""
        self._pool.submit(remove_now, directory)

    def end(self) -> None:
        """Leave what is left to whoever removes what is around it."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def remove_now(directory: Path) -> None:
    """Remove a directory, whatever its programs have forbidden to themselves in it."""
    shutil.rmtree(directory, onerror=_allowed)
    shutil.rmtree(directory, ignore_errors=True)


def _allowed(_function: Callable[..., Any], path: str, _error: Any) -> None:
    with suppress(OSError):
        os.chmod(os.path.dirname(path), 0o700)  # noqa: PTH101, PTH120 (paths as they come)
        os.chmod(path, 0o700)  # noqa: PTH101
