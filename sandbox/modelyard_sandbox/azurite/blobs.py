"""The blobs of a resource manager's accounts: Azurite, told of what the resource manager has.

It is started when somebody asks for it, with the accounts and containers that stand then, and follows what is
made and deleted afterwards. A container's public access is that of its creation. An account that is deleted
takes its blobs along.
"""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import ProxyHandler, build_opener
from xml.etree import ElementTree

from modelyard_sandbox.azurite.accounts import signed
from modelyard_sandbox.azurite.install import Program
from modelyard_sandbox.azurite.process import Azurite

if TYPE_CHECKING:
    from modelyard_sandbox.azure.manager.store import Resource, Store

ACCOUNT = "Microsoft.Storage/storageAccounts"
CONTAINER = f"{ACCOUNT}/blobServices/containers"
DIRECTORY, LOG = "blobs", "azurite.log"
CALL_SECONDS = 10.0
GONE, STANDS = 404, 409

_log = logging.getLogger(__name__)
_opener = build_opener(ProxyHandler({}))


@dataclass(frozen=True, slots=True)
class BlobStatus:
    """Whether blobs are served, and where."""

    endpoint: str = ""
    """Empty while nobody serves them."""
    accounts: tuple[str, ...] = ()
    """The accounts that can be reached."""


class Blobs:
    """The blobs of one resource manager.

    Args:
        store: what the resource manager has.
        alone: holds off the resource manager's requests.
        directory: the sandbox's.
        ended: called when Azurite has ended by itself.
    """

    def __init__(
        self,
        store: Store,
        alone: Callable[[], AbstractContextManager[object]],
        directory: Path,
        ended: Callable[[], None],
    ) -> None:
        self._store, self._alone, self._directory, self._ended = store, alone, directory, ended
        self._azurite: Azurite | None = None
        self._starting = threading.Lock()
        store.on_container.append(self._follow_container)
        store.has_blobs = self._has_blobs
        self._clear()

    @property
    def status(self) -> BlobStatus:
        """Whether blobs are served, and where."""
        azurite = self._running
        return BlobStatus(azurite.endpoint, tuple(self._accounts())) if azurite else BlobStatus()

    def start(self, program: Program) -> BlobStatus:
        """Serve blobs, unless they are served.

        Raises:
            SurroundingsError: Azurite doesn't come up.
        """
        with self._starting:
            if self._running is None:
                # What one that ended by itself kept is lost, as the rest of a sandbox is with its server.
                self._clear()
                places = (self._directory / DIRECTORY, self._directory / LOG)
                started = Azurite(program, *places, (), self._ended)
                with self._alone():
                    self._azurite = started
                    self._carry_over()
        return self.status

    def stop(self) -> None:
        """End Azurite, if it runs, and take away what it kept."""
        azurite, self._azurite = self._azurite, None
        if azurite is not None:
            azurite.stop()
            self._clear()

    def follow(self, resource: Resource, stands: bool) -> None:
        """Take note of a resource that was written or deleted: accounts matter here."""
        if resource.id.kind != ACCOUNT.lower() or self._running is None:
            return
        if not stands:
            for container in self._containers_in(resource.id.name):
                self._call("DELETE", resource.id.name, container, "restype=container")
        elif not resource.is_new:
            return
        self._tell()

    @property
    def _running(self) -> Azurite | None:
        return self._azurite if self._azurite and self._azurite.alive else None

    def _accounts(self) -> list[str]:
        return sorted(account.id.name for account in self._store.of_type(ACCOUNT))

    def _tell(self) -> None:
        azurite = self._running
        if azurite is not None and not azurite.tell(self._accounts()):
            _log.error("Azurite doesn't take the accounts it is told of")

    def _carry_over(self) -> None:
        self._tell()
        for container in self._store.of_type(CONTAINER):
            account = container.id.ancestor(ACCOUNT)
            if account is not None:
                self._make(account.name, container)

    def _follow_container(self, store: Store, account: str, container: str, made: bool) -> None:
        if self._running is None:
            return
        if not made:
            self._call("DELETE", account, container, "restype=container")
            return
        for found in store.of_type(CONTAINER):
            owner = found.id.ancestor(ACCOUNT)
            if found.id.name == container and owner is not None and owner.name == account:
                self._make(account, found)

    def _make(self, account: str, container: Resource) -> None:
        access = str(container.properties.get("publicAccess", "None")).lower()
        headers = {} if access == "none" else {"x-ms-blob-public-access": access}
        self._call("PUT", account, container.id.name, "restype=container", headers)

    def _has_blobs(self, account: str, container: str) -> bool:
        listed = self._call("GET", account, container, "restype=container&comp=list&maxresults=1")
        return bool(listed) and ElementTree.fromstring(listed).find("Blobs/Blob") is not None  # noqa: S314

    def _containers_in(self, account: str) -> list[str]:
        listed = self._call("GET", account, "", "comp=list")
        if not listed:
            return []
        found = ElementTree.fromstring(listed).iterfind("Containers/Container/Name")  # noqa: S314
        return [name.text for name in found if name.text]

    def _call(
        self, method: str, account: str, container: str, query: str, headers: Mapping[str, str] | None = None
    ) -> bytes:
        """Azurite's answer; nothing if there is none, which is noted: the resource manager goes on."""
        azurite = self._running
        if azurite is None:
            return b""
        url = f"{azurite.endpoint}/{account}/{quote(container)}?{query}"
        try:
            with _opener.open(signed(method, url, account, None, headers), timeout=CALL_SECONDS) as answer:
                return answer.read()
        except HTTPError as error:
            with error:
                if error.code not in (GONE, STANDS):
                    _log.error("Azurite answers %s %s with %s", method, url, error.code)
        except (OSError, HTTPException):
            _log.exception("Azurite doesn't answer %s %s", method, url)
        return b""

    def _clear(self) -> None:
        """Blobs of accounts that went with a server before."""
        shutil.rmtree(self._directory / DIRECTORY, ignore_errors=True)
