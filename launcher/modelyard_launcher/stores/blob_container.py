"""A container of a storage account: azure-storage-blob's client of it, and errors in the launcher's words."""

from __future__ import annotations

import re
import weakref
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import SplitResult, unquote

from modelyard.errors import SurroundingsError
from modelyard_launcher.access import nothing_listens
from modelyard_launcher.azure.access import BLOB_SUFFIX, AzureAccess
from modelyard_launcher.azure.credentials import INSTALL
from modelyard_launcher.outcomes import AnsweredError, DeniedError

CONNECT_SECONDS, ANSWER_SECONDS = 5, 30
RETRIES, PAUSE_BASE, PAUSE_SPREAD_SECONDS = 3, 2, 1
"""A call is sent again so often, after seconds of the base to the power of how often it was, by chance
more or less."""

UPLOAD_RETRIES = 6
"""Of a block of a file, over two minutes: the upload of a large one that breaks off begins anew."""

BLOCK_BYTES = 8 << 20
"""A write of so many bytes or fewer is one request; one of more is sent in blocks of so many."""

_BAD_REQUEST, _UNAUTHORIZED, _FORBIDDEN, _SERVICES_OWN = 400, 401, 403, 500
"""From which status on an answer says that the request, or the service itself, is at fault (RFC 9110)."""


def place_of(parts: SplitResult) -> tuple[str, str, str] | None:
    """Account, container and prefix that a URI names: `https://ACCOUNT.blob.core.windows.net/CONTAINER/PREFIX`;
    None if it names none.
    """
    account = re.fullmatch(rf"([a-z0-9]{{3,24}})\.{re.escape(BLOB_SUFFIX)}", parts.netloc)
    container, _, prefix = unquote(parts.path).strip("/").partition("/")
    if parts.scheme != "https" or account is None or not container or parts.query:
        return None
    return account[1], container, prefix


class BlobContainer:
    """A container, and who asks.

    Args:
        uri: of the store in it, for people.
        account: that it is in.
        name: its own.
        access: who asks where.
        transport: in the place of the SDK's own, if it is one.
    """

    def __init__(
        self, uri: str, account: str, name: str, access: AzureAccess, transport: Any | None = None
    ) -> None:
        self.uri = uri
        self.access = access
        self._account, self._name, self._transport = account, name, transport
        self._client = self._made(BLOCK_BYTES)

    def client(self) -> Any:
        """The SDK's client."""
        return self._client

    def uploading(self, block_bytes: int) -> Any:
        """A client for large files, with blocks of so many bytes."""
        return self._made(block_bytes, UPLOAD_RETRIES)

    def answer(self, ask: Callable[[], Any], otherwise: Mapping[str, Any] | None = None) -> Any:
        """What a call answers; of the error codes in `otherwise`, what stands there.

        Raises AnsweredError (DeniedError for want of a right) if it is refused, SurroundingsError if nobody
        answers or the service is at fault.
        """
        from azure.core.exceptions import HttpResponseError

        with self._translated():
            try:
                try:
                    return ask()
                except HttpResponseError as error:
                    # A token that was kept may have been revoked since.
                    if error.status_code != _UNAUTHORIZED or not self.access.forget_token():
                        raise
                    return ask()
            except HttpResponseError as error:
                code = _code_of(error)
                if otherwise is not None and code in otherwise:
                    return otherwise[code]
                raise

    @contextmanager
    def _translated(self) -> Generator[None]:
        from azure.core.exceptions import AzureError, HttpResponseError

        try:
            yield
        except HttpResponseError as error:
            status = error.status_code or 0
            code = _code_of(error)
            raised = AnsweredError if _BAD_REQUEST <= status < _SERVICES_OWN else SurroundingsError
            raised = DeniedError if status == _FORBIDDEN else raised
            raise raised(self._told(error, f"{code}: " if code else ""), self._mend(code)) from error
        except AzureError as error:
            raise SurroundingsError(self._told(error), self._mend("")) from error

    def _told(self, error: Exception, code: str = "") -> str:
        first = next(iter(str(error).strip().splitlines()), type(error).__name__)
        # Without a body, as on HEAD, the SDK shows the status line, which has the service's words.
        bare = re.fullmatch(r"Operation returned an invalid status '(.*)'", first)
        return f"{self.uri} in {self.access.place}: {code}{bare[1] if bare else first}"

    def _mend(self, code: str) -> str:
        if self.access.kind == "sandbox":
            return self.access.sandbox_mend
        try_it = "try it in the sandbox: `modelyard sandbox up ENV`"
        if code == "ContainerNotFound":
            return f"provision the environment with `pulumi up`, or {try_it}"
        if code in ("AuthorizationFailure", "PublicAccessNotPermitted"):
            return f"ask from inside the environment's network, which alone the account answers, or {try_it}"
        if code == "AuthorizationPermissionMismatch":
            return "have Storage Blob Data Contributor, or Storage Blob Data Reader, assigned on the account"
        if code.startswith("KeyVault"):
            return (
                "see that the key of the account's encryption is there and enabled, and that the account's "
                "identity may use it"
            )
        return f"check credentials and network (`az account show`), or {try_it}"

    def _made(self, block_bytes: int, retries: int = RETRIES) -> Any:
        endpoint = self.access.blob_endpoint(self._account)
        if endpoint is None:
            raise SurroundingsError(
                f"{self.uri} in {self.access.place}: it serves no blobs",
                "have it serve them, which takes Node.js: `modelyard sandbox start --blobs`",
            )
        if self.access.kind == "sandbox" and nothing_listens(endpoint):
            ended = f"{self.uri} in {self.access.place}: its blobs have ended, nothing answers at {endpoint}"
            raise SurroundingsError(ended, self.access.sandbox_mend)
        try:
            from azure.storage.blob import ContainerClient, ExponentialRetry
        except ModuleNotFoundError as error:
            raise SurroundingsError(f"{self.uri}: azure-storage-blob isn't installed", INSTALL) from error
        more = {} if self._transport is None else {"transport": self._transport}
        made = ContainerClient(
            endpoint,
            self._name,
            credential=self.access.account_key(self._account) or self.access.credential,
            retry_policy=ExponentialRetry(
                initial_backoff=0,
                increment_base=PAUSE_BASE,
                retry_total=retries,
                retry_connect=retries,
                retry_read=retries,
                retry_status=retries,
                random_jitter_range=PAUSE_SPREAD_SECONDS,
            ),
            connection_timeout=CONNECT_SECONDS,
            read_timeout=ANSWER_SECONDS,
            max_block_size=block_bytes,
            max_single_put_size=BLOCK_BYTES,
            **more,
        )
        # Connections that nobody closes would be warned about when they are collected.
        weakref.finalize(self, made.close)
        return made


def _code_of(error: Any) -> str:
    """Azure's name of an error; it is an enumeration's member, a text or missing."""
    code = getattr(error, "error_code", None)
    return str(getattr(code, "value", code) or "")
