"""What a registry has under a tag, asked by its own protocol: ECR, and any other, speak the same.

Source: OCI Distribution Specification 1.1, "Pulling manifests"; Amazon ECR User Guide, "Private registry
authentication" (HTTP API); 2026-11.
"""

from __future__ import annotations

import hashlib
import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

from modelyard.errors import SurroundingsError
from modelyard_launcher.containers.login import Logins, host_of, is_loopback

_TYPES = (
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.oci.image.index.v1+json",
)

_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Pushed:
    """An image of a registry."""

    digest: str
    """By which it is pulled."""
    config_digest: str | None
    """By which an engine knows it once it is pulled; none for an index of several platforms."""

    def is_the(self, image_id: str) -> bool:
        """Whether it is an image of this machine: engines count either as an image's id."""
        return image_id in (self.digest, self.config_digest)


class UnknownError(Exception):
    """The registry doesn't say what it has to who isn't logged in in its own way."""


def find_tag(repository_url: str, tag: str, logins: Logins) -> Pushed | None:
    """The image of a tag; None if there is none.

    Raises UnknownError if the registry doesn't say, SurroundingsError if it can't be reached or answers with
    what is no manifest.
    """
    host, _, path = repository_url.partition("/")
    scheme = "http" if is_loopback(host) else "https"
    request = urllib.request.Request(  # noqa: S310 (http or https, as above)
        f"{scheme}://{host}/v2/{path}/manifests/{tag}", headers={"Accept": ", ".join(_TYPES)}
    )
    if host in logins:
        request.add_header("Authorization", f"Basic {logins[host]}")
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310 (as above)
            content: bytes = answer.read()
            named: str | None = answer.headers.get("Docker-Content-Digest")
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == 404:
            return None
        if error.code in (401, 403) and host not in logins:
            raise UnknownError from None
        raise _unreached(repository_url, f"it answered {error.code} {error.reason}") from None
    except OSError as error:
        raise _unreached(repository_url, str(getattr(error, "reason", error)).lower()) from None
    try:
        document: Any = json.loads(content)
        config = document.get("config") or {}
        return Pushed(named or f"sha256:{hashlib.sha256(content).hexdigest()}", config.get("digest"))
    except (ValueError, AttributeError):
        raise _unreached(repository_url, f"what it has under {tag} is no manifest") from None


def _unreached(repository_url: str, why: str) -> SurroundingsError:
    return SurroundingsError(
        f"registry {host_of(repository_url)} can't be asked what it has: {why}",
        "check the network and that the environment is up, or build with --no-push",
    )
