"""A workspace with clusters in a sandbox that runs its jobs and serves blobs, and jobs for it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from azure_ml_launching import MlYard, a_record
from azurite_yard import quiet
from blob_fixtures import CACHE, HINT

from modelyard_launcher.records import RunRecord
from modelyard_sandbox.azurite.install import installed
from modelyard_sandbox.running.settings import GRACE_VARIABLE
from modelyard_sandbox.sandbox import Sandbox


@pytest.fixture(scope="session")
def ml_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox with blobs, whose processes have a moment to stop; skipped without Azurite, but not in CI."""
    with pytest.MonkeyPatch.context() as outer:
        outer.setenv("MODELYARD_AZURITE_CACHE", str(CACHE))
        outer.setenv(GRACE_VARIABLE, "5")
        if installed() is None:
            if os.environ.get("CI") == "true":
                pytest.fail(HINT)
            pytest.skip(HINT)
        sandbox = Sandbox(tmp_path_factory.mktemp("azure-ml"))
        sandbox.start(lifeline=True)
        sandbox.start_blobs(quiet)
    yield sandbox
    sandbox.stop()
    log = sandbox.log_path.read_text()
    assert "Traceback" not in log, log[log.index("Traceback") - 200 :][:3000]


@pytest.fixture(scope="session")
def ml_shared(ml_sandbox: Sandbox) -> MlYard:
    """The workspace that tests share."""
    return MlYard.of(ml_sandbox)


@pytest.fixture
def ml_yard(ml_shared: MlYard, tmp_path: Path) -> Iterator[MlYard]:
    """The same for one test, with a project of its own; its jobs must have left nothing behind."""
    ml_shared.project = tmp_path
    ml_shared.events.clear()
    yield ml_shared
    ml_shared.sandbox.set_job_faults()
    ml_shared.leave_nothing()


@pytest.fixture
def ml_record() -> RunRecord:
    """A run that was submitted."""
    return a_record()
