"""Azure Resource Manager over HTTP: calls, lists in pages, work that goes on after the answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from modelyard.errors import SurroundingsError
from modelyard_launcher.azure.refusals import MISSING, WORK_FAILED, ArmRefusedError
from modelyard_launcher.azure.sending import Sender
from modelyard_launcher.azure.work import Work, document_of
from modelyard_launcher.outcomes import UnclearOutcomeError

if TYPE_CHECKING:
    import httpx

    from modelyard_launcher.azure.access import AzureAccess

PATIENCE_SECONDS = 90.0
LONGEST_WORK_SECONDS = 1800.0

UNSEEN = "SubscriptionNotFound"
"""Said of whatever lies in a subscription of a tenant that one isn't signed in to."""

_NO_CONTENT = 204


class Arm:
    """A client of the resource manager. Paths are resource ids, as `/subscriptions/…`.

    Every call raises ArmRefusedError (ArmDeniedError for want of a right) if it is answered with an error,
    SurroundingsError if nothing answers or the service is at fault, and UnclearOutcomeError if one that is
    sent once had no answer that says whether it got through. Others are sent again after a lost connection
    and after 408, 429 and 5xx.

    Args:
        access: who asks where.
        patience_seconds: from when on a call isn't sent again; waits that the service asks for count.
        work_seconds: how long work is followed that goes on after an answer.
    """

    def __init__(
        self,
        access: AzureAccess,
        *,
        patience_seconds: float = PATIENCE_SECONDS,
        work_seconds: float = LONGEST_WORK_SECONDS,
    ) -> None:
        self.access = access
        self._sender = Sender(access, patience_seconds)
        self._work_seconds = work_seconds

    def get(self, path: str, api_version: str, query: Mapping[str, str] | None = None) -> dict[str, Any]:
        """What stands at a path."""
        return document_of(self._call("GET", path, api_version, query=query), f"GET {path}")

    def find(
        self, path: str, api_version: str, query: Mapping[str, str] | None = None
    ) -> dict[str, Any] | None:
        """What stands at a path; None if nothing does. A subscription that one doesn't see is an error."""
        try:
            return self.get(path, api_version, query)
        except ArmRefusedError as error:
            if error.status == MISSING and error.code != UNSEEN:
                return None
            raise

    def put(self, path: str, api_version: str, body: dict[str, Any], *, once: bool = False) -> dict[str, Any]:
        """Write what is to stand at a path, and wait until it does; the resource as it is then.

        Args:
            path: where.
            api_version: of its type.
            body: the whole of it.
            once: send it once, unless it certainly didn't get through.
        """
        return self._written("PUT", path, api_version, body, once=once)

    def patch(self, path: str, api_version: str, body: dict[str, Any]) -> dict[str, Any]:
        """Change what stands at a path, and wait until it is changed; the resource as it is then."""
        return self._written("PATCH", path, api_version, body, once=False)

    def post(
        self, path: str, api_version: str, body: dict[str, Any] | None = None, *, once: bool = True
    ) -> dict[str, Any]:
        """Ask for an action, and wait for its end; what it answers, empty if nothing.

        Args:
            path: of the action.
            api_version: of its type.
            body: what it is given.
            once: send it once, unless it certainly didn't get through. False where twice does no harm.
        """
        what = f"POST {path}"
        answer = self._call("POST", path, api_version, body, once=once)
        return document_of(self._work(answer, what).result() or answer, what)

    def delete(self, path: str, api_version: str) -> bool:
        """Take away what stands at a path, and wait until it is gone; whether something stood there."""
        what = f"DELETE {path}"
        try:
            answer = self._call("DELETE", path, api_version)
            self._work(answer, what).result()
        except ArmRefusedError as error:
            if error.status == MISSING:
                return False
            raise
        return answer.status_code != _NO_CONTENT

    def pages(
        self, path: str, api_version: str, query: Mapping[str, str] | None = None
    ) -> Iterator[dict[str, Any]]:
        """The members of a list, page after page; nothing is asked before the first is taken."""
        what = f"GET {path}"
        document = self.get(path, api_version, query)
        yield from document.get("value") or []
        while document.get("nextLink"):
            document = document_of(self._sender.send("GET", str(document["nextLink"]), what), what)
            yield from document.get("value") or []

    def _written(
        self, method: str, path: str, api_version: str, body: dict[str, Any], *, once: bool
    ) -> dict[str, Any]:
        what = f"{method} {path}"
        answer = self._call(method, path, api_version, body, once=once)
        work = self._work(answer, what)

        def read() -> dict[str, Any]:
            return self.get(path, api_version)

        try:
            document = read() if work.result() is not None else document_of(answer, what)
            return work.settled(read, document)
        except SurroundingsError as error:
            has_failed = isinstance(error, ArmRefusedError) and error.status == WORK_FAILED
            if once and not has_failed:
                # It was taken on, and what became of it can't be seen.
                raise UnclearOutcomeError(error.message) from error
            raise

    def _work(self, answer: httpx.Response, what: str) -> Work:
        return Work(self.access, self._sender, answer, what, self._work_seconds)

    def _call(
        self,
        method: str,
        path: str,
        api_version: str,
        body: dict[str, Any] | None = None,
        *,
        query: Mapping[str, str] | None = None,
        once: bool = False,
    ) -> httpx.Response:
        parameters = {"api-version": api_version, **(query or {})}
        told = "&".join(
            f"{quote(name, safe='$')}={quote(value, safe='')}" for name, value in parameters.items()
        )
        url = f"{self.access.arm_endpoint}{quote(path, safe='/:@$')}?{told}"
        return self._sender.send(method, url, f"{method} {path}", body, once=once)
