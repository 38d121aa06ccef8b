"""A node's own directory, and what is left of those whose nodes were killed before they could remove theirs.

A container's own files go with it, but scratch space is the machine's, and the next job's. So each directory
holds a file that its node keeps locked: a lock goes with its process, however that ends. Processes that
mpirun started on one node share a directory, and the lock: whoever lets it go last removes it.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from pathlib import Path
from typing import NamedTuple

PREFIX = "modelyard-"
_NOT_YET = ".modelyard-"
_LOCK = ".lock"


class Scratch:
    """The directory."""

    def __init__(self, parent: str | None) -> None:
        """Make it below that directory, or where temporary files lie. Raises OSError if that can't be."""
        made = Path(tempfile.mkdtemp(prefix=_NOT_YET, dir=parent))
        lock = os.open(made / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        _try_lock(lock, fcntl.LOCK_SH)
        # Under its name there is never one without a lock.
        self.path = made.with_name(PREFIX + made.name[len(_NOT_YET) :])
        made.rename(self.path)
        self._held = Held(self.path, lock)
        _remove_left(self.path.parent)

    def remove(self) -> None:
        """Remove it, with all that is in it, unless others hold it too."""
        self._held.let_go()


class Held(NamedTuple):
    """A directory that isn't removed while it is held."""

    path: Path
    lock: int

    def let_go(self) -> None:
        """Hold it no longer; the last removes it."""
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self.lock)
            return
        except OSError:  # the file system has no locks: nobody can hold it too
            pass
        shutil.rmtree(self.path, ignore_errors=True)
        os.close(self.lock)


def hold(path: Path) -> Held:
    """Hold another process's directory. Raises OSError if it isn't there."""
    lock = os.open(path / _LOCK, os.O_RDWR | os.O_NOFOLLOW)
    _try_lock(lock, fcntl.LOCK_SH)
    return Held(path, lock)


def _remove_left(parent: Path) -> None:
    """Remove directories of nodes that are gone, as far as this process may."""
    for lock in parent.glob(f"{PREFIX}*/{_LOCK}"):
        try:
            file = os.open(lock, os.O_RDWR | os.O_NOFOLLOW)
        except OSError:
            continue
        try:
            if _try_lock(file, fcntl.LOCK_EX):
                shutil.rmtree(lock.parent, ignore_errors=True)
        finally:
            os.close(file)


def _try_lock(file: int, kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except OSError:  # somebody has it, or the file system has no locks
        return False
    return True
