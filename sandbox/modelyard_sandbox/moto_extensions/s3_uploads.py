"""S3: digests of what is sent, and the parts of an upload.

Sources: S3 API reference, PutObject, UploadPart, CompleteMultipartUpload and error responses; 2026-11.
"""

from __future__ import annotations

import base64
import binascii
import functools
import hashlib
from collections.abc import Iterable
from typing import Any

from moto.s3.exceptions import InvalidPartOrder, NoSuchUpload, S3ClientError
from moto.s3.models import S3Backend
from moto.s3.responses import S3Response

from modelyard_sandbox.moto_extensions.operations import before

MD5_BYTES = 16


class BadDigestError(S3ClientError):
    """The digest isn't that of the body."""

    code = "BadDigest"
    message = "The Content-MD5 you specified did not match what we received."


class InvalidDigestError(S3ClientError):
    """The digest isn't one."""

    code = "InvalidDigest"
    message = "The Content-MD5 you specified is not valid."


def install() -> None:
    """Put the checks before moto's operations."""
    for operation in ("put_object", "upload_part"):
        before(S3Response, operation, _check_digest)
    before(S3Backend, "upload_part", _check_upload)
    before(S3Backend, "complete_multipart_upload", _check_upload)
    S3Backend.complete_multipart_upload = _in_order(S3Backend.complete_multipart_upload)


def _check_digest(self: Any) -> None:
    given = self.headers.get("Content-MD5")
    if given is None:
        return
    try:
        digest = base64.b64decode(given, validate=True)
    except binascii.Error as error:
        raise InvalidDigestError from error
    if len(digest) != MD5_BYTES:
        raise InvalidDigestError
    if digest != hashlib.md5(self.body or b"", usedforsecurity=False).digest():
        raise BadDigestError


def _check_upload(self: Any, bucket_name: str, multipart_id: str, *_: Any, **__: Any) -> None:
    if multipart_id not in self.get_bucket(bucket_name).multiparts:
        raise NoSuchUpload(multipart_id)


def _in_order(complete: Any) -> Any:
    @functools.wraps(complete)
    def completed(self: Any, bucket_name: str, multipart_id: str, body: Iterable[tuple[int, str]]) -> Any:
        parts = list(body)
        numbers = [number for number, _ in parts]
        if numbers != sorted(set(numbers)):
            raise InvalidPartOrder
        return complete(self, bucket_name, multipart_id, iter(parts))

    return completed
