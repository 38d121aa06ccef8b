"""Who asks: a token for a service of Azure, by azure-identity; in the sandbox, one that says nothing."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from modelyard.errors import SurroundingsError
from modelyard_launcher.outcomes import AnsweredError

ARM_SCOPE = "https://management.azure.com/.default"
"""Of the resource manager, and of the services of a workspace."""

STORAGE_SCOPE = "https://storage.azure.com/.default"
"""Of the blobs of every account."""

SANDBOX_TOKEN = "sandbox-only-not-a-secret"  # noqa: S105
"""Never a real one: the sandbox takes any."""

NAMED = (
    "AZURE_CLIENT_SECRET",
    "AZURE_CLIENT_CERTIFICATE_PATH",
    "AZURE_FEDERATED_TOKEN_FILE",
    "IDENTITY_ENDPOINT",
    "MSI_ENDPOINT",
)
"""Each of them says by itself that there is an identity: a service principal's secret, certificate or token,
or where a managed identity is asked ("azure-identity", environment variables, 2026-11)."""

IDENTITY = (
    *NAMED,
    "AZURE_TENANT_ID",
    "AZURE_CLIENT_ID",
    "AZURE_AUTHORITY_HOST",
    "AZURE_CLIENT_CERTIFICATE_PASSWORD",
    "AZURE_CONFIG_DIR",
    "AZURE_TOKEN_CREDENTIALS",
    "DEFAULT_IDENTITY_CLIENT_ID",
    "IDENTITY_HEADER",
    "MSI_SECRET",
)
"""What tells azure-identity who one is."""

REFRESH_SECONDS = 300
"""How long before it expires a token is replaced, as azure-core's clients do."""

INSTALL = "install modelyard with its azure extra: pip install 'modelyard[azure]'"
SIGN_IN = "sign in with `az login`, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET"


_Identity = tuple[tuple[str, str], ...]

_TOKENS: dict[tuple[_Identity, tuple[str, ...]], Any] = {}
"""Tokens by the variables of their identity, and their scopes."""


class Token(NamedTuple):
    """A token, as azure-core's clients take it."""

    token: str
    expires_on: int
    """Seconds since 1970."""


class Credential(Protocol):
    """What azure-core's clients ask for a token."""

    def get_token(self, *scopes: str, **kwargs: Any) -> Any:
        """A token for the scopes, with `token` and `expires_on`."""
        ...


class SandboxCredential:
    """Gives a token that means nothing, for an hour."""

    def get_token(self, *_scopes: str, **_kwargs: Any) -> Token:
        """The token."""
        return Token(SANDBOX_TOKEN, int(time.time()) + 3600)


class OwnCredential:
    """azure-identity's DefaultAzureCredential: environment, workload or managed identity, `az login` and so
    on, in its order. DEFAULT_IDENTITY_CLIENT_ID, which a workspace's jobs have, names the managed identity.

    Tokens are kept until shortly before they expire: who is signed in by `az login` would start `az` for each
    call (azure-identity, AzureCliCredential: "this credential doesn't cache the tokens it acquires").

    What goes wrong is no error of Azure's: its clients would ask again for a while.
    """

    def get_token(self, *scopes: str, **settings: Any) -> Any:
        """A token.

        Raises AnsweredError if nobody is signed in or the variables contradict each other, SurroundingsError
        if the service that signs in is away or azure-identity isn't installed.
        """
        known = _known()
        kept = None if settings.get("claims") else _TOKENS.get((known, scopes))
        if kept is not None and kept.expires_on - time.time() > REFRESH_SECONDS:
            return kept
        credential = _credential_of(known)
        from azure.core.exceptions import AzureError, ClientAuthenticationError

        try:
            found = credential.get_token(*scopes, **settings)
        except AzureError as error:
            if kept is not None and kept.expires_on > time.time():
                return kept
            if isinstance(error, ClientAuthenticationError):
                raise AnsweredError(_no_token(scopes, error), SIGN_IN) from error
            raise SurroundingsError(_no_token(scopes, error), "check the network, and try again") from error
        _TOKENS[known, scopes] = found
        return found


def forget_tokens() -> bool:
    """Ask for tokens anew, since one isn't taken any more; whether there was one that was kept."""
    known = _known()
    kept = [each for each in _TOKENS if each[0] == known]
    for each in kept:
        _TOKENS.pop(each, None)
    return bool(kept)


def _known() -> _Identity:
    """The variables that tell who one is."""
    return tuple((name, os.environ[name]) for name in ("HOME", *IDENTITY) if name in os.environ)


@lru_cache(maxsize=8)
def _credential_of(identity: _Identity) -> Credential:
    """The credential for an identity."""
    try:
        from azure.identity import DefaultAzureCredential  # with msal, half a second
    except ModuleNotFoundError as error:
        raise SurroundingsError("azure-identity isn't installed", INSTALL) from error
    # It logs what it raises, with every way to sign in that failed; our own error says it once.
    logging.getLogger("azure.identity").setLevel(logging.ERROR)
    known = dict(identity)
    own = known.get("DEFAULT_IDENTITY_CLIENT_ID") or known.get("AZURE_CLIENT_ID")
    try:
        return DefaultAzureCredential(**({"managed_identity_client_id": own} if own else {}))
    except ValueError as error:
        raise AnsweredError(f"who asks Azure: {error}", SIGN_IN) from error


def _no_token(scopes: tuple[str, ...], error: Exception) -> str:
    """What is said first; the rest goes on about each way to sign in that was tried."""
    return f"no token of Azure for {' '.join(scopes)}: {str(error).strip().splitlines()[0]}"


def identity_of(environ: Mapping[str, str]) -> dict[str, str]:
    """The identity's variables, with the directory that `az login` writes to under the user's home."""
    found = {name: environ[name] for name in IDENTITY if environ.get(name)}
    home = Path(environ.get("HOME") or "/") / ".azure"
    if "AZURE_CONFIG_DIR" not in found and home.is_dir():
        found["AZURE_CONFIG_DIR"] = str(home)
    return found


def seems_somebody(identity: Mapping[str, str]) -> bool:
    """Whether there is any sign of an identity, without asking anybody."""
    if any(name in identity for name in (*NAMED, "DEFAULT_IDENTITY_CLIENT_ID")):
        return True
    profile = Path(identity.get("AZURE_CONFIG_DIR") or "/") / "azureProfile.json"
    try:
        return b'"subscriptions": [{' in profile.read_bytes().replace(b"[ {", b"[{")
    except OSError:
        return False
