"""Accounts for tests of Batch, and a look at the processes of their jobs."""

from __future__ import annotations

import itertools
import os
import signal
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from batching import Account, container
from patience import GONE_SECONDS, eventually

from modelyard_sandbox.running.settings import GRACE_VARIABLE, PROCESSES_VARIABLE
from modelyard_sandbox.sandbox import Sandbox

GRACE_SECONDS = 4.0
ACCOUNTS = itertools.count(300_000_000_000)


@pytest.fixture
def account(sandbox: Sandbox, account_id: str) -> Account:
    return Account(sandbox, account_id)


@pytest.fixture(scope="session")
def quiet(sandbox: Sandbox) -> Account:
    """An account for what is refused, and so leaves nothing behind."""
    return Account(sandbox, "210987654321")


@pytest.fixture(scope="session")
def place(sandbox: Sandbox) -> tuple[Account, str, str, str]:
    """An account with a queue, a definition of one container, and one of four nodes in a closed range."""
    made = Account(sandbox, "210987654322")
    queue = made.queue(made.environment())
    return made, queue, made.definition(), made.nodes(ranges={"0:3": container()})


def started(directory: Path) -> Sandbox:
    """A sandbox whose containers have four seconds to stop, and of which six run at once."""
    made = Sandbox(directory)
    with pytest.MonkeyPatch.context() as outer:
        outer.setenv("MODELYARD_SANDBOX_BATCH_LAG_SECONDS", "0")
        outer.setenv(GRACE_VARIABLE, str(GRACE_SECONDS))
        outer.setenv(PROCESSES_VARIABLE, "6")
        made.start(lifeline=True)
    return made


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox for jobs."""
    made = started(tmp_path_factory.mktemp("running"))
    yield made
    made.stop()
    no_surprises(made)


@pytest.fixture(scope="session")
def apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """Another, for what concerns all that is in one: its clock, its faults, its regions."""
    made = started(tmp_path_factory.mktemp("apart"))
    yield made
    made.stop()
    no_surprises(made)


def no_surprises(sandbox: Sandbox) -> None:
    """The server has met nothing that it didn't expect."""
    log = sandbox.log_path.read_text()
    assert "Traceback" not in log, log[log.index("Traceback") - 200 :][:3000]


@dataclass
class Yard:
    """An account with a queue, whose jobs carry a marker that their processes are found by."""

    account: Account
    queue: str = ""
    marker: str = field(default_factory=lambda: uuid.uuid4().hex)

    def __post_init__(self) -> None:
        self.queue = self.queue or self.account.queue(self.account.environment())

    def container(self, command: str | list[str], **changes: Any) -> dict[str, Any]:
        """A container that runs a command, or a text of the shell."""
        words = ["sh", "-c", command] if isinstance(command, str) else command
        environment = [{"name": "MARKER", "value": self.marker}, *changes.pop("environment", [])]
        return container(command=words, environment=environment, **changes)

    def submit(self, command: str | list[str], request: dict[str, Any] | None = None, **changes: Any) -> str:
        """Id of a job of one container."""
        definition = self.account.definition(containerProperties=self.container(command, **changes))
        return self.account.submit(definition, self.queue, **(request or {}))

    def run(
        self, command: str | list[str], request: dict[str, Any] | None = None, **changes: Any
    ) -> dict[str, Any]:
        """The same, to its end."""
        return self.account.ended(self.submit(command, request, **changes))

    def gang(
        self, command: str, count: int, request: dict[str, Any] | None = None, main: int = 0, **changes: Any
    ) -> str:
        """Id of a job of several nodes."""
        definition = self.account.nodes(
            count=count, main=main, ranges={"0:": self.container(command, **changes)}
        )
        return self.account.submit(definition, self.queue, **(request or {}))

    def processes(self) -> list[int]:
        """Every process that carries the marker."""
        found: list[int] = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                if f"MARKER={self.marker}".encode() in (entry / "environ").read_bytes():
                    found.append(int(entry.name))
            except (FileNotFoundError, ProcessLookupError, PermissionError):
                continue
        return found


@pytest.fixture(scope="module")
def shared(running: Sandbox) -> Account:
    """An account for the tests of a module: a new one takes its time."""
    return Account(running, str(next(ACCOUNTS)))


@pytest.fixture(scope="module")
def shared_apart(apart: Sandbox) -> Account:
    """The same in the other sandbox."""
    return Account(apart, str(next(ACCOUNTS)))


@pytest.fixture
def yard(shared: Account) -> Iterator[Yard]:
    """A queue of its own, whose jobs must have left nothing behind."""
    made = Yard(shared)
    yield made
    leave_nothing(made)


@pytest.fixture
def fresh(running: Sandbox, account_id: str) -> Iterator[Yard]:
    """The same in an account in which there is nothing else."""
    made = Yard(Account(running, account_id))
    yield made
    leave_nothing(made)


@pytest.fixture
def far(apart: Sandbox, shared_apart: Account) -> Iterator[Yard]:
    """The same in the other sandbox, where faults and time are let loose."""
    made = Yard(shared_apart)
    yield made
    apart.set_job_faults()
    apart.lose_regions()
    leave_nothing(made)


@pytest.fixture
def alone(tmp_path: Path, account_id: str) -> Iterator[Yard]:
    """The same in a sandbox of its own, which may end."""
    sandbox = started(tmp_path / "sandbox")
    made = Yard(Account(sandbox, account_id))
    yield made
    sandbox.stop()
    leave_nothing(made)


def leave_nothing(yard: Yard) -> None:
    """No process of the jobs is left, or will be in a moment."""
    try:
        eventually(lambda: not yard.processes(), GONE_SECONDS)
    finally:
        left = yard.processes()
        for pid in left:
            os.kill(pid, signal.SIGKILL)
    assert not left, "processes were left behind"
