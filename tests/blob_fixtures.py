"""Blobs of a sandbox's accounts, served by Azurite where it is installed: a fixture for conftests to import."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from arming import LOCATION, SUBSCRIPTION
from azurite_yard import Yard, quiet

from modelyard_launcher.azure.access import AzureAccess
from modelyard_sandbox.azurite.install import cache_directory, installed
from modelyard_sandbox.sandbox import Sandbox

HINT = "Azurite isn't installed here: `make blobs` installs it"
ACCOUNT = "blobs1"

CACHE = cache_directory()
"""Looked up at once: tests have a home directory of their own."""


@dataclass
class ServedBlobs:
    """An account whose blobs are served."""

    sandbox: Sandbox
    account: str = ACCOUNT
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        self.yard = Yard(self.sandbox, self.account)

    @property
    def access(self) -> AzureAccess:
        """The way to it."""
        record = self.sandbox.must_run()
        return AzureAccess("sandbox", LOCATION, SUBSCRIPTION, record.azure_endpoint, record.blob_endpoint)

    @property
    def variables(self) -> dict[str, str]:
        """What a process is told to reach it."""
        return self.access.job_environment()

    def container(self) -> str:
        """Make a container; its URI."""
        name = f"container{next(self._numbers)}"
        self.yard.container(name)
        return f"https://{self.account}.blob.core.windows.net/{name}"


class Keyed(AzureAccess):
    """The real Azure, by an account's key: nobody has to be signed in to look at what is sent."""

    def __init__(self, elsewhere: str | None = None) -> None:
        super().__init__("azure", "westeurope", "1", blob_root=elsewhere)

    def account_key(self, account: str) -> str:
        return "a2V5"

    def blob_endpoint(self, account: str) -> str:
        return f"{self.blob_root}/{account}" if self.blob_root else f"https://{account}.blob.core.windows.net"


@pytest.fixture(scope="session")
def served_blobs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedBlobs]:
    """A sandbox that serves blobs, whose server dies with the tests; skipped without Azurite, but not in CI."""
    with pytest.MonkeyPatch.context() as outer:
        outer.setenv("MODELYARD_AZURITE_CACHE", str(CACHE))
        if installed() is None:
            if os.environ.get("CI") == "true":
                pytest.fail(HINT)
            pytest.skip(HINT)
        sandbox = Sandbox(tmp_path_factory.mktemp("blobs"))
        sandbox.start(lifeline=True)
        sandbox.start_blobs(quiet)
    yield ServedBlobs(sandbox)
    sandbox.stop()
