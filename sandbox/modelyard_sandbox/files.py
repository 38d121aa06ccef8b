"""Files of the sandbox's directory: written whole or not at all, readable by their owner only."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from modelyard.errors import SurroundingsError


def write_private(path: Path, text: str) -> None:
    """Replace a file's content atomically; its mode is 0600, because a state may hold secrets."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    beside.replace(path)


def set_aside(path: Path, kept: int) -> None:
    """Rename a file that is about to be written anew to `NAME.1`, and older ones on to `NAME.<kept>`."""
    for number in range(kept - 1, -1, -1):
        older = path.with_name(f"{path.name}.{number}") if number else path
        if older.exists():
            older.replace(path.with_name(f"{path.name}.{number + 1}"))


@contextmanager
def locked(path: Path, work: str, *, wait: bool = False) -> Generator[None]:
    """Hold a lock that the system gives back even if this process is killed.

    Raises SurroundingsError naming `work` if another process holds it and `wait` is False.
    """
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SurroundingsError(
                f"another process is at work: {work} ({path})", "wait until it has ended, or end it"
            ) from None
        yield
