"""Azure as handlers see it: calls to the resource manager for one subscription, errors in its words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from email.message import Message
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import OpenerDirector, ProxyHandler, Request, build_opener

from typing_extensions import override

from modelyard_sandbox.azure.manager.ids import GROUP, SUBSCRIPTION
from modelyard_sandbox.errors import CloudError
from modelyard_sandbox.once import HEADER
from modelyard_sandbox.retrying import answered, timeout_seconds, without_answer

ENDS = frozenset({"Succeeded", "Failed", "Canceled"})
"""What is said of work that has ended."""
BAD_REQUEST, NOT_FOUND, TOO_MANY_REQUESTS = 400, 404, 429
EXISTS_ALREADY = 412
"""The answer to a write that is to make something new, where it stands already."""

_opener: OpenerDirector = build_opener(ProxyHandler({}))
"""Without proxies: the sandbox is on this machine."""


class AzureError(CloudError):
    """The resource manager refused."""

    def __init__(self, type_: str, method: str, status: int, error: dict[str, Any]) -> None:
        said = [error.get("message", ""), *(item.get("message", "") for item in error.get("details", []))]
        super().__init__(type_, method, str(error.get("code")), " ".join(filter(None, said)))
        self.status = status
        self.in_work = False
        """Whether the work that was begun ended with it: what was asked for stands, unfinished."""
        self.target: str | None = error.get("target")
        """The path of the property at fault, where Azure says it."""

    @property
    @override
    def says_gone(self) -> bool:
        return self.status == NOT_FOUND

    @property
    @override
    def says_throttled(self) -> bool:
        return self.status == TOO_MANY_REQUESTS


@dataclass(frozen=True, slots=True)
class AzureCloud:
    """One subscription. Whatever the resource manager refuses is raised as AzureError."""

    endpoint: str
    subscription_id: str
    token: str = ""
    """Marks a creation, so that it is carried out once, however often it is asked for."""

    def once(self, token: str) -> AzureCloud:
        """The same subscription, with creations marked."""
        return replace(self, token=token)

    def get(self, path: str, api_version: str) -> dict[str, Any]:
        """What stands at a path."""
        return self.call("GET", path, api_version)

    def listed(self, path: str, api_version: str) -> list[dict[str, Any]]:
        """All that a list holds, page after page."""
        found = self.get(path, api_version)
        items: list[dict[str, Any]] = list(found["value"])
        while onward := found.get("nextLink"):
            found = self._follow(onward)[0]
            items += found["value"]
        return items

    def create(
        self, path: str, api_version: str, body: dict[str, Any], query: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """Make what doesn't stand yet; an error with status `EXISTS_ALREADY` if it does."""
        headers = {"If-None-Match": "*", **({HEADER: self.token} if self.token else {})}
        return self.call("PUT", path, api_version, body, headers, query, safe=bool(self.token))

    def put(
        self, path: str, api_version: str, body: dict[str, Any], query: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """Make or change what stands at a path."""
        return self.call("PUT", path, api_version, body, query=query)

    def delete(self, path: str, api_version: str) -> None:
        """Take away what stands at a path."""
        self.call("DELETE", path, api_version)

    def ask_vault(self, method: str, vault: str, path: str, api_version: str) -> dict[str, Any]:
        """Ask a key vault itself, which the sandbox knows by the Host of a request."""
        return self.call(method, path, api_version, headers={"Host": f"{vault}.vault.azure.net"})

    def call(
        self,
        method: str,
        path: str,
        api_version: str,
        body: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        *,
        safe: bool = True,
    ) -> dict[str, Any]:
        """Make a call, and wait for the end of the work that it begins.

        What it gives is the answer's document, empty if it has none.

        Raises:
            AzureError: it was refused, or the work failed.
            NoAnswerError: the sandbox doesn't answer.
        """
        url = f"{self.endpoint}{quote(path)}?{urlencode({'api-version': api_version, **(query or {})})}"
        request = Request(  # noqa: S310  (the sandbox's own address)
            url,
            None if body is None else json.dumps(body).encode(),
            {"Content-Type": "application/json", **(headers or {})},
            method=method,
        )
        document, answer = answered(lambda: self._answer(request, path), safe=safe)
        work = answer.get("Azure-AsyncOperation")
        if work is None:
            return document
        self._await(work, method, path)
        return {} if method == "DELETE" else self.get(path, api_version)

    def _await(self, work: str, method: str, path: str) -> None:
        """Ask after work until it has ended: the sandbox's takes no time, only questions."""
        while True:
            state, _ = self._follow(work)
            if state["status"] in ENDS:
                break
        if state["status"] != "Succeeded":
            error = AzureError(type_of(path), method, BAD_REQUEST, state.get("error", {}))
            error.in_work = True
            raise error

    def _follow(self, url: str) -> tuple[dict[str, Any], Message]:
        """What stands at an address that an answer gave."""
        place = urlsplit(url)
        request = Request(f"{self.endpoint}{place.path}?{place.query}")  # noqa: S310  (as above)
        return answered(lambda: self._answer(request, place.path), safe=True)

    def _answer(self, request: Request, path: str) -> tuple[dict[str, Any], Message]:
        method = request.get_method()
        try:
            with _opener.open(request, timeout=timeout_seconds()) as response:
                return json.loads(response.read() or b"{}"), response.headers
        except HTTPError as error:
            document = json.loads(error.read() or b"{}")
            raise AzureError(type_of(path), method, error.code, document.get("error", {})) from error
        except (OSError, HTTPException) as error:
            reached = not isinstance(getattr(error, "reason", None), ConnectionRefusedError)
            raise without_answer(self.endpoint, f"{method} {path}", error, reached=reached) from error


def type_of(path: str) -> str:
    """The type of what a path names, to say what an error is about."""
    if not path.lower().startswith("/subscriptions"):
        return f"Microsoft.KeyVault/vaults/{path.split('/')[1]}"
    _, found, after = path.rpartition("/providers/")
    if not found:
        return GROUP if "/resourcegroups" in path.lower() else SUBSCRIPTION
    namespace, *rest = after.split("/")
    return "/".join([namespace, *rest[::2]])
