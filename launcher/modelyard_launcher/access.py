"""How the launcher, and a job on this machine, reach AWS: the sandbox if one runs, otherwise the real one.

In this order: AWS_ENDPOINT_URL (or AWS_ENDPOINT_URL_S3) in the environment, with the credentials beside it;
the sandbox that runs in this project, with its false credentials; the real AWS, by boto3's own chain.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from modelyard.errors import SurroundingsError
from modelyard_launcher.project import sandbox_record

SANDBOX_KEY_PREFIX = "AKIASAND"
"""The sandbox reads the account from the access key: this prefix and the account's twelve digits."""

SANDBOX_SECRET_KEY = "sandbox-only-not-a-secret"  # noqa: S105
"""Never a real one: the sandbox takes any."""

OTHER_SERVICES = ("batch", "ec2", "ecr", "ecs", "logs")
"""Services that the launcher calls besides S3, as boto3 names them."""

_KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")

_FILES = ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE")

IDENTITY = (
    *_KEYS,
    *_FILES,
    "AWS_PROFILE",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
)
"""What tells boto3 who one is (AWS SDKs and Tools Reference Guide, "environment variables", 2026-11)."""


@dataclass(frozen=True, slots=True)
class S3Access:
    """Where S3 and the other services are, and who asks. Its text never shows a credential."""

    kind: Literal["environment", "sandbox", "aws"]
    region: str
    endpoint_url: str | None = None
    """None for the real AWS."""
    credentials: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    """AWS_* variables of the identity; empty where boto3 finds it for itself."""
    trust: Mapping[str, str] = field(default_factory=dict[str, str])
    """AWS_CA_BUNDLE, if it is set: whom to believe."""
    from_record: str | None = None
    """The sandbox's record that named the endpoint."""
    own_endpoints: Mapping[str, str] = field(default_factory=dict[str, str])
    """Endpoints of services that have others than S3's; an empty one is the real AWS."""

    @property
    def place(self) -> str:
        """Where it is, for people."""
        if self.kind == "sandbox":
            return f"the sandbox at {self.endpoint_url}"
        return self.endpoint_url or f"AWS in {self.region}"

    @property
    def sandbox_mend(self) -> str:
        """What to do about a sandbox that isn't as it should be."""
        return (
            "bring the environment up in the sandbox: `modelyard sandbox up ENV`; "
            f"if no sandbox is meant, remove {self.from_record}"
        )

    @property
    def seems_usable(self) -> bool:
        """Whether there is any sign of an identity, without asking anybody."""
        names = self.credentials.keys() - {*_FILES, "AWS_ROLE_SESSION_NAME"}
        files = (Path(self.credentials[name]) for name in _FILES if name in self.credentials)
        return self.endpoint_url is not None or bool(names) or any(map(_says_something, files))

    def endpoint_of(self, service: str) -> str | None:
        """Where a service is; None for the real AWS."""
        return self.own_endpoints.get(service, self.endpoint_url or "") or None

    def in_region(self, region: str) -> S3Access:
        """The same identity in another region."""
        return self if region == self.region else replace(self, region=region)

    def client(self, service: str, *, retries: int, connect_seconds: float, read_seconds: float) -> Any:
        """A boto3 client of a service here; `retries` is how often a call is sent again at most.

        Raises SurroundingsError if boto3 isn't installed, or can't make one, or it is for a sandbox that has
        ended: asking that one again and again would take seconds.
        """
        if self.kind == "sandbox" and nothing_listens(self.endpoint_url or ""):
            raise SurroundingsError(f"{self.place} has ended: nothing answers there", self.sandbox_mend)
        try:
            from botocore.config import Config  # with boto3, a third of a second
            from botocore.exceptions import BotoCoreError
        except ModuleNotFoundError as error:
            raise SurroundingsError(
                f"{service} in {self.place}: boto3 isn't installed",
                "install modelyard with its aws extra: pip install 'modelyard[aws]'",
            ) from error
        endpoint = self.endpoint_of(service)
        own = self.credentials if endpoint else {}
        try:
            return _session_of(_whoever_one_is()).client(
                service,
                region_name=self.region,
                endpoint_url=endpoint,
                aws_access_key_id=own.get("AWS_ACCESS_KEY_ID"),
                aws_secret_access_key=own.get("AWS_SECRET_ACCESS_KEY"),
                aws_session_token=own.get("AWS_SESSION_TOKEN"),
                config=Config(
                    retries={"mode": "standard", "total_max_attempts": retries + 1},
                    connect_timeout=connect_seconds,
                    read_timeout=read_seconds,
                ),
            )
        except (BotoCoreError, ValueError) as error:
            raise SurroundingsError(
                f"{service} in {self.place}: {error}",
                "check AWS_PROFILE, the AWS configuration files and AWS_ENDPOINT_URL",
            ) from error

    def job_environment(self) -> dict[str, str]:
        """The variables by which a job's processes here reach the same stores as the same identity."""
        variables = {
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            **self.trust,
            **self.credentials,
        }
        if self.endpoint_url:
            variables |= {"AWS_ENDPOINT_URL": self.endpoint_url, "AWS_EC2_METADATA_DISABLED": "true"}
        return variables


