"""The few calls of GitHub's REST API that the gate makes (version 2022-11-28)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt

from modelyard.errors import SurroundingsError
from modelyard_cli.gate.archive import UnusableReport

API = "https://api.github.com"
BOT = "github-actions[bot]"
"""Who comments with a workflow's own token."""

_PAGE = 100
_ATTEMPTS = 5
_LONGEST_WAIT_SECONDS = 60.0
_MOST_ARTIFACT_BYTES = 10_000_000
_FORBIDDEN = 403
_PASSING = frozenset({429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment of ours on a pull request."""

    id: int
    body: str


class GitHub:
    """One repository, as the holder of a token sees it. Reading and updating are tried again."""

    def __init__(
        self, repository: str, token: str, *, api: str = API, author: str = BOT, sleep: Any = None
    ) -> None:
        self._repository = repository
        self._author = author
        self._retry = {"sleep": sleep} if sleep else {}
        self._client = httpx.Client(
            base_url=api.rstrip("/"),
            headers={
                "Authorization": f"Bearer {token}",
                "Accept": "application/vnd.github+json",
                "X-GitHub-Api-Version": "2022-11-28",
                "User-Agent": "modelyard",
            },
            timeout=30.0,
            follow_redirects=True,  # httpx sends the token to no other host
        )

    def __enter__(self) -> GitHub:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def pull_request(self, owner: str, branch: str, sha: str) -> int | None:
        """Number of the open pull request from a branch whose head is that commit; None if there is none."""
        path = f"/repos/{self._repository}/pulls"
        for pull in self._pages(path, {"state": "open", "head": f"{owner}:{branch}"}):
            if pull["head"]["sha"] == sha:
                return int(pull["number"])
        return None

    def artifact(self, run_id: int, name: str) -> bytes | None:
        """The ZIP file of a run's artifact; None if there is none. Raises UnusableReport if it is large."""
        path = f"/repos/{self._repository}/actions/runs/{run_id}/artifacts"
        answer = self._ask("GET", path, params={"name": name, "per_page": _PAGE}).json()
        found = [each for each in answer["artifacts"] if each["name"] == name and not each["expired"]]
        if not found:
            return None
        newest = max(found, key=lambda each: int(each["id"]))
        return self._retrying(
            lambda: self._download(f"/repos/{self._repository}/actions/artifacts/{newest['id']}/zip")
        )

    def comment_with(self, number: int, marker: str) -> Comment | None:
        """Our comment on a pull request that starts with `marker`: others may write the marker too."""
        for comment in self._pages(f"/repos/{self._repository}/issues/{number}/comments", {}):
            body = comment["body"] or ""
            if body.startswith(marker) and (comment["user"] or {}).get("login") == self._author:
                return Comment(int(comment["id"]), body)
        return None

    def update(self, comment: Comment, body: str) -> None:
        """Write a comment anew."""
        path = f"/repos/{self._repository}/issues/comments/{comment.id}"
        self._ask("PATCH", path, json={"body": body})

    def create(self, number: int, marker: str, body: str) -> None:
        """Write a comment that isn't there yet. After an unclear outcome it is looked for before it is tried
        again.
        """
        path = f"/repos/{self._repository}/issues/{number}/comments"

        def attempt() -> None:
            if self.comment_with(number, marker) is None:
                self._send("POST", path, json={"body": body})

        self._retrying(attempt)

    def _pages(self, path: str, params: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        page = 1
        while True:
            items = self._ask("GET", path, params={**params, "per_page": _PAGE, "page": page}).json()
            yield from items
            if len(items) < _PAGE:
                return
            page += 1

    def _ask(self, method: str, path: str, **fields: Any) -> httpx.Response:
        return self._retrying(lambda: self._send(method, path, **fields))

    def _send(self, method: str, path: str, **fields: Any) -> httpx.Response:
        response = self._client.request(method, path, **fields)
        response.raise_for_status()
        return response

    def _download(self, path: str) -> bytes:
        found = bytearray()
        with self._client.stream("GET", path) as response:
            response.raise_for_status()
            for chunk in response.iter_bytes():
                found += chunk
                if len(found) > _MOST_ARTIFACT_BYTES:
                    raise UnusableReport(f"the artifact is larger than {_MOST_ARTIFACT_BYTES:,} bytes")
        return bytes(found)

    def _retrying(self, work: Any) -> Any:
        try:
            for attempt in Retrying(
                stop=stop_after_attempt(_ATTEMPTS),
                retry=retry_if_exception(_passes),
                wait=_wait_seconds,
                reraise=True,
                **self._retry,
            ):
                with attempt:
                    return work()
        except httpx.HTTPStatusError as error:
            raise _refused(error) from error
        except httpx.HTTPError as error:
            raise SurroundingsError(
                f"GitHub can't be reached: {type(error).__name__}", "run the job again when it can be"
            ) from error
        raise AssertionError("the last attempt returns or raises")


def _passes(error: BaseException) -> bool:
    """Whether the next attempt may fare better."""
    if isinstance(error, httpx.HTTPStatusError):
        return error.response.status_code in _PASSING or _is_limited(error.response)
    return isinstance(error, httpx.TransportError)


def _is_limited(response: httpx.Response) -> bool:
    """GitHub also says 403 to those who ask too often, with the seconds to wait."""
    return response.status_code == _FORBIDDEN and "retry-after" in response.headers


def _wait_seconds(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = error.response.headers.get("retry-after", "") if isinstance(error, httpx.HTTPStatusError) else ""
    seconds = float(asked) if asked.isdigit() else 2.0 ** (state.attempt_number - 1)
    return min(seconds, _LONGEST_WAIT_SECONDS)


def _refused(error: httpx.HTTPStatusError) -> SurroundingsError:
    code = error.response.status_code
    mend = {
        401: "give the job GITHUB_TOKEN: ${{ github.token }}",
        403: "give the job the permissions actions: read and pull-requests: write",
        404: "give the job the permissions actions: read and pull-requests: write",
    }.get(code, "run the job again later")
    call = f"{error.request.method} {error.request.url.path}"
    return SurroundingsError(f"GitHub answers {code} to {call}", mend)
