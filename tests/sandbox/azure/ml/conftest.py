"""A resource group with what a workspace is made of, and with a workspace."""

from __future__ import annotations

import pytest
from arming import BLOBS, Arm
from azure_ml import (
    COMPUTE,
    ENVIRONMENT,
    IMAGE,
    USER,
    WORKSPACE,
    compute,
    datastore,
    furnish,
    identity,
    workspace,
)


@pytest.fixture
def parts(group: Arm) -> Arm:
    """A group with a network, an account and a vault."""
    furnish(group)
    return group


@pytest.fixture
def ml(parts: Arm) -> Arm:
    """The same with a workspace."""
    parts.put(WORKSPACE, workspace())
    return parts


@pytest.fixture
def ready(ml: Arm) -> Arm:
    """A workspace with a cluster, an environment and a datastore."""
    identity(ml)
    ml.put(COMPUTE, {**compute(most=2), "identity": USER})
    ml.put(ENVIRONMENT, {"properties": {"image": IMAGE}})
    ml.put(f"{BLOBS}/containers/datasets", {"properties": {}})
    ml.put(f"{WORKSPACE}/datastores/datasets", datastore())
    return ml
