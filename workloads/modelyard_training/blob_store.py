"""The store in a container of an Azure storage account, as the identity that the job has there.

Who one is comes from azure-identity: DEFAULT_IDENTITY_CLIENT_ID, which a workspace's jobs have, or
AZURE_CLIENT_ID names the managed identity; on other machines it is a service principal's variables or
`az login`. In a sandbox MODELYARD_BLOB_ENDPOINT says where blobs are, each account's under its name, and the
account's key, which is no secret there, opens it.
"""

from __future__ import annotations

import base64
import hashlib
import os
import weakref
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any
from urllib.parse import SplitResult, unquote

from azure.core.credentials import AccessToken
from azure.core.exceptions import AzureError, HttpResponseError
from azure.identity import DefaultAzureCredential
from azure.storage.blob import ContainerClient

from modelyard_training.errors import ExistingObjectError, MissingObjectError, StoreError
from modelyard_training.stores import FORMS, Store, check_key

SUFFIX = ".blob.core.windows.net"

_MISSING, _THERE = "BlobNotFound", "BlobAlreadyExists"


class BlobStore(Store):
    """Objects below a prefix of a container.

    A write names no encryption: the account's key is then used. Retries are the SDK's own.
    """

    def __init__(self, uri: str, parts: SplitResult) -> None:
        super().__init__(uri)
        container, _, prefix = unquote(parts.path).strip("/").partition("/")
        account = parts.netloc.removesuffix(SUFFIX)
        if f"{account}{SUFFIX}" != parts.netloc or not account.isalnum() or not container or parts.query:
            raise StoreError(f"{uri!r} is no store that this container knows: {FORMS}")
        self._prefix = f"{prefix}/" if prefix else ""
        sandbox = os.environ.get("MODELYARD_BLOB_ENDPOINT", "").rstrip("/")
        place = f"{sandbox}/{account}" if sandbox else f"https://{account}{SUFFIX}"
        try:
            credential = _sandbox_key(account) if sandbox else _Identity(self.uri)
            self._client: Any = ContainerClient(place, container, credential=credential)
        except ValueError as error:
            raise StoreError(f"{self.uri}: {error}") from error
        # Connections that nobody closes would be warned about when they are collected.
        weakref.finalize(self, self._client.close)

    @contextmanager
    def _translated(self, key: str) -> Generator[None]:
        try:
            yield
        except HttpResponseError as error:
            code = getattr(error, "error_code", None)
            code = str(getattr(code, "value", code) or "")
            if code == _MISSING:
                raise MissingObjectError(f"{self.uri_of(key)}: no such object") from error
            if code == _THERE:
                raise ExistingObjectError(f"{self.uri_of(key)}: there already") from error
            raise StoreError(f"{self.uri_of(key)}: {code or 'refused'}: {_first_line(error)}") from error
        except AzureError as error:
            raise StoreError(f"{self.uri_of(key)}: {_first_line(error)}") from error

    def _blob(self, key: str) -> Any:
        return self._client.get_blob_client(self._prefix + check_key(key))

    def get(self, key: str) -> bytes:
        """Get Blob, whole."""
        blob = self._blob(key)
        with self._translated(key):
            return blob.download_blob().readall()

    def put(self, key: str, data: bytes, *, if_absent: bool = False) -> None:
        """Put Blob, or Put Block List for many bytes; `if_absent` is the service's own condition."""
        blob = self._blob(key)
        with self._translated(key):
            blob.upload_blob(data, overwrite=not if_absent)

    def exists(self, key: str) -> bool:
        """Get Blob Properties."""
        blob = self._blob(key)
        try:
            with self._translated(key):
                blob.get_blob_properties()
        except MissingObjectError:
            return False
        return True

    def list(self, prefix: str) -> list[str]:
        """List Blobs, every page."""
        with self._translated(prefix):
            found = [*self._client.list_blob_names(name_starts_with=self._prefix + prefix)]
        return sorted(name.removeprefix(self._prefix) for name in found)

    def delete(self, key: str) -> None:
        """Delete Blob; of an account with versions, older ones stay."""
        blob = self._blob(key)
        try:
            with self._translated(key):
                blob.delete_blob()
        except MissingObjectError:
            return


class _Identity:
    """Gives the job's tokens. Without one it raises no AzureError: the SDK would ask again for a minute."""

    def __init__(self, uri: str) -> None:
        own = os.environ.get("DEFAULT_IDENTITY_CLIENT_ID") or os.environ.get("AZURE_CLIENT_ID")
        named = {"managed_identity_client_id": own} if own else {}
        self._uri, self._credential = uri, DefaultAzureCredential(**named)

    def get_token(self, *scopes: str, **settings: Any) -> AccessToken:
        try:
            return self._credential.get_token(*scopes, **settings)
        except AzureError as error:
            raise StoreError(f"{self._uri}: no identity of Azure: {_first_line(error)}") from error


def _sandbox_key(account: str) -> str:
    """The account's key in a sandbox, which follows from its name."""
    return base64.b64encode(hashlib.sha512(f"modelyard sandbox {account}".encode()).digest()).decode()


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
