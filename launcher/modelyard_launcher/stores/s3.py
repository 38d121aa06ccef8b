"""A bucket as a store."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from modelyard.errors import SurroundingsError
from modelyard_launcher.access import S3Access
from modelyard_launcher.outcomes import AnsweredError, DeniedError
from modelyard_launcher.stores import Tagged

_MISSING: tuple[str, ...] = ("NoSuchKey", "404")

_BAD_REQUEST, _SERVICES_OWN = 400, 500
"""From which status on an answer says that the request, or the service itself, is at fault (RFC 9110)."""

_NOT_AS_MEANT: tuple[str, ...] = ("PreconditionFailed", "ConditionalRequestConflict")
"""The condition of a write didn't hold, or another write was under way (Amazon S3 User Guide, "How to prevent
object overwrites with conditional writes", 2026-11)."""


class S3Store:
    """A bucket, or a prefix of one. Writes name no encryption, so that the bucket's default key is used."""

    def __init__(self, uri: str, bucket: str, prefix: str, access: S3Access) -> None:
        self.uri = uri.rstrip("/")
        self._bucket = bucket
        self._prefix = f"{prefix}/" if prefix else ""
        self._access = access
        self._client = access.client("s3", retries=3, connect_seconds=5, read_seconds=30)

    @contextmanager
    def _translated(self) -> Generator[None]:
        from botocore import exceptions

        try:
            yield
        except exceptions.ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") or 0)
            raised = AnsweredError if _BAD_REQUEST <= status < _SERVICES_OWN else SurroundingsError
            raised = DeniedError if code == "AccessDenied" else raised
            raise raised(f"{self.uri} in {self._access.place}: {error}", self._mend(code)) from error
        except (exceptions.HTTPClientError, exceptions.ConnectionError) as error:
            raise SurroundingsError(f"{self.uri} in {self._access.place}: {error}", self._mend("")) from error
        except (exceptions.BotoCoreError, ValueError) as error:  # no credentials, or none that are valid
            raise AnsweredError(f"{self.uri} in {self._access.place}: {error}", self._mend("")) from error

    def _mend(self, code: str) -> str:
        if self._access.kind == "sandbox":
            return self._access.sandbox_mend
        if self._access.kind == "environment":
            return "check AWS_ENDPOINT_URL and the credentials beside it, or unset it"
        try_it = "try it in the sandbox: `modelyard sandbox up ENV`"
        if code == "NoSuchBucket":
            return f"provision the environment with `pulumi up`, or {try_it}"
        return f"check credentials and network (`aws sts get-caller-identity`), or {try_it}"

    def _at(self, key: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": self._prefix + key}

    def _answer(self, operation: str, otherwise: Mapping[str, Any], **request: Any) -> Any:
        """What an operation answers; of the error codes in `otherwise`, what stands there."""
        with self._translated():
            from botocore.exceptions import ClientError

            try:
                return getattr(self._client, operation)(**request)
            except ClientError as error:
                code = error.response.get("Error", {}).get("Code", "")
                if code in otherwise:
                    return otherwise[code]
                raise

    def _body(self, answer: Any) -> bytes:
        with self._translated():
            return answer["Body"].read()

    def get(self, key: str, start: int = 0) -> bytes | None:
        """GetObject; None without it."""
        wanted = {"Range": f"bytes={start}-"} if start else {}
        # (InvalidRange: there is nothing after that byte)
        answer = self._answer(
            "get_object", {"NoSuchKey": None, "InvalidRange": b""}, **self._at(key), **wanted
        )
        return answer if answer is None or answer == b"" else self._body(answer)

    def get_tagged(self, key: str) -> Tagged | None:
        """GetObject with its ETag."""
        answer = self._answer("get_object", {"NoSuchKey": None}, **self._at(key))
        return None if answer is None else Tagged(self._body(answer), answer["ETag"])

    def size(self, key: str) -> int | None:
        """HeadObject."""
        answer = self._answer("head_object", dict.fromkeys(_MISSING), **self._at(key))
        return None if answer is None else answer["ContentLength"]

    def put(self, key: str, data: bytes) -> None:
        """PutObject."""
        self._answer("put_object", {}, **self._at(key), Body=data)

    def create(self, key: str, data: bytes) -> bool:
        """PutObject with `If-None-Match: *`."""
        refused = dict.fromkeys(_NOT_AS_MEANT)
        answer = self._answer("put_object", refused, **self._at(key), Body=data, IfNoneMatch="*")
        return answer is not None or self._lies_there(key, data)

    def replace(self, key: str, data: bytes, tag: str) -> bool:
        """PutObject with `If-Match`."""
        refused = dict.fromkeys((*_NOT_AS_MEANT, *_MISSING))
        answer = self._answer("put_object", refused, **self._at(key), Body=data, IfMatch=tag)
        return answer is not None or self._lies_there(key, data)

    def _lies_there(self, key: str, data: bytes) -> bool:
        """Whether what a refused write wanted lies there all the same: the SDK sends a write again whose
        answer was lost, and the second is refused for the first.
        """
        return self.get(key) == data

    def put_file(self, key: str, path: Path) -> None:
        """PutObject from a file, which is not read into memory."""
        with path.open("rb") as file:
            self._answer("put_object", {}, **self._at(key), Body=file)

    def folders(self, prefix: str) -> list[str]:
        """Common prefixes of ListObjectsV2, every page."""
        start = self._prefix + prefix
        with self._translated():
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket, Prefix=start, Delimiter="/"
            )
            found = [item["Prefix"] for page in pages for item in page.get("CommonPrefixes", [])]
        return sorted(item.removeprefix(start).rstrip("/") for item in found)

    def keys(self, prefix: str) -> list[str]:
        """ListObjectsV2, every page."""
        with self._translated():
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket, Prefix=self._prefix + prefix
            )
            found = [item["Key"] for page in pages for item in page.get("Contents", [])]
        return sorted(key.removeprefix(self._prefix) for key in found)
