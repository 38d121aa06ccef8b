"""Logging in to a registry, without a trace in what the user keeps.

Amazon ECR gives out a password for twelve hours (Amazon ECR User Guide, "Private registry authentication",
2026-11). It goes into a directory of the command's own, which only its user may read and which is gone with
it: never on a command line, never into ~/.docker. The user's other logins stand in there too, so that a base
image may come from anywhere that they are logged in to.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

from modelyard.errors import SurroundingsError
from modelyard_launcher.access import S3Access
from modelyard_launcher.containers.engines import Engine

_ECR = re.compile(
    r"\d{12}\.dkr[.-]ecr(?:-fips)?\.(?P<region>[a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|on\.aws)"
)
"""Hosts of private registries (AWS General Reference, "Amazon ECR endpoints and quotas", 2026-11)."""

_LOOPBACK = ("127.", "localhost", "[::1]")

Logins = Mapping[str, str]
"""By host: user and password, as `user:password` in base64."""


def host_of(repository_url: str) -> str:
    """The registry of a repository."""
    return repository_url.partition("/")[0]


def is_loopback(host: str) -> bool:
    """Whether a registry is on this machine, where nobody listens in: engines take it without TLS."""
    return host.startswith(_LOOPBACK)


def ecr_hosts(text: str) -> set[str]:
    """The hosts of ECR that a text names."""
    return {found[0] for found in _ECR.finditer(text)}


def region_of(host: str) -> str | None:
    """The region of a host of ECR; None for any other registry."""
    found = _ECR.fullmatch(host)
    return None if found is None else found["region"]


def log_in(hosts: Iterable[str], access: S3Access) -> dict[str, str]:
    """Log in to those of these registries that are ECR's; not where the cloud is only stood in for.

    Raises SurroundingsError if ECR gives no password.
    """
    regions = {host: region_of(host) for host in hosts if not is_stood_in_for(access)}
    return {
        host: password_of(region, access) for host, region in sorted(regions.items()) if region is not None
    }


def password_of(region: str, access: S3Access) -> str:
    """What ECR lets in, as `user:password` in base64. Raises SurroundingsError."""
    client = access.in_region(region).client("ecr", retries=2, connect_seconds=5, read_seconds=30)
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        answer = client.get_authorization_token()
    except (BotoCoreError, ClientError) as error:
        raise SurroundingsError(
            f"ECR in {region} gives no password: {error}",
            "check `aws sts get-caller-identity`, and that you have the environment's submitter policy",
        ) from None
    return str(answer["authorizationData"][0]["authorizationToken"])


def is_stood_in_for(access: S3Access) -> bool:
    """Whether ECR is a stand-in on this machine, as the sandbox's: it keeps names of images and no image."""
    endpoint = access.endpoint_of("ecr")
    return endpoint is not None and is_loopback(urlsplit(endpoint).netloc)


def must_keep_images(host: str, access: S3Access) -> None:
    """Raise SurroundingsError if a registry is one that is only stood in for."""
    if region_of(host) is not None and is_stood_in_for(access):
        raise SurroundingsError(
            f"nothing can be pushed to {host} here: {access.place} stands in for it and keeps no images",
            "build with --no-push, and run the job by `job submit --backend local --container`",
        )


@contextmanager
def logged_in(
    engine: Engine, logins: Logins, environ: Mapping[str, str] = os.environ
) -> Generator[dict[str, str]]:
    """The variables by which an engine finds these logins beside the user's own, while they are wanted."""
    if not logins:
        yield {}
        return
    with TemporaryDirectory(prefix="modelyard-login-") as name:  # only its owner may enter
        directory = Path(name)
        if engine.kind == "docker":
            yield _for_docker(directory, logins, environ)
        else:
            yield _for_podman(directory, logins, environ)


def _for_docker(directory: Path, logins: Logins, environ: Mapping[str, str]) -> dict[str, str]:
    """A configuration directory as the user's, contexts and plugins included, with these logins.

    A host whose credential helper is empty is looked up in the file itself, whatever `credsStore` says.
    """
    own = Path(environ.get("DOCKER_CONFIG") or _home(environ) / ".docker")
    for entry in own.iterdir() if own.is_dir() else ():
        if entry.name != "config.json":
            (directory / entry.name).symlink_to(entry.absolute())
    document = _document(own / "config.json")
    helpers = {**_part(document, "credHelpers"), **dict.fromkeys(logins, "")}
    _write(directory / "config.json", {**_with(document, logins), "credHelpers": helpers})
    return {"DOCKER_CONFIG": str(directory)}


def _for_podman(directory: Path, logins: Logins, environ: Mapping[str, str]) -> dict[str, str]:
    """A file of logins as the user's (containers-auth.json(5)), with these."""
    home, runtime = _home(environ), environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid()}"
    places = [
        *([Path(environ["REGISTRY_AUTH_FILE"])] if environ.get("REGISTRY_AUTH_FILE") else []),
        Path(runtime) / "containers" / "auth.json",
        *([Path("/run/containers/0/auth.json")] if os.getuid() == 0 else []),
        home / ".config" / "containers" / "auth.json",
        home / ".docker" / "config.json",
    ]
    document = _document(next((place for place in places if place.is_file()), places[-1]))
    helpers = {host: name for host, name in _part(document, "credHelpers").items() if host not in logins}
    file = directory / "auth.json"
    _write(file, {"auths": _with(document, logins)["auths"], "credHelpers": helpers})
    return {"REGISTRY_AUTH_FILE": str(file)}


def _with(document: Mapping[str, Any], logins: Logins) -> dict[str, Any]:
    auths = {**_part(document, "auths"), **{host: {"auth": login} for host, login in logins.items()}}
    return {**document, "auths": auths}


def _document(file: Path) -> dict[str, Any]:
    """What a file of the user's says; nothing if it isn't there or can't be read, as engines take it."""
    try:
        found: Any = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _part(document: Mapping[str, Any], name: str) -> dict[str, Any]:
    part = document.get(name)
    return part if isinstance(part, dict) else {}


def _home(environ: Mapping[str, str]) -> Path:
    return Path(environ.get("HOME") or Path.home())


def _write(file: Path, document: Mapping[str, Any]) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        json.dump(document, opened)
