"""The checkpoint store, as far as nodes need it: a directory (file://), a bucket (s3://) or a
container of Azure (https://).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import BinaryIO, Protocol
from urllib.parse import unquote, urlsplit

from modelyard_node.clock import Clock

PATIENCE_SECONDS = 60.0
"""How long an operation is tried again, unless it is told otherwise."""


class StoreError(Exception):
    """The store refuses, or what is asked of it can't be: trying again is of no use."""


class StoreAwayError(StoreError):
    """The store couldn't be reached, or couldn't answer, for as long as it was tried."""


class Store(Protocol):
    """Objects under keys such as `runs/<run>/stop.json`.

    Every operation is tried again for `patience` seconds while the store is away, and then raises
    StoreAwayError; StoreError if it refuses.
    """

    uri: str
    clock: Clock
    """The time, put right by the store's answers if they are dated."""

    def get(self, key: str, *, patience: float = PATIENCE_SECONDS) -> bytes | None:
        """The object; None if there is none."""
        ...

    def peek(self, key: str, *, patience: float = PATIENCE_SECONDS) -> bytes | None:
        """The object's first byte, nothing of an empty one; None if there is no object."""
        ...

    def fetch(self, key: str, file: BinaryIO, *, patience: float = PATIENCE_SECONDS) -> str | None:
        """Write the object to a file, of any size, and return its SHA-256; None if there is none.

        What broke off goes on where it stopped; the patience is for each standstill.
        """
        ...

    def put(
        self, key: str, data: bytes, *, if_absent: bool = False, patience: float = PATIENCE_SECONDS
    ) -> bool:
        """Write an object, whole or not at all; with `if_absent` only if there is none: else False."""
        ...

    def put_file(self, key: str, path: str, *, patience: float = PATIENCE_SECONDS) -> None:
        """Write an object from a file, which is not read into memory."""
        ...

    def names(self, prefix: str, *, most: int | None = None, patience: float = PATIENCE_SECONDS) -> list[str]:
        """Names directly below a prefix that ends with a slash, sorted; those of folders end with one too.

        With `most`, no more than so many, whichever come first.
        """
        ...

    def close(self) -> None:
        """Give back what this thread has open."""
        ...


def open_store(uri: str, environ: Mapping[str, str]) -> Store:
    """The store at `s3://bucket/prefix`, `https://account.blob.core.windows.net/container/prefix` or
    `file:///directory`. Nothing is read or made yet.

    Raises StoreError for other forms.
    """
    parts = urlsplit(uri)
    if parts.scheme == "s3" and parts.netloc:
        from modelyard_node.store.s3 import S3Store  # http.client, which a store of files does without

        return S3Store(uri, parts.netloc, unquote(parts.path).strip("/"), environ)
    if parts.scheme == "file" and parts.netloc in ("", "localhost") and parts.path.startswith("/"):
        from modelyard_node.store.files import FileStore

        return FileStore(uri, unquote(parts.path))
    if parts.scheme == "https":
        from modelyard_node.store.blob import BlobStore

        return BlobStore(uri, parts, environ)
    raise StoreError(
        f"{uri}: no such store is known; allowed: s3://bucket, "
        "https://ACCOUNT.blob.core.windows.net/CONTAINER or file:///directory"
    )
