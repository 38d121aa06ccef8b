"""A sandbox's server, started as the process that people get, once; an account of its own for each test."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from modelyard_sandbox.aws.cloud import Cloud
from modelyard_sandbox.aws.registry import handler_of
from modelyard_sandbox.clouds import Account
from modelyard_sandbox.environments import DownResult, Run, UpResult, bring_up, take_down
from modelyard_sandbox.sandbox import Sandbox

REGION = "eu-central-1"
_accounts = itertools.count(100_000_000_000)


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox whose server dies with the tests."""
    made = Sandbox(tmp_path_factory.mktemp("sandbox"))
    with pytest.MonkeyPatch.context() as outer:
        # What takes time at AWS has tests with a sandbox of their own.
        outer.setenv("MODELYARD_SANDBOX_BATCH_LAG_SECONDS", "0")
        made.start(lifeline=True)
    yield made
    made.stop()


@pytest.fixture
def account_id() -> str:
    """An account that no other test has."""
    return str(next(_accounts))


@pytest.fixture
def cloud(sandbox: Sandbox, account_id: str) -> Cloud:
    """The account's cloud in one region."""
    return sandbox.cloud(REGION, account_id)


class Maker:
    """Makes resources through their handlers."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud

    def __call__(self, type_: str, **inputs: Any) -> tuple[str, dict[str, Any]]:
        """Id and outputs of a new resource."""
        return handler_of(type_).create(self.cloud, inputs)

    def id(self, type_: str, **inputs: Any) -> str:
        """Id of a new resource."""
        return self(type_, **inputs)[0]


@pytest.fixture
def make(cloud: Cloud) -> Maker:
    """Makes resources through their handlers."""
    return Maker(cloud)


class Toy:
    """A program that a test writes, and what becomes of it in the sandbox."""

    def __init__(self, sandbox: Sandbox, account_id: str, root: Path) -> None:
        self.sandbox = sandbox
        self.account_id = account_id
        self.root = root
        self.account = Account("aws", account_id, REGION)
        self.name = f"toy{account_id}"

    def up(self, program: Callable[[], Any] | Path) -> UpResult:
        """Bring the program up."""
        return bring_up(self.run(program), self.sandbox)

    def run(self, program: Callable[[], Any] | Path) -> Run:
        """How the program is run."""
        return Run(program, "toy", self.name, {}, self.root, self.account)

    def down(self) -> DownResult:
        """Take it down."""
        return take_down(self.name, self.account, self.sandbox)

    def client(self, service: str) -> Any:
        """A client of its account."""
        return self.sandbox.client(service, REGION, self.account_id)

    @property
    def state_path(self) -> Path:
        """Its state."""
        return self.sandbox.directory / f"state-{self.name}.json"


@pytest.fixture
def toy(sandbox: Sandbox, account_id: str, tmp_path: Path) -> Toy:
    """A program of its own in an account of its own."""
    return Toy(sandbox, account_id, tmp_path)
