"""An environment that is up in a sandbox, once for all tests of the backend, and jobs for it."""

from __future__ import annotations

import os
import signal
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml
from batch_cluster import Cluster
from patience import GONE_SECONDS, eventually
from previewing import ROOT

from modelyard.environment.load import load_environment
from modelyard_launcher.target import find_place, resolve_target
from modelyard_sandbox.environments import up
from modelyard_sandbox.running.settings import GRACE_VARIABLE
from modelyard_sandbox.sandbox import Sandbox

GRACE_SECONDS = 4.0
ENVIRONMENT = "dev"

POOLS = [
    {
        "name": "cpu",
        "instance_type": "c7i.4xlarge",
        "max_nodes": 8,
        "max_nodes_per_job": 4,
        "capacity": {"mode": "on_demand"},
    },
    {"name": "spot", "instance_type": "c7i.2xlarge", "max_nodes": 4, "capacity": {"mode": "spot"}},
]
"""Machines for jobs of several nodes, and cheap ones that may be taken back."""


@contextmanager
def cluster_in(project: Path) -> Generator[Cluster]:
    """An environment with a pool on demand and one on spot, up in a sandbox of its own."""
    stacks = project / "stacks"
    stacks.mkdir()
    (project / "Pulumi.yaml").write_text((ROOT / "Pulumi.yaml").read_text())
    (stacks / "__main__.py").write_text((ROOT / "stacks" / "__main__.py").read_text())
    document = yaml.safe_load((ROOT / "stacks" / "Pulumi.dev.yaml").read_text())
    document["config"]["modelyard:environment"]["compute"] = POOLS
    (stacks / "Pulumi.dev.yaml").write_text(yaml.safe_dump(document))
    sandbox = Sandbox(project / ".modelyard" / "sandbox")
    with pytest.MonkeyPatch.context() as outer:
        outer.setenv("MODELYARD_SANDBOX_BATCH_LAG_SECONDS", "0")
        outer.setenv(GRACE_VARIABLE, str(GRACE_SECONDS))
        sandbox.start(lifeline=True)
        environment = load_environment(ENVIRONMENT, root=project)
        up(environment, sandbox, program=stacks / "__main__.py")
        place = find_place(ENVIRONMENT, None, project=project)
        made = Cluster(sandbox, project, place, resolve_target(place), sandbox.endpoint)
    yield made
    sandbox.stop()
    try:
        eventually(lambda: not made.processes(), GONE_SECONDS)
    finally:
        for pid in made.processes():
            os.kill(pid, signal.SIGKILL)


@pytest.fixture(scope="session")
def environment_up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """The environment that tests share."""
    with cluster_in(tmp_path_factory.mktemp("batch-yard")) as made:
        yield made


@pytest.fixture
def own_cluster(tmp_path: Path) -> Iterator[Cluster]:
    """One of a test's own, for what isn't undone: time that has passed in a sandbox doesn't come back."""
    with cluster_in(tmp_path) as made:
        yield made


@pytest.fixture
def cluster(environment_up: Cluster) -> Iterator[Cluster]:
    """The environment, without faults from another test."""
    environment_up.events.clear()
    yield environment_up
    environment_up.sandbox.set_faults()
    environment_up.sandbox.set_job_faults()


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Every call that boto3 makes, as it is asked for."""
    calls: list[dict[str, Any]] = []
    session = boto3.Session()

    def note(params: dict[str, Any], model: Any, **_: Any) -> None:
        calls.append(
            {"service": model.service_model.service_name, "operation": model.name, "request": params}
        )

    session.events.register("provide-client-params.*.*", note)
    monkeypatch.setattr("modelyard_launcher.access._session_of", lambda _: session)
    return calls
