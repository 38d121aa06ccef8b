"""An object on its way into a file, and a file on its way into a store."""

from __future__ import annotations

import hashlib
import http.client
from collections.abc import Iterator
from typing import BinaryIO

from modelyard_node.store.retrying import TryAgainError
from modelyard_node.store.service import RefusalError, Request, Service

CHUNK_BYTES = 1 << 20


class Download:
    """Goes on where it stopped.

    Args:
        service: that has the object.
        key: the object's, within the service.
        file: takes the bytes.
        missing: the error that says that there is none.
    """

    def __init__(self, service: Service, key: str, file: BinaryIO, missing: str) -> None:
        self.digest = hashlib.sha256()
        self._service, self._key, self._file, self._missing = service, key, file, missing
        self._got = 0

    def go_on(self) -> bool | None:
        """Whether all is there; False after some progress, None if there is no object."""
        headers = {"range": f"bytes={self._got}-"} if self._got else {}
        try:
            answer = self._service.ask(Request("GET", self._key, headers=headers))
        except RefusalError as refusal:
            if refusal.code == self._missing:
                return None
            raise
        before = self._got
        trouble = self._take(answer)
        if trouble is None:
            return True
        self._service.drop()
        if self._got > before:
            return False
        raise TryAgainError(trouble)

    def _take(self, answer: http.client.HTTPResponse) -> str | None:
        """Take what comes; what broke it off, if anything did. Trouble with the file is an OSError."""
        while True:
            try:
                chunk = answer.read(CHUNK_BYTES)
            except (OSError, http.client.HTTPException) as error:
                return f"{type(error).__name__}: {error}"
            if not chunk:
                return "it broke off" if answer.length else None
            self.digest.update(chunk)
            self._file.write(chunk)
            self._got += len(chunk)


def chunks(file: BinaryIO, size: int) -> Iterator[bytes]:
    """A file's first bytes."""
    while size > 0:
        chunk = file.read(min(size, CHUNK_BYTES))
        if not chunk:
            return
        size -= len(chunk)
        yield chunk
