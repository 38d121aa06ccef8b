"""The keys of accounts at Azurite, and requests that are signed with them.

The key follows from the account's name, as that of Azurite's own account is known to all: whoever reaches the
loopback interface may read what is there. Signatures: "Authorize with Shared Key", Azure Storage, 2026-11.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from email.utils import formatdate
from urllib.parse import parse_qsl, urlsplit
from urllib.request import Request

API_VERSION = "2025-11-05"
SIGNED = (
    *("Content-Encoding", "Content-Language", "Content-Length", "Content-MD5", "Content-Type", "Date"),
    *("If-Modified-Since", "If-Match", "If-None-Match", "If-Unmodified-Since", "Range"),
)
"""The headers that a signature covers by their values alone, in this order."""


def key_of(account: str) -> str:
    """The key of an account at Azurite, in Base64."""
    return base64.b64encode(hashlib.sha512(f"modelyard sandbox {account}".encode()).digest()).decode()


def connection_string(endpoint: str, account: str) -> str:
    """What Azure's clients take to reach an account at Azurite."""
    return (
        f"DefaultEndpointsProtocol=http;AccountName={account};AccountKey={key_of(account)};"
        f"BlobEndpoint={endpoint}/{account};"
    )


def signed(
    method: str, url: str, account: str, data: bytes | None = None, headers: Mapping[str, str] | None = None
) -> Request:
    """A request to an account, signed with its key.

    Args:
        method: the request's.
        url: where to; the path begins with the account, as Azurite has it.
        account: whose key.
        data: the request's content.
        headers: beside those that every request has.
    """
    content = data or b""
    given = {
        "x-ms-date": formatdate(usegmt=True),
        "x-ms-version": API_VERSION,
        "Content-Type": "application/octet-stream",
        "Content-Length": str(len(content)),
        **(headers or {}),
    }
    key = base64.b64decode(key_of(account))
    signature = hmac.new(key, _text(method, url, account, given).encode(), hashlib.sha256).digest()
    given["Authorization"] = f"SharedKey {account}:{base64.b64encode(signature).decode()}"
    return Request(url, content if method == "PUT" else data, given, method=method)  # noqa: S310  (loopback)


def _text(method: str, url: str, account: str, headers: Mapping[str, str]) -> str:
    place = urlsplit(url)
    plain = {name.lower(): value for name, value in headers.items()}
    values = [plain.get(name.lower(), "") for name in SIGNED]
    length = SIGNED.index("Content-Length")
    values[length] = "" if values[length] == "0" else values[length]
    own = sorted(f"{name}:{value}" for name, value in plain.items() if name.startswith("x-ms-"))
    query = sorted(f"{name.lower()}:{value}" for name, value in parse_qsl(place.query))
    return "\n".join([method, *values, *own, "\n".join([f"/{account}{place.path}", *query])])
