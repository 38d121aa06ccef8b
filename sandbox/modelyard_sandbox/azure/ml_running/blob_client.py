"""Reads and writes blobs at Azurite: what a job's nodes do for its mounts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from http.client import HTTPException
from pathlib import Path, PurePosixPath
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import ProxyHandler, build_opener
from xml.etree import ElementTree

from modelyard_sandbox.azure.manager.ml.blob_places import BlobPlace
from modelyard_sandbox.azurite.accounts import signed

CALL_SECONDS = 60.0
GONE = 404
PAGE = 5_000
"""Names that are listed at once: as many as the service gives (List Blobs)."""
_opener = build_opener(ProxyHandler({}))


class BlobError(Exception):
    """Blobs can't be read or written."""


class BlobClient:
    """The blobs of all accounts.

    Args:
        endpoint: where Azurite answers; an account's blobs are under its name.
    """

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint

    def names(self, place: BlobPlace) -> Iterator[str]:
        """The names of the blobs below a place, without the place's own path.

        Raises:
            BlobError: they can't be listed.
        """
        start, marker = _start(place), ""
        while True:
            query = {"comp": "list", "restype": "container", "prefix": start, "marker": marker}
            query["maxresults"] = str(PAGE)
            asked = urlencode({name: value for name, value in query.items() if value}, quote_via=quote)
            found = ElementTree.fromstring(self._call("GET", place, f"?{asked}"))  # noqa: S314 (Azurite's own)
            for name in found.iterfind("Blobs/Blob/Name"):
                below = (name.text or "").removeprefix(start)
                if _is_a_file(below):
                    yield below
            marker = found.findtext("NextMarker") or ""
            if not marker:
                return

    def fetch(self, place: BlobPlace, name: str, to: Path) -> None:
        """Read a blob into a file.

        Raises:
            BlobError: it isn't there, or can't be read.
        """
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_bytes(self._call("GET", place, f"/{quote(_start(place) + name)}"))

    def fetch_one(self, place: BlobPlace, to: Path) -> None:
        """Read the one blob that a place itself is.

        Raises:
            BlobError: it isn't there, or can't be read.
        """
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_bytes(self._call("GET", place, f"/{quote(place.path)}"))

    def put(self, place: BlobPlace, name: str, content: bytes) -> None:
        """Write a blob.

        Raises:
            BlobError: it can't be written.
        """
        headers = {"x-ms-blob-type": "BlockBlob"}
        self._call("PUT", place, f"/{quote(_start(place) + name)}", content, headers)

    def delete(self, place: BlobPlace, name: str) -> None:
        """Delete a blob, if it is there.

        Raises:
            BlobError: it can't be deleted.
        """
        self._call("DELETE", place, f"/{quote(_start(place) + name)}", may_be_gone=True)

    def _call(
        self,
        method: str,
        place: BlobPlace,
        what: str,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        may_be_gone: bool = False,
    ) -> bytes:
        url = f"{self._endpoint}/{place.account}/{place.container}{what}"
        asked = signed(method, url, place.account, content, headers)
        try:
            with _opener.open(asked, timeout=CALL_SECONDS) as answer:
                return answer.read()
        except HTTPError as error:
            with error:
                if error.code == GONE and may_be_gone:
                    return b""
                raise BlobError(f"{method} {_shown(place, what)} was answered with {error.code}") from error
        except (OSError, HTTPException) as error:
            raise BlobError(f"{method} {_shown(place, what)} was not answered: {error}") from error


def _start(place: BlobPlace) -> str:
    return f"{place.path}/" if place.path else ""


def _is_a_file(name: str) -> bool:
    """Whether a blob can be a file in a directory: not what stands for one, or leads out of it."""
    return bool(name) and not name.endswith("/") and not {"..", "/"} & set(PurePosixPath(name).parts)


def _shown(place: BlobPlace, what: str) -> str:
    return f"{place.account}/{place.container}{what.partition('?')[0]}"
