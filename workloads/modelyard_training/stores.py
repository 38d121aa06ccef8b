"""Stores of whole objects under keys: datasets are read from one, checkpoints and results written to one."""

from __future__ import annotations

import os
import uuid
from abc import ABC, abstractmethod
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import unquote, urlsplit

from modelyard_training.errors import ExistingObjectError, MissingObjectError, StoreError

FORMS = "s3://bucket/prefix, https://account.blob.core.windows.net/container/prefix or file:///directory"
"""Stores that are known."""


def open_store(uri: str) -> Store:
    """The store at `s3://bucket/prefix`, `https://account.blob.core.windows.net/container/prefix` or
    `file:///directory`; nothing is read or made yet.

    Raises:
        StoreError: for any other kind of URI.
    """
    parts = urlsplit(uri)
    if parts.scheme == "s3" and parts.netloc:
        from modelyard_training.s3_store import S3Store

        return S3Store(uri, bucket=parts.netloc, prefix=unquote(parts.path).strip("/"))
    if parts.scheme == "file" and parts.netloc in ("", "localhost") and parts.path.startswith("/"):
        return FileStore(uri, Path(unquote(parts.path)))
    if parts.scheme == "https":
        from modelyard_training.blob_store import BlobStore

        return BlobStore(uri, parts)
    raise StoreError(f"{uri!r} is no store that this container knows: {FORMS}")


class Store(ABC):
    """Objects under keys such as `digits/manifest.json`. Objects are read and written whole, so each has to
    fit in memory and, on S3, within the 5 GB that one PUT takes.
    """

    def __init__(self, uri: str) -> None:
        self.uri = uri.rstrip("/")

    def uri_of(self, key: str) -> str:
        """The full URI of a key."""
        return f"{self.uri}/{key}"

    @abstractmethod
    def get(self, key: str) -> bytes:
        """The object; MissingObjectError if there is none."""

    @abstractmethod
    def put(self, key: str, data: bytes, *, if_absent: bool = False) -> None:
        """Write the object, all or nothing; with `if_absent`, ExistingObjectError if there is one already."""

    @abstractmethod
    def exists(self, key: str) -> bool:
        """Whether there is an object at this key."""

    @abstractmethod
    def list(self, prefix: str) -> list[str]:
        """Keys that start with the prefix, sorted."""

    @abstractmethod
    def delete(self, key: str) -> None:
        """Remove the object; nothing happens if there is none."""


def check_key(key: str) -> str:
    """The key itself; StoreError if it could leave the store."""
    if not key or any(part in ("", ".", "..") for part in key.split("/")):
        raise StoreError(f"{key!r} is no key: parts between slashes may be neither empty nor . nor ..")
    return key


class FileStore(Store):
    """A directory; a write goes to a file beside and is moved into place, so nobody reads half of it."""

    _PART = ".part"

    def __init__(self, uri: str, root: Path) -> None:
        super().__init__(uri)
        self._root = root

    def _path(self, key: str) -> Path:
        return self._root / check_key(key)

    @contextmanager
    def _translated(self, key: str) -> Generator[None]:
        try:
            yield
        except (FileNotFoundError, IsADirectoryError) as error:
            raise MissingObjectError(f"{self.uri_of(key)}: no such object") from error
        except FileExistsError as error:
            raise ExistingObjectError(f"{self.uri_of(key)}: there already") from error
        except OSError as error:
            raise StoreError(f"{self.uri_of(key)}: {error.strerror}") from error

    def get(self, key: str) -> bytes:
        """The file's bytes."""
        with self._translated(key):
            return self._path(key).read_bytes()

    def put(self, key: str, data: bytes, *, if_absent: bool = False) -> None:
        """Write the file and wait until it is on the disk."""
        path = self._path(key)
        part = path.with_name(f".{path.name}.{uuid.uuid4().hex}{self._PART}")
        with self._translated(key):
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                with part.open("xb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                if if_absent:
                    path.hardlink_to(part)
                else:
                    part.replace(path)
            finally:
                part.unlink(missing_ok=True)

    def exists(self, key: str) -> bool:
        """Whether the file is there."""
        return self._path(key).is_file()

    def list(self, prefix: str) -> list[str]:
        """Keys of the files below the directory; unfinished writes are left out."""
        # Only the part up to the last slash is a directory; the rest is the beginning of a name.
        folder = prefix.rpartition("/")[0]
        start = self._path(folder) if folder else self._root
        files = (path for path in start.rglob("*") if path.is_file() and not path.name.endswith(self._PART))
        keys = (path.relative_to(self._root).as_posix() for path in files)
        return sorted(key for key in keys if key.startswith(prefix))

    def delete(self, key: str) -> None:
        """Remove the file, and its directory if that leaves it empty."""
        path = self._path(key)
        with self._translated(key):
            path.unlink(missing_ok=True)
        if path.parent != self._root:
            with suppress(OSError):
                path.parent.rmdir()
