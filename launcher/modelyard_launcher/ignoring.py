"""What of a directory doesn't travel with a job."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

ALWAYS_LEFT_OUT = frozenset({".git", ".modelyard", ".venv", "__pycache__"})
"""Names that are left out wherever they are: history, what the launcher keeps here, what each machine makes
for itself."""

IGNORE_FILE = ".modelyardignore"
"""Patterns of what else is left out, in gitignore's syntax."""

GIT_IGNORE_FILE = ".gitignore"
"""Its patterns count where a directory has no file of ours, as SkyPilot does it (0.14.1)."""

LeftOut = Callable[[str, bool], bool]
"""Whether a path below the directory (with slashes), which is a directory or not, is left out."""


def left_out(root: Path) -> LeftOut:
    """What of a directory is left out. Raises OSError or UnicodeDecodeError if its patterns can't be read."""
    matches = _patterns(root)

    def decide(path: str, is_directory: bool) -> bool:
        name = path.rpartition("/")[2]
        return name in ALWAYS_LEFT_OUT or matches(f"{path}/" if is_directory else path)

    return decide


def _patterns(root: Path) -> Callable[[str], bool]:
    for name in (IGNORE_FILE, GIT_IGNORE_FILE):
        file = root / name
        if file.is_file():
            from pathspec import GitIgnoreSpec  # only for whoever has such a file

            return GitIgnoreSpec.from_lines(file.read_text(encoding="utf-8").splitlines()).match_file
    return lambda _: False
