"""Runs a program without credentials and without a network.

This keeps an honest program from depending on either, and shows the line at which it would. It is no wall
against a program that means harm: it runs with the rights of whoever runs the preview, and what it starts as
a process of its own has a network.
"""

from __future__ import annotations

import contextlib
import os
import re
import socket
import threading
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from modelyard_preview.engine.adapted import replaced
from modelyard_preview.engine.errors import OfflineConnectionError
from modelyard_preview.engine.source import SourceLines

_CREDENTIAL_STARTS = (
    "ACTIONS_ID_TOKEN_",
    "ALICLOUD_",
    "ARM_",
    "AWS_",
    "AZURE_",
    "CLOUDFLARE_",
    "CLOUDSDK_",
    "DIGITALOCEAN_",
    "DOCKER_",
    "GCLOUD_",
    "GCP_",
    "GOOGLE_",
    "HCLOUD_",
    "KUBE",
    "OCI_",
    "PULUMI_",
    "SSH_AUTH_SOCK",
    "VAULT_",
)
_CREDENTIAL_WORDS = re.compile(
    r"(?:^|_)(?:TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS?|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|PAT)(?:_|$)",
)
_NO_FILES = {
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "KUBECONFIG": os.devnull,
}
"""Where a cloud's tools look next, once the variables are gone."""

_JOIN_SECONDS = 10
"""How long threads of the program that go on after it are waited for."""


@dataclass(slots=True)
class Closure:
    """What the program tried while it was closed in."""

    withheld: frozenset[str] = frozenset()
    """Names of the variables that were taken away."""
    refused: list[OfflineConnectionError] = field(default_factory=list[OfflineConnectionError])
    """Connections, in the order in which they were tried."""
    in_threads: list[OfflineConnectionError] = field(default_factory=list[OfflineConnectionError])
    """Those that ended a thread."""


def is_credential(name: str) -> bool:
    """Whether a variable of the environment is a credential by its name, or leads to one."""
    upper = name.upper()
    return upper.startswith(_CREDENTIAL_STARTS) or _CREDENTIAL_WORDS.search(upper) is not None


@contextlib.contextmanager
def closed(sources: SourceLines) -> Generator[Closure]:
    """No credentials and no network within, in any thread; afterwards all is as it was."""
    closure = Closure()
    with _without_credentials(closure), _without_network(sources, closure), _told_of_threads(closure):
        yield closure


@contextlib.contextmanager
def threads_awaited() -> Generator[None]:
    """Wait for the threads that Python would wait for at the program's end, while all is as it was for it."""
    before = set(threading.enumerate())
    try:
        yield
    finally:
        for thread in set(threading.enumerate()) - before:
            if not thread.daemon:
                thread.join(_JOIN_SECONDS)


@contextlib.contextmanager
def _without_credentials(closure: Closure) -> Generator[None]:
    before = dict(os.environ)
    closure.withheld = frozenset(filter(is_credential, before))
    for name in closure.withheld:
        del os.environ[name]
    os.environ.update(_NO_FILES)
    try:
        yield
    finally:
        _restore(before)


def _restore(before: Mapping[str, str]) -> None:
    for name in set(os.environ) - set(before):
        del os.environ[name]
    os.environ.update(before)


@contextlib.contextmanager
def _without_network(sources: SourceLines, closure: Closure) -> Generator[None]:
    def refuse(target: str) -> NoReturn:
        error = OfflineConnectionError(target, sources.of_caller())
        closure.refused.append(error)
        raise error

    def to_address(_socket: socket.socket, *args: Any) -> NoReturn:
        refuse(_shown(args[-1] if args else ""))

    def to_host(host: Any, *_args: Any, **_options: Any) -> NoReturn:
        refuse(_shown(host))

    methods: dict[str, Callable[..., NoReturn]] = dict.fromkeys(
        ("connect", "connect_ex", "sendto"),
        to_address,
    )
    functions: dict[str, Callable[..., NoReturn]] = dict.fromkeys(
        ("create_connection", "getaddrinfo", "gethostbyname", "gethostbyname_ex"),
        to_host,
    )
    with contextlib.ExitStack() as stack:
        for name, method in methods.items():
            stack.enter_context(replaced(socket.socket, name, method))
        for name, function in functions.items():
            stack.enter_context(replaced(socket, name, function))
        yield


@contextlib.contextmanager
def _told_of_threads(closure: Closure) -> Generator[None]:
    original = threading.excepthook

    def told(args: threading.ExceptHookArgs) -> None:
        error = args.exc_value
        if isinstance(error, OfflineConnectionError):
            closure.in_threads.append(error)
        else:
            original(args)

    threading.excepthook = told
    try:
        yield
    finally:
        threading.excepthook = original


def _shown(address: Any) -> str:
    """An address as people write it."""
    if isinstance(address, tuple) and len(address) >= 2:
        return f"{address[0]}:{address[1]}"
    if isinstance(address, bytes):
        return address.decode(errors="replace")
    return str(address)
