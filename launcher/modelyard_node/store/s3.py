"""A store that is a bucket, or a prefix of one.

Writes name no encryption, so that the bucket's default key is used.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from html import unescape
from typing import BinaryIO
from urllib.parse import unquote_plus

from modelyard_node.clock import Clock
from modelyard_node.store.download import chunks
from modelyard_node.store.http import Bucket
from modelyard_node.store.objects import Listing, ServiceStore
from modelyard_node.store.service import Body, Request


class S3Store(ServiceStore):
    """Objects of a bucket: GetObject, PutObject, ListObjectsV2."""

    missing = "NoSuchKey"
    there = frozenset({"PreconditionFailed"})
    listing = Listing(
        {"list-type": "2", "encoding-type": "url"}, "max-keys", "continuation-token", "NextContinuationToken"
    )

    def __init__(self, uri: str, bucket: str, prefix: str, environ: Mapping[str, str]) -> None:
        clock = Clock()
        super().__init__(uri, Bucket(bucket, environ, clock), prefix, clock)

    def _writing(self, name: str, data: bytes, headers: Mapping[str, str]) -> Request:
        return _put(name, hashlib.sha256(data).digest(), data, len(data), headers)

    def _uploading(self, name: str, file: BinaryIO, size: int) -> Request:
        digest = hashlib.sha256()
        for chunk in chunks(file, size):
            digest.update(chunk)
        file.seek(0)
        return _put(name, digest.digest(), chunks(file, size), size, {})

    def _listed(self, text: str) -> list[str]:
        """Both kinds of names are encoded as in an address, so nothing in them is XML."""
        found = re.findall(r"<(?:Key|CommonPrefixes><Prefix)>([^<]*)</", text)
        return [unquote_plus(unescape(name)) for name in found]


def _put(name: str, digest: bytes, body: Body, size: int, headers: Mapping[str, str]) -> Request:
    """A request that writes an object. Buckets that lock objects by default want a checksum with it."""
    checksum = base64.b64encode(digest).decode()
    return Request(
        "PUT",
        name,
        headers={"x-amz-checksum-sha256": checksum, **headers},
        body=body,
        size=size,
        payload_sha256=digest.hex(),
    )
