"""A store that is a bucket, or a prefix of one.

Writes name no encryption, so that the bucket's default key is used.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import os
import re
from collections.abc import Iterator, Mapping
from html import unescape
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote_plus

from modelyard_node.clock import Clock
from modelyard_node.store import PATIENCE_SECONDS
from modelyard_node.store.http import Body, Bucket, RefusalError, Request
from modelyard_node.store.retrying import TryAgainError, retrying

_CHUNK_BYTES = 1 << 20


class S3Store:
    """Objects of a bucket."""

    def __init__(self, uri: str, bucket: str, prefix: str, environ: Mapping[str, str]) -> None:
        self.uri = uri.rstrip("/")
        self.clock = Clock()
        self._bucket = Bucket(bucket, environ, self.clock)
        self._prefix = f"{prefix}/" if prefix else ""

    def get(self, key: str, *, patience: float = PATIENCE_SECONDS) -> bytes | None:
        """GetObject."""

        def read() -> bytes | None:
            try:
                return self._whole(Request("GET", self._prefix + key))
            except RefusalError as refusal:
                if refusal.code == "NoSuchKey":
                    return None
                raise

        return retrying(read, patience, f"{self.uri}/{key}")

    def peek(self, key: str, *, patience: float = PATIENCE_SECONDS) -> bytes | None:
        """GetObject, of its first byte."""

        def read() -> bytes | None:
            try:
                return self._whole(Request("GET", self._prefix + key, headers={"range": "bytes=0-0"}))
            except RefusalError as refusal:
                if refusal.code == "NoSuchKey":
                    return None
                if refusal.status == http.client.REQUESTED_RANGE_NOT_SATISFIABLE:
                    return b""
                raise

        return retrying(read, patience, f"{self.uri}/{key}")

    def fetch(self, key: str, file: BinaryIO, *, patience: float = PATIENCE_SECONDS) -> str | None:
        """GetObject, a range of it after each break."""
        download = _Download(self._bucket, self._prefix + key, file)
        while True:
            whole = retrying(download.go_on, patience, f"{self.uri}/{key}")
            if whole is not False:
                return download.digest.hexdigest() if whole else None

    def put(
        self, key: str, data: bytes, *, if_absent: bool = False, patience: float = PATIENCE_SECONDS
    ) -> bool:
        """PutObject, with If-None-Match if it may only be created."""
        headers = {"if-none-match": "*"} if if_absent else {}
        request = _put(self._prefix + key, hashlib.sha256(data).digest(), data, len(data), headers)

        def write() -> bool:
            try:
                self._whole(request)
            except RefusalError as refusal:
                if if_absent and refusal.status == http.client.PRECONDITION_FAILED:
                    return False
                raise
            return True

        return retrying(write, patience, f"{self.uri}/{key}")

    def put_file(self, key: str, path: str, *, patience: float = PATIENCE_SECONDS) -> None:
        """PutObject from a file, as long as it is now: it may be written to meanwhile."""
        with Path(path).open("rb") as file:
            size = os.fstat(file.fileno()).st_size

            def write() -> None:
                file.seek(0)
                digest = hashlib.sha256()
                for chunk in _chunks(file, size):
                    digest.update(chunk)
                file.seek(0)
                self._whole(_put(self._prefix + key, digest.digest(), _chunks(file, size), size, {}))

            retrying(write, patience, f"{self.uri}/{key}")

    def names(self, prefix: str, *, most: int | None = None, patience: float = PATIENCE_SECONDS) -> list[str]:
        """ListObjectsV2, every page that is needed."""
        found: list[str] = []
        start = self._prefix + prefix
        query = {"list-type": "2", "prefix": start, "delimiter": "/", "encoding-type": "url"}
        if most is not None:
            query["max-keys"] = str(most)
        while True:
            text = retrying(
                lambda: self._whole(Request("GET", "", query=list(query.items()))).decode(),
                patience,
                f"{self.uri}/{prefix}",
            )
            found += [name[len(start) :] for name in _listed(text)]
            following = re.search(r"<NextContinuationToken>([^<]*)</NextContinuationToken>", text)
            if following is None or (most is not None and len(found) >= most):
                return sorted(name for name in found if name)[:most]
            query["continuation-token"] = unescape(following.group(1))

    def close(self) -> None:
        """Close this thread's connection."""
        self._bucket.drop()

    def _whole(self, request: Request) -> bytes:
        answer = self._bucket.ask(request)
        try:
            return answer.read()
        except (OSError, http.client.HTTPException) as error:
            self._bucket.drop()
            raise TryAgainError(f"{type(error).__name__}: {error}") from error


class _Download:
    """An object on its way into a file."""

    def __init__(self, bucket: Bucket, key: str, file: BinaryIO) -> None:
        self.digest = hashlib.sha256()
        self._bucket, self._key, self._file = bucket, key, file
        self._got = 0

    def go_on(self) -> bool | None:
        """Whether all is there; False after some progress, None if there is no object."""
        headers = {"range": f"bytes={self._got}-"} if self._got else {}
        try:
            answer = self._bucket.ask(Request("GET", self._key, headers=headers))
        except RefusalError as refusal:
            if refusal.code == "NoSuchKey":
                return None
            raise
        before = self._got
        trouble = self._take(answer)
        if trouble is None:
            return True
        self._bucket.drop()
        if self._got > before:
            return False
        raise TryAgainError(trouble)

    def _take(self, answer: http.client.HTTPResponse) -> str | None:
        """Take what comes; what broke it off, if anything did. Trouble with the file is an OSError."""
        while True:
            try:
                chunk = answer.read(_CHUNK_BYTES)
            except (OSError, http.client.HTTPException) as error:
                return f"{type(error).__name__}: {error}"
            if not chunk:
                return "it broke off" if answer.length else None
            self.digest.update(chunk)
            self._file.write(chunk)
            self._got += len(chunk)


def _put(key: str, digest: bytes, body: Body, size: int, headers: Mapping[str, str]) -> Request:
    """A request that writes an object. Buckets that lock objects by default want a checksum with it."""
    checksum = base64.b64encode(digest).decode()
    return Request(
        "PUT",
        key,
        headers={"x-amz-checksum-sha256": checksum, **headers},
        body=body,
        size=size,
        payload_sha256=digest.hex(),
    )


def _chunks(file: BinaryIO, size: int) -> Iterator[bytes]:
    """A file's first bytes."""
    while size > 0:
        chunk = file.read(min(size, _CHUNK_BYTES))
        if not chunk:
            return
        size -= len(chunk)
        yield chunk


def _listed(text: str) -> list[str]:
    """Keys and common prefixes of a page. Both are encoded as in an address, so nothing in them is XML."""
    found = re.findall(r"<(?:Key|CommonPrefixes><Prefix)>([^<]*)</", text)
    return [unquote_plus(unescape(name)) for name in found]
