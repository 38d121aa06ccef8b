"""A node's own directory, and what is left of those whose nodes were killed before they could remove theirs.

A container's own files go with it, but scratch space is the machine's, and the next job's. So each directory
holds a file that its node keeps locked: a lock goes with its process, however that ends.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from pathlib import Path

PREFIX = "modelyard-"
_NOT_YET = ".modelyard-"
_LOCK = ".lock"


class Scratch:
    """The directory."""

    def __init__(self, parent: str | None) -> None:
        """Make it below that directory, or where temporary files lie. Raises OSError if that can't be."""
        made = Path(tempfile.mkdtemp(prefix=_NOT_YET, dir=parent))
        self._lock = os.open(made / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        _try_lock(self._lock)
        # Under its name there is never one without a lock.
        self.path = made.with_name(PREFIX + made.name[len(_NOT_YET) :])
        made.rename(self.path)
        _remove_left(self.path.parent)

    def remove(self) -> None:
        """Remove it, with all that is in it."""
        shutil.rmtree(self.path, ignore_errors=True)
        os.close(self._lock)


def _remove_left(parent: Path) -> None:
    """Remove directories of nodes that are gone, as far as this process may."""
    for lock in parent.glob(f"{PREFIX}*/{_LOCK}"):
        try:
            file = os.open(lock, os.O_RDWR | os.O_NOFOLLOW)
        except OSError:
            continue
        try:
            if _try_lock(file):
                shutil.rmtree(lock.parent, ignore_errors=True)
        finally:
            os.close(file)


def _try_lock(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:  # somebody has it, or the file system has no locks
        return False
    return True
