"""Signature Version 4, as S3 wants it.

Source: Amazon S3 API reference, "Authenticating requests: using the Authorization header", 2026-11. A key's
path is encoded once, each byte but unreserved characters and slashes.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from urllib.parse import quote

from modelyard_node.clock import UTC

EMPTY_SHA256 = hashlib.sha256(b"").hexdigest()


class Credentials(NamedTuple):
    """Whose requests they are. Its text shows no secret."""

    access_key: str
    secret_key: str
    token: str | None = None
    expires_at: float | None = None
    """Seconds since 1970; None for those that don't expire."""

    def __repr__(self) -> str:
        return f"Credentials({self.access_key})"


def encoded_path(path: str) -> str:
    """A path as it is signed and sent."""
    return quote(path, safe="/~")


def encoded_query(query: Sequence[tuple[str, str]]) -> str:
    """A query as it is signed and sent: sorted by what it is encoded to."""
    pairs = sorted((quote(name, safe="~"), quote(value, safe="~")) for name, value in query)
    return "&".join(f"{name}={value}" for name, value in pairs)


def signed_headers(
    method: str,
    path: str,
    query: Sequence[tuple[str, str]],
    headers: Mapping[str, str],
    payload_sha256: str,
    credentials: Credentials,
    region: str,
    at: datetime,
) -> dict[str, str]:
    """The headers to send: those given, among them `host`, with the signature's. Names in lower case.

    `path` and the query's pairs are as they are, not encoded.
    """
    stamp = at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    every = {**headers, "x-amz-content-sha256": payload_sha256, "x-amz-date": stamp}
    if credentials.token:
        every["x-amz-security-token"] = credentials.token
    names = ";".join(sorted(every))
    request = "\n".join(
        (
            method,
            encoded_path(path),
            encoded_query(query),
            *(f"{name}:{' '.join(every[name].split())}" for name in sorted(every)),
            "",
            names,
            payload_sha256,
        )
    )
    scope = f"{stamp[:8]}/{region}/s3/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    key = f"AWS4{credentials.secret_key}".encode()
    for part in scope.split("/"):
        key = _keyed(key, part)
    every["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={credentials.access_key}/{scope}, "
        f"SignedHeaders={names}, Signature={_keyed(key, text).hex()}"
    )
    return every


def _keyed(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()
