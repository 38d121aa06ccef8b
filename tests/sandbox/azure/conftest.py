"""A resource manager of one's own, in process and as a server."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from arming import GROUP, LOCATION, SUBSCRIPTION, Arm, Maker
from azure_toys import Toy
from werkzeug.serving import make_server

from modelyard_sandbox.azure.client import AzureCloud
from modelyard_sandbox.azure.manager.application import ResourceManager
from modelyard_sandbox.once import Once
from modelyard_sandbox.sandbox import Sandbox


@pytest.fixture
def arm() -> Arm:
    """A resource manager in which nothing stands."""
    return Arm()


@pytest.fixture
def group(arm: Arm) -> Arm:
    """One with a resource group."""
    arm.put(GROUP, {"location": LOCATION})
    return arm


@pytest.fixture
def cloud() -> Iterator[AzureCloud]:
    """A subscription at a real server."""
    server = make_server("127.0.0.1", 0, Once(ResourceManager()), threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield AzureCloud(f"http://127.0.0.1:{server.server_port}", SUBSCRIPTION)
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def make(cloud: AzureCloud) -> Maker:
    """Makes resources through their handlers."""
    return Maker(cloud)


@pytest.fixture
def toy(sandbox: Sandbox, account_id: str, tmp_path: Path) -> Toy:
    """A program of its own in a subscription of its own."""
    return Toy(sandbox, account_id, tmp_path)
