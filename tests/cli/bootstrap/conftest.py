"""An account of the sandbox for each test, and an environment that lies in it."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from previewing import ROOT, dev_fields

from modelyard_cli.main import run
from modelyard_sandbox.sandbox import Sandbox

HOME, RECOVERY = "eu-central-1", "eu-west-1"
_accounts = itertools.count(200_000_000_000)


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox whose server dies with the tests."""
    made = Sandbox(tmp_path_factory.mktemp("sandbox"))
    made.start(lifeline=True)
    yield made
    made.stop()


class Account:
    """An account, the file of an environment in it, and what its bootstrap says."""

    def __init__(self, sandbox: Sandbox, account_id: str, folder: Path) -> None:
        self.sandbox, self.account_id = sandbox, account_id
        self.path = folder / "dev.yaml"
        self.bucket = f"modelyard-state-dev-{account_id}-{HOME}"
        self.role = "modelyard-deploy-dev"
        self.alias = "alias/modelyard-state-dev"
        self.write()

    def write(self, *, recovery: str | None = None) -> None:
        """Write the environment's file."""
        fields = {**dev_fields(), "account_id": self.account_id}
        if recovery is not None:
            fields["regions"] = {"primary": HOME, "recovery": recovery}
            fields["recovery"] = {"network": {"cidr": "10.64.0.0/20"}}
        self.path.write_text(yaml.safe_dump(fields))

    def client(self, service: str, region: str = HOME) -> Any:
        """A client of the account."""
        return self.sandbox.client(service, region, self.account_id)

    def bootstrap(self, *arguments: str) -> int:
        """Run the command; its exit code."""
        return run(["bootstrap", "aws", str(self.path), *arguments])

    def applied(self, *arguments: str) -> int:
        """Run it to the end."""
        return self.bootstrap("--apply", "--yes", *arguments)


@pytest.fixture
def account(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    """An account that no other test has; whoever runs the command is in it."""
    monkeypatch.chdir(ROOT)
    account_id = str(next(_accounts))
    for name, value in sandbox.environment_variables(account_id, HOME).items():
        monkeypatch.setenv(name, value)
    _no_waiting(monkeypatch)
    yield Account(sandbox, account_id, tmp_path)
    sandbox.set_faults()


def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls are tried again at once."""
    import time

    import botocore.endpoint
    import tenacity.nap

    at_once = SimpleNamespace(sleep=lambda _: None, time=time.time)
    monkeypatch.setattr(botocore.endpoint, "time", at_once)
    monkeypatch.setattr(tenacity.nap, "time", at_once)


@pytest.fixture
def document(capsys: pytest.CaptureFixture[str]) -> Callable[[], dict[str, Any]]:
    """The JSON document that standard output ends with, after what earlier commands said."""

    def read() -> dict[str, Any]:
        out = capsys.readouterr().out
        return json.loads(out[out.index("{\n") :])

    return read
