"""Which commit a directory's files are of, and whether they are as it has them."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SHOWN_DIGITS = 12
"""Digits of a commit in a tag: enough for a repository of any size."""


@dataclass(frozen=True, slots=True)
class Revision:
    """A commit, and how the files stand to it."""

    commit: str
    committed_at: int
    """When it was committed, in seconds since 1970: what files without a time of their own are dated with."""
    changed: bool
    """Whether files that matter aren't as the commit has them."""

    @property
    def short(self) -> str:
        """The commit as a tag has it."""
        return self.commit[:SHOWN_DIGITS]

    @property
    def label(self) -> str:
        """What org.opencontainers.image.revision says."""
        return f"{self.commit}-changed" if self.changed else self.commit


def revision_of(paths: Sequence[Path], but: Path | None = None) -> Revision | None:
    """The commit of these files and directories; None where there is no git, no repository or no commit.

    `but` is a file among them that doesn't matter: a job's, whose image is about to be written into it.
    """
    git = shutil.which("git")
    if git is None:
        return None
    top = paths[0] if paths[0].is_dir() else paths[0].parent
    said = _git(git, top, "log", "-1", "--format=%H %ct")
    if not said:
        return None
    commit, committed_at = said.split()
    matter = [str(path.resolve()) for path in paths]
    if but is not None and any(but.resolve().is_relative_to(path.resolve()) for path in paths):
        matter.append(f":(exclude){but.resolve()}")
    changed = _git(git, top, "status", "--porcelain", "--", *matter)
    return Revision(commit, int(committed_at), changed is None or bool(changed))


def repository_top(directory: Path) -> Path | None:
    """The top of the repository that a directory is in; None if it is in none."""
    directory = directory.resolve()
    return next((each for each in (directory, *directory.parents) if (each / ".git").exists()), None)


def _git(git: str, directory: Path, *words: str) -> str | None:
    """What git says; None if it doesn't like the question."""
    answer = subprocess.run(
        [git, "-C", str(directory), *words],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        # A hook of git's calls its children with the repository that it is in: here the directory says it.
        env={name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
        check=False,
    )
    return answer.stdout.strip() if answer.returncode == 0 else None
