"""Work that the resource manager goes on with after it has answered ("Track asynchronous Azure operations",
2026-11): asked after at the address that `Azure-AsyncOperation` or `Location` gave, else at the resource.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from modelyard.errors import SurroundingsError
from modelyard_launcher.azure.refusals import WORK_FAILED, refusal
from modelyard_launcher.azure.sending import Sender, seconds_asked

if TYPE_CHECKING:
    import httpx

    from modelyard_launcher.azure.access import AzureAccess

POLL_SECONDS = 2.0
"""Between two questions, where the service doesn't say how long."""

_ACCEPTED = 202
_ENDS = frozenset({"succeeded", "failed", "canceled"})
_UNDER_WAY = frozenset({"accepted", "creating", "deleting", "provisioning", "running", "updating"})


class Work:
    """One piece of it, from the answer to the call that began it.

    Args:
        access: who asks where.
        sender: asks.
        answer: the first one.
        what: the call, for people.
        seconds: how long it is followed.
    """

    def __init__(
        self, access: AzureAccess, sender: Sender, answer: httpx.Response, what: str, seconds: float
    ) -> None:
        self._access, self._sender, self._answer = access, sender, answer
        self._what, self._seconds = what, seconds
        self._method = answer.request.method
        self._until = time.monotonic() + seconds

    def result(self) -> httpx.Response | None:
        """The answer with the result, once the work has ended; None if the first answer announced none.

        Raises ArmRefusedError if it failed, SurroundingsError if it takes too long.
        """
        watched = self._answer.headers.get("Azure-AsyncOperation")
        result = self._answer.headers.get("Location")
        if watched:
            self._until_ended(lambda: self._ask(watched), lambda document: str(document.get("status", "")))
            if result and self._method == "POST":
                return self._sender.send("GET", result, self._what)
            return self._answer
        if result and self._answer.status_code == _ACCEPTED:
            while self._answer.status_code == _ACCEPTED:
                self._pause()
                self._ask(result)
            return self._answer
        return None

    def settled(self, read: Callable[[], dict[str, Any]], document: dict[str, Any]) -> dict[str, Any]:
        """A resource once it is neither made nor changed any longer, from what it showed at first."""
        if _state(document).lower() not in _UNDER_WAY:
            return document
        return self._until_ended(read, _state, document)

    def _until_ended(
        self,
        ask: Callable[[], dict[str, Any]],
        state_in: Callable[[dict[str, Any]], str],
        document: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        while (state := state_in(document or {}).lower()) not in _ENDS:
            self._pause()
            document = ask()
        document = document or {}
        if state != "succeeded":
            error = document.get("error")
            reason = f"the work ended as {state_in(document)}"
            raise refusal(
                self._access, self._what, WORK_FAILED, error if isinstance(error, dict) else None, reason
            )
        return document

    def _ask(self, url: str) -> dict[str, Any]:
        self._answer = self._sender.send("GET", url, self._what)
        return document_of(self._answer, self._what)

    def _pause(self) -> None:
        pause = seconds_asked(self._answer.headers)
        pause = POLL_SECONDS if pause is None else pause
        if time.monotonic() + pause > self._until:
            raise SurroundingsError(
                f"{self._what} in {self._access.place}: it has been going on for {self._seconds:g} s",
                "look in the portal how it stands, and try again",
            )
        time.sleep(pause)


def document_of(answer: httpx.Response, what: str) -> dict[str, Any]:
    """An answer's document, empty if it has none; SurroundingsError if it is something else."""
    if not answer.content.strip():
        return {}
    try:
        document: Any = json.loads(answer.content)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise SurroundingsError(
            f"{what}: the answer is no document of Azure's",
            "check that no proxy stands between here and Azure",
        )
    return document


def _state(document: dict[str, Any]) -> str:
    properties = document.get("properties")
    return str(properties.get("provisioningState", "")) if isinstance(properties, dict) else ""
