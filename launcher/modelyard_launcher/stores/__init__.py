"""Stores of small objects under keys: a directory (file://), a bucket (s3://), a container of Azure (https://)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar
from urllib.parse import unquote, urlsplit

from modelyard.errors import InputError, Problem
from modelyard_launcher.access import S3Access
from modelyard_launcher.azure.access import AzureAccess

Access = S3Access | AzureAccess
"""How a cloud is reached."""

_AccessT = TypeVar("_AccessT", S3Access, AzureAccess)

FORMS = "s3://bucket, https://account.blob.core.windows.net/container or file:///directory"


@dataclass(frozen=True, slots=True)
class Tagged:
    """An object with the tag by which a later write can ask whether it is still the same."""

    data: bytes
    tag: str


class Store(Protocol):
    """Objects under keys such as `runs/<id>/run.json`. What goes wrong is a SurroundingsError."""

    uri: str

    def get(self, key: str, start: int = 0) -> bytes | None:
        """The object from a byte on; None if there is none."""
        ...

    def get_tagged(self, key: str) -> Tagged | None:
        """The object with its tag; None if there is none."""
        ...

    def size(self, key: str) -> int | None:
        """Size of the object in bytes; None if there is none."""
        ...

    def put(self, key: str, data: bytes) -> None:
        """Write an object, whole or not at all."""
        ...

    def put_file(self, key: str, path: Path) -> None:
        """Write an object from a file, of any size."""
        ...

    def create(self, key: str, data: bytes) -> bool:
        """Write an object unless there is one already; whether it was written. Of several at once, one is, if
        no two want to write the same.
        """
        ...

    def replace(self, key: str, data: bytes, tag: str) -> bool:
        """Write an object if there still is the one of that tag; whether it was written."""
        ...

    def folders(self, prefix: str) -> list[str]:
        """Names directly below a prefix that ends with a slash, and that hold objects; sorted."""
        ...

    def keys(self, prefix: str) -> list[str]:
        """Keys of all objects below a prefix that ends with a slash; sorted."""
        ...


def open_store(uri: str, access: Access) -> Store:
    """The store at `s3://bucket/prefix`, `https://account.blob.core.windows.net/container/prefix` or
    `file:///directory`. Nothing is read or made yet.
    """
    parts = urlsplit(uri)
    if parts.scheme == "s3" and parts.netloc:
        from modelyard_launcher.stores.s3 import S3Store

        return S3Store(uri, parts.netloc, parts.path.strip("/"), _of(S3Access, access, uri, "AWS"))
    if parts.scheme == "file" and parts.netloc in ("", "localhost") and parts.path.startswith("/"):
        from modelyard_launcher.stores.files import FileStore

        return FileStore(uri, Path(unquote(parts.path)))
    if parts.scheme == "https":
        from modelyard_launcher.stores.blob_container import place_of

        place = place_of(parts)
        if place is not None:
            from modelyard_launcher.stores.blob import BlobStore

            return BlobStore(uri, *place, _of(AzureAccess, access, uri, "Azure"))
    raise _unknown(uri, "the target names a store that the launcher doesn't know", FORMS)


def _of(kind: type[_AccessT], access: Access, uri: str, cloud: str) -> _AccessT:
    """The access, which must be the cloud's that the store is in."""
    if not isinstance(access, kind):
        allowed = f"a store of {access.place}, or file:///directory"
        raise _unknown(uri, f"the store is in {cloud}, and the target isn't", allowed)
    return access


def _unknown(uri: str, message: str, allowed: str) -> InputError:
    mend = "write the target anew with `pulumi up`"
    return InputError([Problem(field="stores", given=uri, message=message, allowed=allowed, mend=mend)])
