"""Run history of a workspace: why a job failed, and where its logs are.

It has a host of its own, which the workspace's discovery address names; where the workspace is closed to the
internet, only its network reaches it, and so it is with the account that the logs lie in. Sources, 2026-11:
azure-ai-ml 1.35.2 (its client of run history, and what it reads of `details`); "Configure a private
endpoint", 2024-09-05.
"""

from __future__ import annotations

import json
import logging
import time
import weakref
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from modelyard.errors import SurroundingsError
from modelyard.outputs.azure import AzureLaunchTarget
from modelyard_launcher.azure.access import AzureAccess
from modelyard_launcher.azure.credentials import INSTALL
from modelyard_launcher.azure.sending import seconds_asked
from modelyard_launcher.outcomes import AnsweredError, DeniedError

if TYPE_CHECKING:
    import httpx

CONNECT_SECONDS, ANSWER_SECONDS = 5.0, 20.0
PAUSES_SECONDS = (1.0, 3.0)
"""Before what had no answer, or 429 or 5xx, is asked again."""

LONGEST_PAUSE_SECONDS = 20.0
"""Of those that the service asks for."""

MOST_BYTES = 16 << 20
"""Of a log that are read at once."""

SEEN_SECONDS = 2.0
"""How long the addresses of a job's logs are taken for all that there are."""

INSIDE = (
    "run this inside the environment's network, as by a VPN into it: from outside, only the state of "
    "jobs can be read"
)

_OK, _PARTIAL, _UNAUTHORIZED, _FORBIDDEN, _MISSING, _PAST = 200, 206, 401, 403, 404, 416
_THROTTLED, _SERVICES_OWN = 429, 500


class History:
    """Run history of workspaces.

    Args:
        access: who asks.
        target: of the environment whose workspace it is, for the most part.
        most_bytes: of a log that are read at once.
    """

    def __init__(
        self, access: AzureAccess, target: AzureLaunchTarget, *, most_bytes: int = MOST_BYTES
    ) -> None:
        self._access, self._target, self.most_bytes = access, target, most_bytes
        self._client: httpx.Client | None = None
        self._seen: dict[tuple[str, bool], tuple[float, Mapping[str, Any]]] = {}

    def host(self, workspace: str, region: str | None) -> str:
        """Where it answers for a workspace: a sandbox's is its resource manager."""
        if self._access.kind == "sandbox":
            return self._access.arm_endpoint
        own = urlsplit(self._target.workspace.discovery_url).netloc
        if own and workspace.lower() == self._target.workspace.id.lower():
            return f"https://{own}"
        return f"https://{region or self._target.region}.api.azureml.ms"

    def details(self, job_id: str, region: str | None = None) -> Mapping[str, Any]:
        """What is known of a job by its resource id: `status`, `logFiles` by name, `error` if it failed.

        Raises SurroundingsError if it can't be asked.
        """
        workspace, _, job = job_id.partition("/jobs/")
        host = self.host(workspace, region)
        url = f"{host}/history/v1.0{workspace}/runs/{job}/details"
        what = f"run history of {job}"
        answer = self._get(what, url, self._token)
        if answer.status_code == _UNAUTHORIZED and self._access.forget_token():
            answer = self._get(what, url, self._token)
        if answer.status_code == _MISSING:
            return {}
        if answer.status_code != _OK:
            raise self._refused(what, answer)
        try:
            document: object = json.loads(answer.content)
        except ValueError:
            document = None
        if not isinstance(document, dict):
            raise AnsweredError(f"{what} at {host}: the answer is no document", INSIDE)
        return cast("dict[str, Any]", document)

    def files(self, job_id: str, region: str | None, *, is_over: bool) -> Mapping[str, str]:
        """The addresses of a job's logs by their names, asked for every few seconds, however many of its
        ranks are read. Raises SurroundingsError if they can't be asked.
        """
        moment, which = time.monotonic(), (job_id, is_over)
        seen = self._seen.get(which)
        if seen is None or moment - seen[0] >= SEEN_SECONDS:
            seen = self._seen[which] = (moment, self.details(job_id, region).get("logFiles") or {})
        return seen[1]

    def read(self, name: str, url: str, start: int) -> bytes:
        """A log from a byte on, up to `most_bytes` of it. Its address opens it: no token goes there."""
        wanted = {"Range": f"bytes={start}-{start + self.most_bytes - 1}"}
        answer = self._get(f"the log {name}", url, lambda: wanted)
        if answer.status_code in (_PAST, _MISSING):
            return b""
        if answer.status_code == _PARTIAL:
            return answer.content
        if answer.status_code != _OK:
            raise self._refused(f"the log {name}", answer)
        return answer.content[start : start + self.most_bytes]

    def _token(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self._access.token()}"}

    def _get(self, what: str, url: str, headers: Callable[[], Mapping[str, str]]) -> httpx.Response:
        """An answer; what may pass is asked again, and isn't answered with in the end."""
        client = self._the_client()
        import httpx

        for pause in (*PAUSES_SECONDS, None):
            try:
                answer = client.get(url, headers=dict(headers()))
            except httpx.HTTPError as error:
                if pause is None or self._access.kind == "sandbox":
                    raise self._unreached(url, error) from error
            else:
                if answer.status_code != _THROTTLED and answer.status_code < _SERVICES_OWN:
                    return answer
                pause = _pause(answer, pause)
                if pause is None:
                    told = f"{what} at {answer.url.host}: it answered {answer.status_code}"
                    raise SurroundingsError(told, "try again in a few minutes")
            time.sleep(pause)
        raise AssertionError("the last attempt returns or raises")

    def _the_client(self) -> httpx.Client:
        if self._client is None:
            try:
                import httpx
            except ModuleNotFoundError as error:
                raise SurroundingsError("httpx isn't installed", INSTALL) from error
            # It logs the addresses that it asks: a log's address opens the log.
            logging.getLogger("httpx").addFilter(_without_query)
            timeout = httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS)
            self._client = httpx.Client(timeout=timeout, trust_env=self._access.kind == "azure")
            # Connections that nobody closes would be warned about when they are collected.
            weakref.finalize(self, self._client.close)
        return self._client

    def _unreached(self, url: str, error: Exception) -> SurroundingsError:
        mend = self._access.sandbox_mend if self._access.kind == "sandbox" else INSIDE
        return SurroundingsError(f"{urlsplit(url).netloc} can't be reached from here: {error}", mend)

    def _refused(self, what: str, answer: httpx.Response) -> SurroundingsError:
        message = f"{what} at {answer.url.host}: it answered {answer.status_code}"
        if answer.status_code in (_UNAUTHORIZED, _FORBIDDEN):
            return DeniedError(message, f"{INSIDE}; or have the role AzureML Data Scientist assigned")
        return AnsweredError(message, INSIDE if self._access.kind == "azure" else self._access.sandbox_mend)


def _pause(answer: httpx.Response, usual: float | None) -> float | None:
    """How long to wait before it is asked again; None if it isn't."""
    asked = seconds_asked(answer.headers)
    if usual is None or asked is None:
        return usual
    return asked if asked <= LONGEST_PAUSE_SECONDS else None


def _without_query(record: logging.LogRecord) -> bool:
    """Let a word of httpx pass, without what stands behind the question marks of addresses."""
    if isinstance(record.args, tuple):
        record.args = tuple(
            str(each).partition("?")[0] if type(each).__name__ == "URL" else each for each in record.args
        )
    return True
