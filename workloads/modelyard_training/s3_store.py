"""The store in an S3 bucket; endpoint, region and credentials are those of the AWS SDK's own variables."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from modelyard_training.errors import ExistingObjectError, MissingObjectError, StoreError
from modelyard_training.stores import Store, check_key

_MISSING = {"NoSuchKey", "NotFound", "404"}


class S3Store(Store):
    """Objects below a prefix of a bucket.

    A write names no encryption: the bucket's default key is then used, and a bucket policy that denies other
    keys has nothing to object to. Retries are botocore's, in its standard mode.
    """

    def __init__(self, uri: str, *, bucket: str, prefix: str) -> None:
        super().__init__(uri)
        self._bucket = bucket
        self._prefix = f"{prefix}/" if prefix else ""
        try:
            self._client = boto3.client(
                "s3",
                # botocore reads AWS_DEFAULT_REGION only; AWS_REGION is what containers are given.
                region_name=os.environ.get("AWS_REGION") or None,
                config=Config(retries={"mode": "standard"}),
            )
        except (BotoCoreError, ValueError) as error:
            raise StoreError(f"{self.uri}: {error}") from error

    @contextmanager
    def _translated(self, key: str) -> Generator[None]:
        try:
            yield
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code in _MISSING:
                raise MissingObjectError(f"{self.uri_of(key)}: no such object") from error
            if code == "PreconditionFailed":
                raise ExistingObjectError(f"{self.uri_of(key)}: there already") from error
            raise StoreError(f"{self.uri_of(key)}: {error}") from error
        except BotoCoreError as error:
            raise StoreError(f"{self.uri_of(key)}: {error}") from error

    def _at(self, key: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": self._prefix + check_key(key)}

    def get(self, key: str) -> bytes:
        """GetObject, whole."""
        with self._translated(key):
            return self._client.get_object(**self._at(key))["Body"].read()

    def put(self, key: str, data: bytes, *, if_absent: bool = False) -> None:
        """PutObject; `if_absent` is S3's own condition, `If-None-Match: *`."""
        condition = {"IfNoneMatch": "*"} if if_absent else {}
        with self._translated(key):
            self._client.put_object(**self._at(key), Body=data, **condition)

    def exists(self, key: str) -> bool:
        """HeadObject."""
        try:
            with self._translated(key):
                self._client.head_object(**self._at(key))
        except MissingObjectError:
            return False
        return True

    def list(self, prefix: str) -> list[str]:
        """ListObjectsV2, every page."""
        pages = self._client.get_paginator("list_objects_v2")
        with self._translated(prefix):
            found = pages.paginate(Bucket=self._bucket, Prefix=self._prefix + prefix)
            keys = [item["Key"] for page in found for item in page.get("Contents", [])]
        return sorted(key.removeprefix(self._prefix) for key in keys)

    def delete(self, key: str) -> None:
        """DeleteObject; in a versioned bucket older versions stay."""
        with self._translated(key):
            self._client.delete_object(**self._at(key))
