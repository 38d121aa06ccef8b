"""One request to the resource manager: sent again where that does no harm, and its refusal in our words."""

from __future__ import annotations

import json
import weakref
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from modelyard.errors import SurroundingsError
from modelyard_launcher.azure.credentials import INSTALL
from modelyard_launcher.azure.refusals import SERVICES_OWN, THROTTLED, UNAUTHORIZED, refusal
from modelyard_launcher.outcomes import UnclearOutcomeError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import httpx
    import tenacity

    from modelyard_launcher.azure.access import AzureAccess

CONNECT_SECONDS, ANSWER_SECONDS = 5.0, 60.0
ATTEMPTS = 6
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 1.0, 20.0
"""Between attempts, unless the service says how long: by chance, up to the first, twice that, and so on."""

_BAD_REQUEST, _TOO_SLOW, _NOT_PLAYED = 400, 408, 501
_NETWORK = "check the network, a proxy that stands between, and https://status.azure.com"


class _AgainError(Exception):
    """An attempt that may be made again."""

    def __init__(self, error: Exception, after: float | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        """What to raise if it isn't."""
        self.after = after
        """Seconds that the service asks to wait."""


class Sender:
    """Sends requests for an identity.

    Args:
        access: who asks where.
        patience_seconds: from when on a request isn't sent again.
    """

    def __init__(self, access: AzureAccess, patience_seconds: float) -> None:
        self._access = access
        self._patience = patience_seconds
        self._client: httpx.Client | None = None

    def send(
        self, method: str, url: str, what: str, body: dict[str, Any] | None = None, *, once: bool = False
    ) -> httpx.Response:
        """The answer to a request; errors as of `Arm`.

        Args:
            method: of the request.
            url: where to; only the resource manager is given a token.
            what: the call, for people.
            body: its document.
            once: don't send it again once it may have got through. One that was throttled didn't.
        """
        self._check_place(url, what)
        try:
            return self._retrying()(lambda: self._attempt(method, url, what, body, once=once))
        except _AgainError as again:
            raise again.error from again.__cause__

    def _retrying(self) -> Callable[[Callable[[], httpx.Response]], httpx.Response]:
        try:
            from tenacity import Retrying, retry_if_exception_type, stop_after_attempt
            from tenacity.stop import stop_before_delay
            from tenacity.wait import wait_random_exponential
        except ModuleNotFoundError as error:
            raise SurroundingsError("tenacity isn't installed", INSTALL) from error
        usual = wait_random_exponential(multiplier=FIRST_PAUSE_SECONDS, max=LONGEST_PAUSE_SECONDS)

        def pause(state: tenacity.RetryCallState) -> float:
            again = state.outcome.exception() if state.outcome else None
            asked = again.after if isinstance(again, _AgainError) else None
            return usual(state) if asked is None else asked

        return Retrying(
            retry=retry_if_exception_type(_AgainError),
            stop=stop_after_attempt(ATTEMPTS) | stop_before_delay(self._patience),
            wait=pause,
            reraise=True,
        )

    def _attempt(
        self, method: str, url: str, what: str, body: dict[str, Any] | None, *, once: bool
    ) -> httpx.Response:
        client = self._the_client()
        import httpx

        def ask() -> httpx.Response:
            headers = {"Authorization": f"Bearer {self._access.token()}"}
            return client.request(method, url, json=body, headers=headers)

        try:
            answer = ask()
            if answer.status_code == UNAUTHORIZED and self._access.forget_token():
                # (one that was kept, and has been revoked since)
                answer = ask()
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise self._unreached(what, error) from error
        except httpx.TransportError as error:
            if once:
                raise UnclearOutcomeError(f"{what} in {self._access.place}: {_words(error)}") from error
            away = f"{what} in {self._access.place}: {_words(error)}"
            raise _AgainError(SurroundingsError(away, self._network_mend)) from error
        if answer.status_code < _BAD_REQUEST:
            return answer
        raise self._refused(answer, what, once=once)

    def _refused(self, answer: httpx.Response, what: str, *, once: bool) -> Exception:
        status = answer.status_code
        told = refusal(self._access, what, status, error_in(answer.content), answer.text)
        services_own = status >= SERVICES_OWN
        if status == THROTTLED:
            return _AgainError(told, seconds_asked(answer.headers))
        if status != _TOO_SLOW and (not services_own or status == _NOT_PLAYED):
            return told
        if once:
            return UnclearOutcomeError(told.message)
        away = SurroundingsError(told.message, told.mend)
        return _AgainError(away, seconds_asked(answer.headers))

    def _unreached(self, what: str, error: Exception) -> Exception:
        """The error for a request that nobody got; a sandbox that has ended isn't asked again."""
        access = self._access
        if access.kind == "sandbox":
            return SurroundingsError(f"{access.place} has ended: nothing answers there", access.sandbox_mend)
        return _AgainError(
            SurroundingsError(f"{what} in {access.place}: {_words(error)}", self._network_mend)
        )

    @property
    def _network_mend(self) -> str:
        return self._access.sandbox_mend if self._access.kind == "sandbox" else _NETWORK

    def _check_place(self, url: str, what: str) -> None:
        """Refuse to send a token elsewhere: the addresses of pages and of work come from answers."""
        if not leads_home(self._access.arm_endpoint, url):
            there = urlsplit(url)
            raise SurroundingsError(
                f"{what} in {self._access.place}: the answer leads to {there.scheme}://{there.netloc}, which "
                "is not the resource manager",
                "check that no proxy stands between here and Azure",
            )

    def _the_client(self) -> httpx.Client:
        if self._client is None:
            try:
                import httpx
            except ModuleNotFoundError as error:
                raise SurroundingsError("httpx isn't installed", INSTALL) from error
            # (proxies of the environment, and its certificates, are for the real Azure)
            self._client = httpx.Client(
                timeout=httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS),
                trust_env=self._access.kind == "azure",
                headers={"User-Agent": "modelyard"},
            )
            # Connections that nobody closes would be warned about when they are collected.
            weakref.finalize(self, self._client.close)
        return self._client


def leads_home(endpoint: str, url: str) -> bool:
    """Whether an address is the resource manager's: with its port said or not, or of a region of it."""
    home, there = urlsplit(endpoint), urlsplit(url)
    name, own = there.hostname or "", home.hostname or ""
    ports = {"https": 443, "http": 80}
    same_port = (there.port or ports.get(there.scheme)) == (home.port or ports.get(home.scheme))
    return there.scheme == home.scheme and same_port and (name == own or name.endswith(f".{own}"))


def seconds_asked(headers: Mapping[str, str]) -> float | None:
    """How long an answer asks to wait: `x-ms-retry-after-ms`, or Retry-After in seconds or as a date (RFC
    9110, 10.2.3); None if it doesn't.
    """
    milliseconds, text = headers.get("x-ms-retry-after-ms", ""), headers.get("Retry-After", "").strip()
    if milliseconds.isdigit():
        return int(milliseconds) / 1000
    if text.isdigit():
        return float(text)
    try:
        then = parsedate_to_datetime(text)
        now = parsedate_to_datetime(headers.get("Date", ""))
        return max(0.0, (then - now).total_seconds())
    except (ValueError, TypeError):
        return None


def error_in(content: bytes) -> dict[str, Any] | None:
    """What an answer says under `error`; None if it is no document of Azure's."""
    try:
        document: object = json.loads(content)
    except ValueError:
        return None
    error = cast("dict[str, object]", document).get("error") if isinstance(document, dict) else None
    return cast("dict[str, Any]", error) if isinstance(error, dict) else None


def _words(error: Exception) -> str:
    return str(error) or type(error).__name__
