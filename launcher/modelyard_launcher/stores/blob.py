"""A container of an Azure storage account as a store, by azure-storage-blob."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from modelyard_launcher.azure.access import AzureAccess
from modelyard_launcher.stores import Tagged
from modelyard_launcher.stores.blob_container import BLOCK_BYTES, BlobContainer

MOST_BLOCKS = 50_000
"""Of one blob ("Put Block List", Azure Storage REST API, 2026-11)."""

PAGE_SIZE = 5_000
"""Names that a list shows at once, the most that there are ("List Blobs")."""

AT_ONCE = 4
"""Blocks of one file on their way at a time."""

MISSING = "BlobNotFound"

_NOTHING_THERE = "InvalidRange"

IS_THERE = ("BlobAlreadyExists", "ConditionNotMet", "TargetConditionNotMet")
"""The condition of a write didn't hold ("Blob service error codes", Azure Storage REST API, 2026-11)."""


class BlobStore:
    """A container, or a prefix in it. Writes name no encryption, so that the account's key is used."""

    def __init__(self, uri: str, account: str, container: str, prefix: str, access: AzureAccess) -> None:
        self.uri = uri.rstrip("/")
        self._prefix = f"{prefix}/" if prefix else ""
        self.container = BlobContainer(self.uri, account, container, access)
        """What the store is, or lies in."""

    def name_of(self, key: str) -> str:
        """Name in the container of what is at a key."""
        return self._prefix + key

    def get(self, key: str, start: int = 0) -> bytes | None:
        """Get Blob; None without it."""
        return self.container.answer(
            lambda: self._read(key, start).data, {MISSING: None, _NOTHING_THERE: b""}
        )

    def get_tagged(self, key: str) -> Tagged | None:
        """Get Blob with its ETag."""
        return self.container.answer(lambda: self._read(key), {MISSING: None})

    def size(self, key: str) -> int | None:
        """Get Blob Properties."""
        return self.container.answer(lambda: self._blob(key).get_blob_properties().size, {MISSING: None})

    def put(self, key: str, data: bytes) -> None:
        """Put Blob."""
        self.container.answer(lambda: self._blob(key).upload_blob(data, overwrite=True))

    def put_file(self, key: str, path: Path) -> None:
        """Put Block for each block and Put Block List, or Put Blob for a small file. The file isn't read into
        memory.
        """
        size = path.stat().st_size
        client = self.container.uploading(max(BLOCK_BYTES, -(-size // MOST_BLOCKS)))
        blob = client.get_blob_client(self.name_of(key))
        with path.open("rb") as file:

            def upload() -> None:
                file.seek(0)  # it may be asked twice
                blob.upload_blob(file, length=size, overwrite=True, max_concurrency=AT_ONCE)

            self.container.answer(upload)

    def create(self, key: str, data: bytes) -> bool:
        """Put Blob with `If-None-Match: *`."""
        return self._conditional(key, data, {"overwrite": False})

    def replace(self, key: str, data: bytes, tag: str) -> bool:
        """Put Blob with `If-Match`."""
        from azure.core import MatchConditions

        unchanged = {"overwrite": True, "etag": tag, "match_condition": MatchConditions.IfNotModified}
        return self._conditional(key, data, unchanged)

    def folders(self, prefix: str) -> list[str]:
        """Prefixes of List Blobs, every page."""
        start = self._prefix + prefix
        pages = {"name_starts_with": start, "delimiter": "/", "results_per_page": PAGE_SIZE}
        client = self.container.client()
        found = self.container.answer(lambda: [item.name for item in client.walk_blobs(**pages)])
        return sorted(name.removeprefix(start).rstrip("/") for name in found if name.endswith("/"))

    def keys(self, prefix: str) -> list[str]:
        """List Blobs, every page."""
        pages = {"name_starts_with": self._prefix + prefix, "results_per_page": PAGE_SIZE}
        client = self.container.client()
        found = self.container.answer(lambda: list(client.list_blob_names(**pages)))
        return sorted(name.removeprefix(self._prefix) for name in found)

    def _blob(self, key: str) -> Any:
        return self.container.client().get_blob_client(self.name_of(key))

    def _read(self, key: str, start: int = 0) -> Tagged:
        stream = self._blob(key).download_blob(offset=start or None)
        return Tagged(stream.readall(), stream.properties.etag)

    def _conditional(self, key: str, data: bytes, condition: Mapping[str, Any]) -> bool:
        """Whether a write was carried out that is to be under a condition only."""
        answer = self.container.answer(
            lambda: self._blob(key).upload_blob(data, **condition), dict.fromkeys((*IS_THERE, MISSING))
        )
        # The SDK sends a write again whose answer was lost, and the second is refused for the first.
        return answer is not None or self.get(key) == data
