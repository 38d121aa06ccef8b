"""Where a node's credentials come from: its environment, its container's role, its machine's role.

Source: AWS SDKs and Tools Reference Guide, "Container credential provider" and "IMDS credential provider";
Amazon EC2 User Guide, "Use the Instance Metadata Service", 2026-11.
"""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from modelyard_node.clock import moment
from modelyard_node.store import StoreError
from modelyard_node.store.retrying import TryAgainError
from modelyard_node.store.sigv4 import Credentials

CONTAINER_ADDRESS = "http://169.254.170.2"
METADATA_ADDRESS = "http://169.254.169.254"
PLAIN_HOSTS = ("169.254.170.2", "169.254.170.23", "fd00:ec2::23", "127.0.0.1", "::1", "localhost")
"""Whom credentials are asked of without TLS: ECS, EKS, and this machine."""

REFRESH_SECONDS = 300
"""How long before they expire credentials are replaced."""

_TIMEOUT_SECONDS = 5
_PAUSE_SECONDS = 30
_ROLE_PATH = "/latest/meta-data/iam/security-credentials/"


class CredentialSource:
    """Credentials that are replaced before they expire."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._known: Credentials | None = None
        self._next_try = 0.0

    def get(self) -> Credentials:
        """Valid credentials. Raises TryAgainError if there are none now, StoreError if there can't be any."""
        known, now = self._known, time.time()
        if known and (known.expires_at is None or known.expires_at - now > REFRESH_SECONDS):
            return known
        usable = known is not None and (known.expires_at or 0) > now
        if known is not None and usable and now < self._next_try:
            return known
        self._next_try = now + _PAUSE_SECONDS
        try:
            self._known = self._find()
        except TryAgainError:
            if known is None or not usable:
                raise
            return known
        return self._known

    def forget(self) -> None:
        """What was got isn't taken any more."""
        self._known = None

    def _find(self) -> Credentials:
        environ = self._environ
        if environ.get("AWS_ACCESS_KEY_ID") and environ.get("AWS_SECRET_ACCESS_KEY"):
            return Credentials(
                environ["AWS_ACCESS_KEY_ID"],
                environ["AWS_SECRET_ACCESS_KEY"],
                environ.get("AWS_SESSION_TOKEN") or None,
            )
        relative = environ.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
        full = environ.get("AWS_CONTAINER_CREDENTIALS_FULL_URI")
        if relative:
            return _of_container(CONTAINER_ADDRESS + relative, environ)
        if full:
            return _of_container(full, environ)
        if environ.get("AWS_EC2_METADATA_DISABLED", "").lower() == "true":
            raise StoreError(
                "there are no credentials: neither AWS_ACCESS_KEY_ID nor a container's role is set, "
                "and the machine's metadata are switched off"
            )
        return _of_machine(environ.get("AWS_EC2_METADATA_SERVICE_ENDPOINT") or METADATA_ADDRESS)


def _of_container(uri: str, environ: Mapping[str, str]) -> Credentials:
    parts = urlsplit(uri)
    if parts.scheme != "https" and parts.hostname not in PLAIN_HOSTS:
        raise StoreError(f"AWS_CONTAINER_CREDENTIALS_FULL_URI: {uri} is neither https nor this machine's")
    headers: dict[str, str] = {}
    file = environ.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")
    if file:
        # Read anew each time: it is replaced now and then.
        try:
            headers["Authorization"] = Path(file).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise TryAgainError(f"{file}: {error.strerror}") from error
    elif environ.get("AWS_CONTAINER_AUTHORIZATION_TOKEN"):
        headers["Authorization"] = environ["AWS_CONTAINER_AUTHORIZATION_TOKEN"]
    return _read(_ask("GET", uri, headers), "the container's role")


def _of_machine(address: str) -> Credentials:
    address = address.rstrip("/")
    token = _ask("PUT", address + "/latest/api/token", {"X-aws-ec2-metadata-token-ttl-seconds": "21600"})
    headers = {"X-aws-ec2-metadata-token": token}
    role = _ask("GET", address + _ROLE_PATH, headers).split("\n")[0].strip()
    return _read(_ask("GET", address + _ROLE_PATH + role, headers), "the machine's role")


def _ask(method: str, uri: str, headers: Mapping[str, str]) -> str:
    """The text of an answer. No proxy is asked: these services answer the machine itself only."""
    parts = urlsplit(uri)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=_TIMEOUT_SECONDS)
    try:
        connection.request(
            method, (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), headers=dict(headers)
        )
        answer = connection.getresponse()
        text = answer.read().decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        raise TryAgainError(f"no credentials from {parts.netloc}: {error}") from error
    finally:
        connection.close()
    if answer.status != http.client.OK:
        raise TryAgainError(f"no credentials from {parts.netloc}: it answered {answer.status}")
    return text


def _read(text: str, whose: str) -> Credentials:
    try:
        document: dict[str, Any] = json.loads(text)
        return Credentials(
            document["AccessKeyId"],
            document["SecretAccessKey"],
            document.get("Token"),
            moment(document["Expiration"]).timestamp() if document.get("Expiration") else None,
        )
    except (ValueError, KeyError, TypeError) as error:
        raise TryAgainError(f"no credentials: the answer about {whose} can't be read") from error
