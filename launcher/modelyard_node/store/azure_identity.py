"""Where a node's tokens for Azure's storage come from: the managed identity of its job or its machine; for
jobs on one's own machine a service principal's secret, or whoever is signed in with `az login`.

Sources, all of 2026-11: azure-identity, `AzureMLCredential` (MSI_ENDPOINT with MSI_SECRET, which the compute
of a workspace sets, with `clientid`); "How to use managed identities for App Service" (IDENTITY_ENDPOINT with
IDENTITY_HEADER); "How to use managed identities on an Azure VM to acquire an access token" (169.254.169.254).
"""

from __future__ import annotations

import http.client
import json
import shutil
import subprocess
import time
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

from modelyard_node.store import StoreError
from modelyard_node.store.retrying import TryAgainError

RESOURCE = "https://storage.azure.com/"
METADATA_ADDRESS = "http://169.254.169.254/metadata/identity/oauth2/token"
AUTHORITY = "https://login.microsoftonline.com"
FORM = "application/x-www-form-urlencoded"
PLAIN_HOSTS = ("169.254.169.254", "127.0.0.1", "::1", "localhost")

REFRESH_SECONDS = 300
"""How long before it expires a token is replaced."""

_TIMEOUT_SECONDS = 5
_PAUSE_SECONDS = 30
_NO_IDENTITY = (400, 401)
_NAMED = ("MSI_SECRET", "IDENTITY_HEADER", "AZURE_CLIENT_SECRET")


class _Asked(NamedTuple):
    """Where a token is asked for."""

    url: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    form: Mapping[str, str] | None = None
    """What is posted, in the place of a question."""


class TokenSource:
    """A token that is replaced before it expires."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._token: str | None = None
        self._expires_at = self._next_try = 0.0

    def get(self) -> str:
        """A valid token. Raises TryAgainError if there is none now, StoreError if there can't be any."""
        now = time.time()
        if self._token and self._expires_at - now > REFRESH_SECONDS:
            return self._token
        usable = self._token if self._expires_at > now else None
        if usable and now < self._next_try:
            return usable
        self._next_try = now + _PAUSE_SECONDS
        try:
            signed_in = _by_command(self._environ)
            self._token, self._expires_at = _read(signed_in or _ask(_asked(self._environ)))
        except (TryAgainError, StoreError):
            # The one at hand is good for a while: what refuses now may not in a moment.
            if usable is None:
                raise
            return usable
        return self._token

    def forget(self) -> None:
        """What was got isn't taken any more."""
        self._token = None


def _asked(environ: Mapping[str, str]) -> _Asked:
    client = environ.get("DEFAULT_IDENTITY_CLIENT_ID") or environ.get("AZURE_CLIENT_ID")
    endpoint, secret = environ.get("MSI_ENDPOINT"), environ.get("MSI_SECRET")
    if endpoint and secret:
        own = {"clientid": client} if client else {}
        return _Asked(endpoint, {"api-version": "2017-09-01", **own}, {"secret": secret})
    tenant, secret = environ.get("AZURE_TENANT_ID"), environ.get("AZURE_CLIENT_SECRET")
    if tenant and secret and environ.get("AZURE_CLIENT_ID"):
        return _of_principal(environ, tenant, secret)
    own = {"client_id": client} if client else {}
    endpoint, secret = environ.get("IDENTITY_ENDPOINT"), environ.get("IDENTITY_HEADER")
    if endpoint and secret:
        return _Asked(endpoint, {"api-version": "2019-08-01", **own}, {"X-IDENTITY-HEADER": secret})
    return _Asked(METADATA_ADDRESS, {"api-version": "2018-02-01", **own}, {"Metadata": "true"})


def _of_principal(environ: Mapping[str, str], tenant: str, secret: str) -> _Asked:
    """The Microsoft identity platform ("OAuth 2.0 client credentials flow", 2026-11)."""
    authority = (environ.get("AZURE_AUTHORITY_HOST") or AUTHORITY).rstrip("/")
    form = {
        "grant_type": "client_credentials",
        "client_id": environ["AZURE_CLIENT_ID"],
        "client_secret": secret,
        "scope": f"{RESOURCE}.default",
    }
    return _Asked(f"{authority}/{tenant}/oauth2/v2.0/token", {}, {"content-type": FORM}, form)


def _by_command(environ: Mapping[str, str]) -> str | None:
    """What `az account get-access-token` says, if somebody may be signed in and nothing names an identity."""
    if not environ.get("AZURE_CONFIG_DIR") or any(environ.get(name) for name in _NAMED):
        return None
    program = shutil.which("az", path=environ.get("PATH"))
    if program is None:
        return None
    command = [program, "account", "get-access-token", "--resource", RESOURCE, "--output", "json"]
    try:
        done = subprocess.run(command, env=dict(environ), capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise TryAgainError(f"no token from {program}: {error}") from error
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip()[:300]
        raise StoreError(f"no token from {program}: {said}; sign in with `az login`")
    return done.stdout.decode(errors="replace")


def _ask(asked: _Asked) -> str:
    """The text of an answer. No proxy is asked: these services answer the machine itself only."""
    parts = urlsplit(asked.url)
    if parts.scheme != "https" and parts.hostname not in PLAIN_HOSTS:
        raise StoreError(f"{asked.url}, which gives tokens, is neither https nor this machine's")
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=_TIMEOUT_SECONDS)
    try:
        if asked.form is not None:
            connection.request("POST", parts.path, urlencode(asked.form), dict(asked.headers))
        else:
            query = urlencode({"resource": RESOURCE, **asked.query})
            connection.request("GET", f"{parts.path or '/'}?{query}", headers=dict(asked.headers))
        answer = connection.getresponse()
        text = answer.read().decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        raise TryAgainError(f"no token from {parts.netloc}: {error}") from error
    finally:
        connection.close()
    if answer.status in _NO_IDENTITY:
        raise StoreError(
            f"no token from {parts.netloc}: there is no such identity here; it says {text[:300].strip()}"
        )
    if answer.status != http.client.OK:
        raise TryAgainError(f"no token from {parts.netloc}: it answered {answer.status}")
    return text


def _read(text: str) -> tuple[str, float]:
    """Token and when it expires, in seconds since 1970."""
    try:
        document: dict[str, Any] = json.loads(text)
        token = str(document.get("access_token") or document["accessToken"])  # the second is the command's
        if "expires_on" in document:
            return token, float(document["expires_on"])
        return token, time.time() + float(document["expires_in"])
    except (ValueError, KeyError, TypeError) as error:
        raise TryAgainError("no token: the answer about the identity can't be read") from error
