"""Stores of small objects under keys: a directory (file://) or a bucket (s3://)."""

from __future__ import annotations

import os
import uuid
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from modelyard.errors import InputError, Problem, SurroundingsError
from modelyard_launcher.access import S3Access


class Store(Protocol):
    """Objects under keys such as `runs/<id>/run.json`. What goes wrong is a SurroundingsError."""

    uri: str

    def get(self, key: str, start: int = 0) -> bytes | None:
        """The object from a byte on; None if there is none."""
        ...

    def put(self, key: str, data: bytes) -> None:
        """Write an object, whole or not at all."""
        ...

    def put_file(self, key: str, path: Path) -> None:
        """Write an object from a file, of any size."""
        ...

    def folders(self, prefix: str) -> list[str]:
        """Names directly below a prefix that ends with a slash, and that hold objects; sorted."""
        ...


def open_store(uri: str, access: S3Access) -> Store:
    """The store at `s3://bucket/prefix` or `file:///directory`. Nothing is read or made yet."""
    parts = urlsplit(uri)
    if parts.scheme == "s3" and parts.netloc:
        return S3Store(uri, parts.netloc, parts.path.strip("/"), access)
    if parts.scheme == "file" and parts.netloc in ("", "localhost") and parts.path.startswith("/"):
        return FileStore(uri, Path(unquote(parts.path)))
    raise InputError(
        [
            Problem(
                field="stores",
                given=uri,
                message="the target names a store that the launcher doesn't know",
                allowed="s3://bucket or file:///directory",
                mend="write the target anew with `pulumi up`",
            )
        ]
    )


class FileStore:
    """A directory; a write goes to a file beside and is moved into place."""

    def __init__(self, uri: str, root: Path) -> None:
        self.uri = uri.rstrip("/")
        self._root = root

    @contextmanager
    def _translated(self, key: str) -> Generator[None]:
        try:
            yield
        except OSError as error:
            raise SurroundingsError(
                f"{self.uri}/{key}: {error.strerror or error}",
                f"check that {self._root} is there and may be written to",
            ) from error

    def get(self, key: str, start: int = 0) -> bytes | None:
        """The file's bytes; None without it."""
        with self._translated(key):
            try:
                with (self._root / key).open("rb") as file:
                    file.seek(start)
                    return file.read()
            except (FileNotFoundError, NotADirectoryError):
                return None

    def put(self, key: str, data: bytes) -> None:
        """Write the file."""
        path = self._root / key
        beside = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
        with self._translated(key):
            path.parent.mkdir(parents=True, exist_ok=True)
            beside.write_bytes(data)
            beside.replace(path)

    def put_file(self, key: str, path: Path) -> None:
        """Copy the file."""
        self.put(key, path.read_bytes())

    def folders(self, prefix: str) -> list[str]:
        """Names of the directories below one."""
        with self._translated(prefix):
            try:
                return sorted(entry.name for entry in os.scandir(self._root / prefix) if entry.is_dir())
            except FileNotFoundError:
                return []


class S3Store:
    """A bucket, or a prefix of one. Writes name no encryption, so that the bucket's default key is used."""

    def __init__(self, uri: str, bucket: str, prefix: str, access: S3Access) -> None:
        self.uri = uri.rstrip("/")
        self._bucket = bucket
        self._prefix = f"{prefix}/" if prefix else ""
        self._access = access
        with self._translated():
            import boto3  # a third of a second
            from botocore.config import Config

            own = access.credentials if access.endpoint_url else {}
            self._client = boto3.client(
                "s3",
                region_name=access.region,
                endpoint_url=access.endpoint_url,
                aws_access_key_id=own.get("AWS_ACCESS_KEY_ID"),
                aws_secret_access_key=own.get("AWS_SECRET_ACCESS_KEY"),
                aws_session_token=own.get("AWS_SESSION_TOKEN"),
                config=Config(
                    retries={"mode": "standard", "max_attempts": 3}, connect_timeout=5, read_timeout=30
                ),
            )

    @contextmanager
    def _translated(self) -> Generator[None]:
        try:
            from botocore.exceptions import BotoCoreError, ClientError
        except ModuleNotFoundError as error:
            raise SurroundingsError(
                f"{self.uri}: boto3 isn't installed",
                "install modelyard with its aws extra: pip install 'modelyard[aws]'",
            ) from error
        try:
            yield
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            raise SurroundingsError(
                f"{self.uri} in {self._access.place}: {error}", self._mend(code)
            ) from error
        except (BotoCoreError, ValueError) as error:
            raise SurroundingsError(f"{self.uri} in {self._access.place}: {error}", self._mend("")) from error

    def _mend(self, code: str) -> str:
        if self._access.kind == "sandbox":
            return (
                "bring the environment up in the sandbox: `modelyard sandbox up ENV`; "
                f"if no sandbox is meant, remove {self._access.from_record}"
            )
        if self._access.kind == "environment":
            return "check AWS_ENDPOINT_URL and the credentials beside it, or unset it"
        try_it = "try it in the sandbox: `modelyard sandbox up ENV`"
        if code == "NoSuchBucket":
            return f"provision the environment with `pulumi up`, or {try_it}"
        return f"check credentials and network (`aws sts get-caller-identity`), or {try_it}"

    def get(self, key: str, start: int = 0) -> bytes | None:
        """GetObject; None without it."""
        wanted = {"Range": f"bytes={start}-"} if start else {}
        with self._translated():
            from botocore.exceptions import ClientError

            try:
                return self._client.get_object(Bucket=self._bucket, Key=self._prefix + key, **wanted)[
                    "Body"
                ].read()
            except ClientError as error:
                code = error.response.get("Error", {}).get("Code", "")
                if code == "InvalidRange":  # there is nothing after that byte
                    return b""
                if code == "NoSuchKey":
                    return None
                raise

    def put(self, key: str, data: bytes) -> None:
        """PutObject."""
        with self._translated():
            self._client.put_object(Bucket=self._bucket, Key=self._prefix + key, Body=data)

    def put_file(self, key: str, path: Path) -> None:
        """PutObject from a file, which is not read into memory."""
        with self._translated(), path.open("rb") as file:
            self._client.put_object(Bucket=self._bucket, Key=self._prefix + key, Body=file)

    def folders(self, prefix: str) -> list[str]:
        """Common prefixes of ListObjectsV2, every page."""
        start = self._prefix + prefix
        with self._translated():
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket, Prefix=start, Delimiter="/"
            )
            found = [item["Prefix"] for page in pages for item in page.get("CommonPrefixes", [])]
        return sorted(item.removeprefix(start).rstrip("/") for item in found)