def _whoever_one_is() -> tuple[tuple[str, str], ...]:
    """What boto3 goes by for itself: profiles and files are read once in a session."""
    return tuple((name, os.environ[name]) for name in ("HOME", *IDENTITY) if name in os.environ)


@lru_cache(maxsize=8)
def _session_of(_identity: tuple[tuple[str, str], ...]) -> Any:
    """boto3's session for an identity. Its default one keeps the first identity that a process had: in a
    notebook, the one of before one logged in.
    """
    import boto3

    return boto3.Session()


def find_access(
    project: Path, region: str, account_id: str, environ: Mapping[str, str] = os.environ
) -> S3Access:
    """How AWS is reached for an environment of this region and account, from this project."""
    endpoint = environ.get("AWS_ENDPOINT_URL_S3") or environ.get("AWS_ENDPOINT_URL")
    trust = {"AWS_CA_BUNDLE": environ["AWS_CA_BUNDLE"]} if environ.get("AWS_CA_BUNDLE") else {}
    if endpoint:
        return S3Access(
            "environment",
            region,
            endpoint,
            {name: environ[name] for name in _KEYS if environ.get(name)},
            trust,
            own_endpoints=_own_endpoints(environ),
        )
    record = sandbox_record(project, environ)
    port = _recorded_port(record)
    if port is not None:
        false = {
            "AWS_ACCESS_KEY_ID": f"{SANDBOX_KEY_PREFIX}{account_id}",
            "AWS_SECRET_ACCESS_KEY": SANDBOX_SECRET_KEY,
        }
        return S3Access("sandbox", region, f"http://127.0.0.1:{port}", false, {}, str(record))
    return S3Access("aws", region, None, _own_identity(environ), trust)


def nothing_listens(url: str) -> bool:
    """Whether the machine itself says that no process has that port."""
    import socket

    place = urlsplit(url)
    try:
        socket.create_connection((place.hostname or "", place.port or 80), timeout=1).close()
    except OSError as error:
        return error.errno == errno.ECONNREFUSED
    return False


def _own_endpoints(environ: Mapping[str, str]) -> dict[str, str]:
    """Where other services than S3 are, if not where S3 is."""
    general, of_s3 = environ.get("AWS_ENDPOINT_URL", ""), environ.get("AWS_ENDPOINT_URL_S3")
    found = {name: environ.get(f"AWS_ENDPOINT_URL_{name.upper()}") or general for name in OTHER_SERVICES}
    return {name: url for name, url in found.items() if url != (of_s3 or general)}


def _recorded_port(record: Path) -> int | None:
    try:
        document = json.loads(record.read_text())
        return int(document["port"])
    except (FileNotFoundError, NotADirectoryError, ValueError, KeyError, TypeError):
        return None


def _own_identity(environ: Mapping[str, str]) -> dict[str, str]:
    """The identity's variables, with the files that boto3 would look for under the user's home directory."""
    identity = {name: environ[name] for name in IDENTITY if environ.get(name)}
    home = Path(environ.get("HOME") or "/")
    for name, file in zip(_FILES, ("config", "credentials"), strict=True):
        path = home / ".aws" / file
        if name not in identity and path.is_file():
            identity[name] = str(path)
    return identity


def _says_something(file: Path) -> bool:
    """Whether there is a file with something in it: /dev/null is how one says that there is no identity."""
    return file.is_file() and file.stat().st_size > 0
