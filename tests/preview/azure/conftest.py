"""The previews of the shipped environments on Azure, made once."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from previewing import ROOT

from modelyard.environment.azure.spec import AzureEnvironment
from modelyard.environment.load import load_environment
from modelyard_preview.environment import Preview, preview_environment

PROGRAM = ROOT / "stacks" / "__main__.py"


@cache
def shipped(name: str) -> Preview:
    """The preview of a shipped environment."""
    return preview_environment(load_environment(name, root=ROOT), program=PROGRAM)


@pytest.fixture
def dev() -> Preview:
    return shipped("azure-dev")


@pytest.fixture
def prod() -> Preview:
    return shipped("azure-prod")


@pytest.fixture(params=["azure-dev", "azure-prod"])
def preview(request: pytest.FixtureRequest) -> Preview:
    """Either of them."""
    return shipped(request.param)


def environment_with(name: str, change: Callable[[dict[str, Any]], object]) -> AzureEnvironment:
    """A shipped environment with some fields changed."""
    fields = load_environment(name, root=ROOT).model_dump(mode="json", exclude_none=True)
    change(fields)
    return AzureEnvironment.model_validate(fields)


@pytest.fixture(name="environment_with")
def _environment_with() -> Callable[..., AzureEnvironment]:
    return environment_with
