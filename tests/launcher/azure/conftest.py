"""A sandbox's resource manager, with a front that does what a test tells it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from arming import GROUP, LOCATION, SUBSCRIPTION
from azure_front import Front, standing_before

from modelyard_launcher.azure.access import AzureAccess
from modelyard_launcher.azure.arm import Arm
from modelyard_sandbox.sandbox import Sandbox

RESOURCES = "2024-03-01"


@pytest.fixture(scope="module")
def azure_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox whose server dies with the tests."""
    sandbox = Sandbox(tmp_path_factory.mktemp("azure"))
    sandbox.start(lifeline=True)
    yield sandbox
    sandbox.stop()


@pytest.fixture
def front(azure_sandbox: Sandbox) -> Iterator[Front]:
    """A front of its resource manager."""
    with standing_before(azure_sandbox.must_run().azure_endpoint) as made:
        yield made


@pytest.fixture
def access(front: Front) -> AzureAccess:
    """The way through the front."""
    return AzureAccess("sandbox", LOCATION, SUBSCRIPTION, front.endpoint)


@pytest.fixture
def arm(access: AzureAccess, front: Front) -> Arm:
    """A client, with a resource group; the front has seen nothing yet."""
    made = access.arm(patience_seconds=20.0)
    made.put(GROUP, RESOURCES, {"location": LOCATION})
    front.seen.clear()
    return made
