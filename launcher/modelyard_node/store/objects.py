"""A store at a service of objects: what a bucket and a container have in common."""

from __future__ import annotations

import http.client
import os
import re
from collections.abc import Mapping
from html import unescape
from pathlib import Path
from typing import BinaryIO, ClassVar, NamedTuple

from modelyard_node.clock import Clock
from modelyard_node.store import PATIENCE_SECONDS
from modelyard_node.store.download import Download
from modelyard_node.store.retrying import retrying
from modelyard_node.store.service import RefusalError, Request, Service


class Listing(NamedTuple):
    """How a service is asked for names, page by page."""

    query: Mapping[str, str]
    most: str
    """What bounds the names of a page."""
    marker: str
    """What names the page that is wanted."""
    following: str
    """The element of a page that names the next one."""


class ServiceStore:
    """Objects below a prefix.

    Args:
        uri: of the store, for people.
        service: that has it.
        prefix: of all its keys, without a slash at its end.
        clock: the service's.
    """

    missing: ClassVar[str]
    """The error that says that there is no object."""
    there: ClassVar[frozenset[str]]
    """The errors that say that there is one already."""
    listing: ClassVar[Listing]

    def __init__(self, uri: str, service: Service, prefix: str, clock: Clock) -> None:
        self.uri, self.clock = uri.rstrip("/"), clock
        self._service = service
        self._prefix = f"{prefix}/" if prefix else ""

    def get(self, key: str, *, patience: float = PATIENCE_SECONDS) -> bytes | None:
        """The object."""
        return self._read(key, {}, patience)

    def peek(self, key: str, *, patience: float = PATIENCE_SECONDS) -> bytes | None:
        """Its first byte."""
        return self._read(key, {"range": "bytes=0-0"}, patience)

    def fetch(self, key: str, file: BinaryIO, *, patience: float = PATIENCE_SECONDS) -> str | None:
        """The object, a range of it after each break."""
        download = Download(self._service, self._prefix + key, file, self.missing)
        while True:
            whole = retrying(download.go_on, patience, f"{self.uri}/{key}")
            if whole is not False:
                return download.digest.hexdigest() if whole else None

    def put(
        self, key: str, data: bytes, *, if_absent: bool = False, patience: float = PATIENCE_SECONDS
    ) -> bool:
        """Write it, with If-None-Match if it may only be created."""
        request = self._writing(self._prefix + key, data, {"if-none-match": "*"} if if_absent else {})

        def write() -> bool:
            try:
                self._service.whole(request)
            except RefusalError as refusal:
                if if_absent and refusal.code in self.there:
                    return False
                raise
            return True

        return retrying(write, patience, f"{self.uri}/{key}")

    def put_file(self, key: str, path: str, *, patience: float = PATIENCE_SECONDS) -> None:
        """Write it from a file, as long as that is now: it may be written to meanwhile."""
        with Path(path).open("rb") as file:
            size = os.fstat(file.fileno()).st_size

            def write() -> None:
                file.seek(0)
                self._service.whole(self._uploading(self._prefix + key, file, size))

            retrying(write, patience, f"{self.uri}/{key}")

    def names(self, prefix: str, *, most: int | None = None, patience: float = PATIENCE_SECONDS) -> list[str]:
        """Names below a prefix, of every page that is needed."""
        found: list[str] = []
        start, listing = self._prefix + prefix, self.listing
        query = {**listing.query, "prefix": start, "delimiter": "/"}
        if most is not None:
            query[listing.most] = str(most)
        while True:
            text = retrying(
                lambda: self._service.whole(Request("GET", "", query=sorted(query.items()))).decode(),
                patience,
                f"{self.uri}/{prefix}",
            )
            found += [name[len(start) :] for name in self._listed(text)]
            following = re.search(f"<{listing.following}>([^<]+)</{listing.following}>", text)
            if following is None or (most is not None and len(found) >= most):
                return sorted(name for name in found if name)[:most]
            query[listing.marker] = unescape(following.group(1))

    def close(self) -> None:
        """Close this thread's connection."""
        self._service.drop()

    def _read(self, key: str, headers: Mapping[str, str], patience: float) -> bytes | None:
        def read() -> bytes | None:
            try:
                return self._service.whole(Request("GET", self._prefix + key, headers=headers))
            except RefusalError as refusal:
                if refusal.code == self.missing:
                    return None
                if headers and refusal.status == http.client.REQUESTED_RANGE_NOT_SATISFIABLE:
                    return b""
                raise

        return retrying(read, patience, f"{self.uri}/{key}")

    def _writing(self, name: str, data: bytes, headers: Mapping[str, str]) -> Request:
        """The request that writes an object."""
        raise NotImplementedError

    def _uploading(self, name: str, file: BinaryIO, size: int) -> Request:
        """The request that writes an object from a file that is at its beginning."""
        raise NotImplementedError

    def _listed(self, text: str) -> list[str]:
        """The names of objects and folders in a page."""
        raise NotImplementedError
