"""Requests to a service of objects: the connection, and what an answer means."""

from __future__ import annotations

import http.client
import re
import ssl
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, Union
from urllib.parse import urlsplit

from modelyard_node.clock import Clock
from modelyard_node.store import StoreError
from modelyard_node.store.retrying import TryAgainError
from modelyard_node.store.sigv4 import EMPTY_SHA256

TIMEOUT_SECONDS = 20

Body = Union[bytes, Iterator[bytes], None]


class Request(NamedTuple):
    """What is asked."""

    method: str
    key: str
    query: Sequence[tuple[str, str]] = ()
    headers: Mapping[str, str] = {}
    body: Body = None
    size: int = 0
    payload_sha256: str = EMPTY_SHA256


class RefusalError(StoreError):
    """An answer that says no."""

    def __init__(self, what: str, status: int, code: str, message: str) -> None:
        super().__init__(f"{what}: {code or status}: {message or http.client.responses.get(status, '')}")
        self.status = status
        self.code = code


class Service:
    """Sends requests. Every thread has a connection of its own.

    Args:
        endpoint: address that all paths begin with.
        uri: of what is there, for people.
        clock: is put right by the answers' dates.
        authorities: file with certificates to go by; None for the system's.
    """

    passing: frozenset[str] = frozenset()
    """Errors that may pass, besides those of 429 and 500 and more."""

    stale: frozenset[str] = frozenset()
    """Errors that may pass with new credentials."""

    bundle = "SSL_CERT_FILE"
    """Variable that names a file with certificates to go by."""

    def __init__(self, endpoint: str, uri: str, clock: Clock, authorities: str | None = None) -> None:
        parts = urlsplit(endpoint)
        self.host, self.base = parts.netloc, parts.path
        self._secure = parts.scheme == "https"
        self._uri, self.clock, self._authorities = uri, clock, authorities
        self._own = threading.local()

    def signed(self, request: Request) -> tuple[str, dict[str, str]]:
        """Path, with the query, and headers as they are sent."""
        raise NotImplementedError

    def forget(self) -> None:
        """The credentials aren't taken any more."""
        raise NotImplementedError

    def ask(self, request: Request) -> http.client.HTTPResponse:
        """The answer's beginning. Raises TryAgainError, RefusalError or StoreError."""
        what = f"{self._uri}/{request.key}"
        try:
            sent = time.time()
            answer = self._send(request)
            self.clock.observe(answer.headers.get("date"), sent, time.time())
            if answer.status < http.client.MULTIPLE_CHOICES:
                return answer
            text = answer.read().decode(errors="replace")
        except ssl.SSLCertVerificationError as error:
            self.drop()
            raise StoreError(
                f"{what}: {self.host} shows a certificate that nobody here vouches for "
                f"({error.verify_message}); the image needs ca-certificates, or {self.bundle} their file"
            ) from error
        except (OSError, http.client.HTTPException) as error:
            self.drop()
            raise TryAgainError(f"{type(error).__name__}: {error}") from error
        code = said(text, "Code") or answer.headers.get("x-ms-error-code", "")
        refusal = RefusalError(what, answer.status, code, said(text, "Message").partition("\n")[0])
        if code in self.stale:
            self.forget()
        if (
            code in self.passing | self.stale
            or answer.status >= http.client.INTERNAL_SERVER_ERROR
            or answer.status == http.client.TOO_MANY_REQUESTS
        ):
            raise TryAgainError(f"it answers {answer.status} {code}".rstrip())
        raise refusal

    def whole(self, request: Request) -> bytes:
        """The whole answer. Raises as `ask`."""
        answer = self.ask(request)
        try:
            return answer.read()
        except (OSError, http.client.HTTPException) as error:
            self.drop()
            raise TryAgainError(f"{type(error).__name__}: {error}") from error

    def drop(self) -> None:
        """Give up this thread's connection: what is left on it is of no use."""
        connection = getattr(self._own, "connection", None)
        self._own.connection = None
        if connection is not None:
            connection.close()

    def _send(self, request: Request) -> http.client.HTTPResponse:
        connection = getattr(self._own, "connection", None)
        if connection is None:
            connection = self._own.connection = self._connect()
        path, headers = self.signed(request)
        if request.body is not None:
            headers["content-length"] = str(request.size)
        connection.request(request.method, path, body=request.body, headers=headers)
        return connection.getresponse()

    def _connect(self) -> http.client.HTTPConnection:
        if not self._secure:
            return http.client.HTTPConnection(self.host, timeout=TIMEOUT_SECONDS)
        context = ssl.create_default_context(cafile=self._authorities)
        return http.client.HTTPSConnection(self.host, timeout=TIMEOUT_SECONDS, context=context)


def said(text: str, name: str) -> str:
    """A field of an error's XML."""
    found = re.search(f"<{name}>([^<]*)</{name}>", text)
    return found.group(1) if found else ""
