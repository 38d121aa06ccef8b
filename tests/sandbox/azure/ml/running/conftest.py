"""A sandbox that runs jobs of Machine Learning, once for all, and a workspace of one's own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from azure_ml_jobs import Yard

from modelyard_sandbox.azurite.install import installed
from modelyard_sandbox.running.settings import GRACE_VARIABLE
from modelyard_sandbox.sandbox import Sandbox

HINT = "Azurite isn't installed here: Sandbox.start_blobs installs it"


def started(directory: Path) -> Sandbox:
    """A sandbox whose processes have four seconds to stop."""
    made = Sandbox(directory)
    with pytest.MonkeyPatch.context() as outer:
        outer.setenv(GRACE_VARIABLE, "4")
        made.start(lifeline=True)
    return made


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox for jobs."""
    made = started(tmp_path_factory.mktemp("ml"))
    yield made
    made.stop()
    no_surprises(made)


@pytest.fixture(scope="session")
def serving(running: Sandbox) -> Sandbox:
    """The same, with blobs."""
    if installed() is None:
        if os.environ.get("CI") == "true":
            pytest.fail(HINT)
        pytest.skip(HINT)
    running.start_blobs(lambda _: None)
    return running


def no_surprises(sandbox: Sandbox) -> None:
    """The server has met nothing that it didn't expect."""
    log = sandbox.log_path.read_text()
    assert "Traceback" not in log, log[log.index("Traceback") - 200 :][:3000]


@pytest.fixture(scope="module")
def shared(running: Sandbox) -> Yard:
    """A workspace for the tests of a module: a new one takes its time."""
    return Yard(running)


@pytest.fixture
def yard(shared: Yard) -> Iterator[Yard]:
    """The same, whose jobs must have left nothing behind."""
    yield shared
    shared.sandbox.set_job_faults()
    shared.leave_nothing()


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Yard]:
    """A workspace in a sandbox of its own, which may end."""
    sandbox = started(tmp_path / "sandbox")
    made = Yard(sandbox)
    yield made
    sandbox.stop()
    made.leave_nothing()
