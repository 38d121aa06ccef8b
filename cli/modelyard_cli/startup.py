"""What makes a short command short: nothing here changes what it does."""

from __future__ import annotations

import gc
import os


def make_short() -> None:
    """For a process that runs one command, before it imports anything of size."""
    # Most of what a command makes lives to its end: walking it again and again is for nothing.
    gc.set_threshold(100_000)
    # Looking for pydantic's plugins takes longer than most commands' own work, and none is wanted.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
