"""A directory as a store."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import uuid
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from modelyard.errors import SurroundingsError
from modelyard_launcher.stores import Tagged

_HIDDEN = "."
"""What begins with it is being written, or is a lock."""


class FileStore:
    """A directory; a write goes to a file beside and is moved into place."""

    def __init__(self, uri: str, root: Path) -> None:
        self.uri = uri.rstrip("/")
        self._root = root

    @contextmanager
    def _translated(self, key: str) -> Generator[None]:
        try:
            yield
        except OSError as error:
            raise SurroundingsError(
                f"{self.uri}/{key}: {error.strerror or error}",
                f"check that {self._root} is there and may be written to",
            ) from error

    def get(self, key: str, start: int = 0) -> bytes | None:
        """The file's bytes; None without it."""
        with self._translated(key):
            try:
                with (self._root / key).open("rb") as file:
                    file.seek(start)
                    return file.read()
            except (FileNotFoundError, NotADirectoryError):
                return None

    def get_tagged(self, key: str) -> Tagged | None:
        """The file's bytes, and their SHA-256."""
        data = self.get(key)
        return None if data is None else Tagged(data, hashlib.sha256(data).hexdigest())

    def size(self, key: str) -> int | None:
        """Size of the file."""
        with self._translated(key):
            try:
                return (self._root / key).stat().st_size
            except (FileNotFoundError, NotADirectoryError):
                return None

    def put(self, key: str, data: bytes) -> None:
        """Write the file."""
        path = self._root / key
        with self._translated(key):
            self._beside(path, data).replace(path)

    def create(self, key: str, data: bytes) -> bool:
        """Write the file unless there is one: a link never takes another's place."""
        path = self._root / key
        with self._translated(key):
            beside = self._beside(path, data)
            try:
                path.hardlink_to(beside)
            except FileExistsError:
                return False
            finally:
                beside.unlink()
        return True

    def replace(self, key: str, data: bytes, tag: str) -> bool:
        """Write the file if it still has that SHA-256; a lock beside it keeps others off meanwhile."""
        path = self._root / key
        if self.size(key) is None:
            return False
        with self._translated(key), path.with_name(f"{_HIDDEN}{path.name}.lock").open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            found = self.get_tagged(key)
            if found is None or found.tag != tag:
                return False
            self._beside(path, data).replace(path)
        return True

    @staticmethod
    def _beside(path: Path, content: bytes | Path) -> Path:
        """A file with the data, or with what is in a file, beside the one that is meant; none if it fails."""
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f"{_HIDDEN}{path.name}.{uuid.uuid4().hex}")
        try:
            if isinstance(content, Path):
                shutil.copyfile(content, beside)
            else:
                beside.write_bytes(content)
        except OSError:  # on a full disk, what there is of it would take the last room
            beside.unlink(missing_ok=True)
            raise
        return beside

    def put_file(self, key: str, path: Path) -> None:
        """Copy the file."""
        target = self._root / key
        with self._translated(key):
            self._beside(target, path).replace(target)

    def folders(self, prefix: str) -> list[str]:
        """Names of the directories below one."""
        with self._translated(prefix):
            try:
                return sorted(entry.name for entry in os.scandir(self._root / prefix) if entry.is_dir())
            except FileNotFoundError:
                return []

    def keys(self, prefix: str) -> list[str]:
        """Keys of the files below a directory."""
        with self._translated(prefix):
            files = (path for path in (self._root / prefix).rglob("*") if path.is_file())
            return sorted(
                path.relative_to(self._root).as_posix() for path in files if not path.name.startswith(_HIDDEN)
            )
