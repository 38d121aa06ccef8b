"""A store that is a container of an Azure storage account, or a prefix of one.

Writes name no encryption, so that the account's key is used. Source: Azure Storage REST API ("Get Blob", "Put
Blob", "List Blobs"), 2026-11.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from email.utils import formatdate
from html import unescape
from typing import BinaryIO
from urllib.parse import SplitResult, quote, unquote

from modelyard_node.clock import Clock
from modelyard_node.store import StoreError
from modelyard_node.store.azure_identity import TokenSource
from modelyard_node.store.download import chunks
from modelyard_node.store.objects import Listing, ServiceStore
from modelyard_node.store.service import Request, Service
from modelyard_node.store.shared_key import authorization

SUFFIX = ".blob.core.windows.net"
ENDPOINT_VARIABLE = "MODELYARD_BLOB_ENDPOINT"
"""Where a sandbox's blobs are, each account's under its name."""

API_VERSION = "2024-11-04"

_NEW = {"x-ms-blob-type": "BlockBlob"}


class Container(Service):
    """A container's requests, as the job's identity; in a sandbox by the account's key."""

    passing = frozenset({"OperationTimedOut", "ServerBusy", "InternalError"})
    stale = frozenset({"InvalidAuthenticationInfo"})

    def __init__(
        self, uri: str, account: str, container: str, environ: Mapping[str, str], clock: Clock
    ) -> None:
        sandbox = (environ.get(ENDPOINT_VARIABLE) or "").rstrip("/")
        place = f"{sandbox}/{account}" if sandbox else f"https://{account}{SUFFIX}"
        super().__init__(f"{place}/{container}", uri, clock)
        self._account = account
        self._tokens = None if sandbox else TokenSource(environ)

    def forget(self) -> None:
        """Ask for a token anew."""
        if self._tokens:
            self._tokens.forget()

    def signed(self, request: Request) -> tuple[str, dict[str, str]]:
        """Path and headers, with who asks."""
        path = quote(f"{self.base}/{request.key}" if request.key else self.base, safe="/~")
        headers = {
            **request.headers,
            "x-ms-date": formatdate(self.clock.now().timestamp(), usegmt=True),
            "x-ms-version": API_VERSION,
        }
        if request.body is not None:
            headers["content-length"] = str(request.size)
        if self._tokens:
            headers["authorization"] = f"Bearer {self._tokens.get()}"
        else:
            signature = authorization(request.method, self._account, path, request.query, headers)
            headers["authorization"] = signature
        query = "&".join(f"{name}={quote(value, safe='')}" for name, value in request.query)
        return path + (f"?{query}" if query else ""), headers


class BlobStore(ServiceStore):
    """Objects of a container: Get Blob, Put Blob, List Blobs."""

    missing = "BlobNotFound"
    there = frozenset({"BlobAlreadyExists", "ConditionNotMet", "TargetConditionNotMet"})
    listing = Listing({"comp": "list", "restype": "container"}, "maxresults", "marker", "NextMarker")

    def __init__(self, uri: str, parts: SplitResult, environ: Mapping[str, str]) -> None:
        """Raises StoreError if the URI names no container."""
        account = parts.netloc[: -len(SUFFIX)] if parts.netloc.endswith(SUFFIX) else ""
        container, _, prefix = unquote(parts.path).strip("/").partition("/")
        if not re.fullmatch("[a-z0-9]{3,24}", account) or not container or parts.query:
            raise StoreError(f"{uri}: no such store is known; allowed: https://ACCOUNT{SUFFIX}/CONTAINER")
        clock, whole = Clock(), f"https://{parts.netloc}/{container}"
        super().__init__(uri, Container(whole, account, container, environ, clock), prefix, clock)

    def _writing(self, name: str, data: bytes, headers: Mapping[str, str]) -> Request:
        return Request("PUT", name, headers={**_NEW, **headers}, body=data, size=len(data))

    def _uploading(self, name: str, file: BinaryIO, size: int) -> Request:
        """Put Blob, of up to 5,000 MiB."""
        return Request("PUT", name, headers=_NEW, body=chunks(file, size), size=size)

    def _listed(self, text: str) -> list[str]:
        """Names that XML can't hold are encoded, and say so."""
        found = re.findall(r"<(?:Blob|BlobPrefix)>\s*<Name( Encoded=\"true\")?>([^<]*)</Name>", text)
        return [unquote(name) if encoded else unescape(name) for encoded, name in found]
