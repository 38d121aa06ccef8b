"""The garbage collector while a program runs, and at the end of a process."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Generator


@contextlib.contextmanager
def collector_paused() -> Generator[None]:
    """No collection within: a program's objects live until it ends, and walking them takes half its time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@contextlib.contextmanager
def collector_left_out() -> Generator[None]:
    """For the last thing that a process does: no collection, then or when the interpreter ends.

    Collecting at the end would take as long as the work. The next use in one process gives this one's back.
    """
    gc.unfreeze()
    with collector_paused():
        try:
            yield
        finally:
            gc.freeze()
