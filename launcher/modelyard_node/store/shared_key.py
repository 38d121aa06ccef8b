"""Requests to a sandbox's blobs, signed with an account's key, which is no secret there.

Source: "Authorize with Shared Key", Azure Storage REST API, 2026-11. Real accounts take no keys.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence

KEY_PREFIX = "modelyard sandbox "
"""A sandbox derives an account's key from this and the account's name."""

_SIGNED = (
    *("content-encoding", "content-language", "content-length", "content-md5", "content-type", "date"),
    *("if-modified-since", "if-match", "if-none-match", "if-unmodified-since", "range"),
)
"""Headers whose values are signed without their names, in this order."""


def authorization(
    method: str, account: str, path: str, query: Sequence[tuple[str, str]], headers: Mapping[str, str]
) -> str:
    """The header `Authorization` of a request.

    Args:
        method: of the request.
        account: whose key.
        path: as it is sent, from the first slash on.
        query: not encoded.
        headers: all that are sent, their names in lower case.
    """
    values = [headers.get(name, "") for name in _SIGNED]
    length = _SIGNED.index("content-length")
    values[length] = "" if values[length] == "0" else values[length]
    own = sorted(f"{name}:{value}" for name, value in headers.items() if name.startswith("x-ms-"))
    asked = sorted(f"{name.lower()}:{value}" for name, value in query)
    text = "\n".join([method, *values, *own, "\n".join([f"/{account}{path}", *asked])])
    key = hashlib.sha512(f"{KEY_PREFIX}{account}".encode()).digest()
    signature = hmac.new(key, text.encode(), hashlib.sha256).digest()
    return f"SharedKey {account}:{base64.b64encode(signature).decode()}"
