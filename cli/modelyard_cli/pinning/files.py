"""Reads and replaces a text file as it is: its line ends, its byte order mark, its rights."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

MARK = "\ufeff"


def read_text(path: Path) -> tuple[str, str]:
    """A file's byte order mark, if it has one, and its text with its own line ends."""
    text = path.read_bytes().decode("utf-8")
    return (MARK, text[1:]) if text.startswith(MARK) else ("", text)


def replace_text(path: Path, text: str) -> None:
    """Put a text in the place of a file's, all of it or nothing. Raises OSError."""
    target = path.resolve()  # a link stays one
    new = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        new.write_bytes(text.encode("utf-8"))
        shutil.copymode(target, new)
        new.replace(target)
    finally:
        new.unlink(missing_ok=True)
