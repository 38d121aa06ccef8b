"""A store that is a directory."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from modelyard_node.clock import Clock
from modelyard_node.store import PATIENCE_SECONDS, StoreError
from modelyard_node.store.retrying import TryAgainError, retrying

_CHUNK_BYTES = 1 << 20

_NO_OBJECT = (FileNotFoundError, NotADirectoryError, IsADirectoryError)

_NO_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}
"""What file systems without hard links answer."""


class FileStore:
    """A directory; a write goes to a file beside and is moved, or linked, into place."""

    def __init__(self, uri: str, root: str) -> None:
        self.uri = uri.rstrip("/")
        self.clock = Clock()
        self._root = Path(root)

    def get(self, key: str, *, patience: float = PATIENCE_SECONDS) -> bytes | None:
        """The file's bytes."""

        def read() -> bytes | None:
            with self._translated(key):
                try:
                    return (self._root / key).read_bytes()
                except _NO_OBJECT:
                    return None

        return retrying(read, patience, f"{self.uri}/{key}")

    def peek(self, key: str, *, patience: float = PATIENCE_SECONDS) -> bytes | None:
        """The file's first byte."""

        def read() -> bytes | None:
            with self._translated(key):
                try:
                    with (self._root / key).open("rb") as file:
                        return file.read(1)
                except _NO_OBJECT:
                    return None

        return retrying(read, patience, f"{self.uri}/{key}")

    def fetch(self, key: str, file: BinaryIO, *, patience: float = PATIENCE_SECONDS) -> str | None:
        """Copy the file."""

        def read() -> BinaryIO | None:
            with self._translated(key):
                try:
                    return (self._root / key).open("rb")
                except _NO_OBJECT:
                    return None

        source = retrying(read, patience, f"{self.uri}/{key}")
        if source is None:
            return None
        digest = hashlib.sha256()
        with source:
            while chunk := retrying(lambda: self._chunk(source, key), patience, f"{self.uri}/{key}"):
                digest.update(chunk)
                file.write(chunk)
        return digest.hexdigest()

    def _chunk(self, source: BinaryIO, key: str) -> bytes:
        with self._translated(key):
            return source.read(_CHUNK_BYTES)

    def put(
        self, key: str, data: bytes, *, if_absent: bool = False, patience: float = PATIENCE_SECONDS
    ) -> bool:
        """Write the file."""

        def write() -> bool:
            with self._beside(key) as (path, beside):
                beside.write_bytes(data)
                if if_absent:
                    return self._create(beside, path)
                beside.replace(path)
                return True

        return retrying(write, patience, f"{self.uri}/{key}")

    def put_file(self, key: str, path: str, *, patience: float = PATIENCE_SECONDS) -> None:
        """Copy a file."""

        def write() -> None:
            with self._beside(key) as (target, beside):
                shutil.copyfile(path, beside)
                beside.replace(target)

        retrying(write, patience, f"{self.uri}/{key}")

    def names(self, prefix: str, *, most: int | None = None, patience: float = PATIENCE_SECONDS) -> list[str]:
        """The directory's entries; those that begin with a dot are on their way."""

        def entries() -> list[str]:
            with self._translated(prefix):
                try:
                    with os.scandir(self._root / prefix) as found:
                        return sorted(
                            f"{entry.name}/" if entry.is_dir() else entry.name
                            for entry in found
                            if not entry.name.startswith(".")
                        )
                except _NO_OBJECT:
                    return []

        return retrying(entries, patience, f"{self.uri}/{prefix}")[:most]

    def close(self) -> None:
        """Nothing is open."""

    @contextmanager
    def _beside(self, key: str) -> Generator[tuple[Path, Path]]:
        """A key's path and one beside it, which is gone afterwards."""
        path = self._root / key
        beside = path.with_name(f".{path.name}.{os.urandom(8).hex()}")
        with self._translated(key):
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                yield path, beside
            finally:
                with suppress(FileNotFoundError):
                    beside.unlink()

    @staticmethod
    def _create(beside: Path, path: Path) -> bool:
        """Give a file its name, unless the name is taken: whoever comes first, whole."""
        try:
            os.link(beside, path)
        except FileExistsError:
            return False
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
        else:
            return True
        try:
            with path.open("xb") as file:
                file.write(beside.read_bytes())
        except FileExistsError:
            return False
        return True

    @contextmanager
    def _translated(self, key: str) -> Generator[None]:
        try:
            yield
        except PermissionError as error:
            raise StoreError(f"{self.uri}/{key}: {error.strerror}") from error
        except OSError as error:
            if error.errno == errno.EROFS:
                raise StoreError(f"{self.uri}/{key}: {error.strerror}") from error
            raise TryAgainError(str(error.strerror or error)) from error
