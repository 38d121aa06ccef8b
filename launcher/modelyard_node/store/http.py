"""One request to S3: its connection, its signature, and what its answer means."""

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
from modelyard_node.store.credentials import CredentialSource
from modelyard_node.store.retrying import TryAgainError
from modelyard_node.store.sigv4 import EMPTY_SHA256, encoded_path, encoded_query, signed_headers

TIMEOUT_SECONDS = 20

_PASSING_CODES = {
    "ConditionalRequestConflict",
    "InternalError",
    "OperationAborted",
    "RequestTimeTooSkewed",
    "RequestTimeout",
    "ServiceUnavailable",
    "SlowDown",
    "Throttling",
    "ThrottlingException",
    "XAmzContentSHA256Mismatch",
}
"""Errors that may pass (Amazon S3 API reference, "Error responses", 2026-11); the last if a file was written
to while it was sent."""

_STALE_CODES = {"ExpiredToken", "TokenRefreshRequired", "InvalidToken"}

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


class Bucket:
    """A bucket's requests. Every thread has a connection of its own."""

    def __init__(self, name: str, environ: Mapping[str, str], clock: Clock) -> None:
        region = environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION")
        if not region:
            raise StoreError(f"s3://{name}: AWS_REGION isn't set")
        self._region = region
        endpoint = environ.get("AWS_ENDPOINT_URL_S3") or environ.get("AWS_ENDPOINT_URL") or ""
        if not endpoint:
            # A name with dots has no certificate of its own.
            host = f"s3.{region}.amazonaws.com"
            endpoint = f"https://{host}/{name}" if "." in name else f"https://{name}.{host}"
        else:
            endpoint = f"{endpoint.rstrip('/')}/{name}"
        parts = urlsplit(endpoint)
        self._secure, self._host, self._base = parts.scheme == "https", parts.netloc, parts.path
        self._name, self._clock = name, clock
        self._credentials = CredentialSource(environ)
        self._authorities = environ.get("AWS_CA_BUNDLE") or None
        self._own = threading.local()

    def ask(self, request: Request) -> http.client.HTTPResponse:
        """The answer's beginning. Raises TryAgainError, RefusalError or StoreError."""
        what = f"s3://{self._name}/{request.key}"
        try:
            sent = time.time()
            answer = self._send(request)
            self._clock.observe(answer.headers.get("date"), sent, time.time())
            if answer.status < http.client.MULTIPLE_CHOICES:
                return answer
            text = answer.read().decode(errors="replace")
        except ssl.SSLCertVerificationError as error:
            self.drop()
            raise StoreError(
                f"{what}: {self._host} shows a certificate that nobody here vouches for "
                f"({error.verify_message}); the image needs ca-certificates, or AWS_CA_BUNDLE their file"
            ) from error
        except (OSError, http.client.HTTPException) as error:
            self.drop()
            raise TryAgainError(f"{type(error).__name__}: {error}") from error
        refusal = RefusalError(what, answer.status, _said(text, "Code"), _said(text, "Message"))
        if refusal.code in _STALE_CODES:
            self._credentials.forget()
        if (
            refusal.code in _PASSING_CODES | _STALE_CODES
            or answer.status >= http.client.INTERNAL_SERVER_ERROR
            or answer.status == http.client.TOO_MANY_REQUESTS
        ):
            raise TryAgainError(f"it answers {answer.status} {refusal.code}".rstrip())
        raise refusal

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
        path = f"{self._base}/{request.key}"
        headers = signed_headers(
            request.method,
            path,
            request.query,
            {"host": self._host, **request.headers},
            request.payload_sha256,
            self._credentials.get(),
            self._region,
            self._clock.now(),
        )
        if request.body is not None:
            headers["content-length"] = str(request.size)
        query = encoded_query(request.query)
        connection.request(
            request.method,
            encoded_path(path) + (f"?{query}" if query else ""),
            body=request.body,
            headers=headers,
        )
        return connection.getresponse()

    def _connect(self) -> http.client.HTTPConnection:
        if not self._secure:
            return http.client.HTTPConnection(self._host, timeout=TIMEOUT_SECONDS)
        context = ssl.create_default_context(cafile=self._authorities)
        return http.client.HTTPSConnection(self._host, timeout=TIMEOUT_SECONDS, context=context)


def _said(text: str, name: str) -> str:
    """A field of an error's XML."""
    found = re.search(f"<{name}>([^<]*)</{name}>", text)
    return found.group(1) if found else ""
