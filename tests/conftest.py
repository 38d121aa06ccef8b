"""What all tests share: one property-testing profile, and no cloud credentials from the outside."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

# Random examples, the same for everybody; deadlines are for benchmarks.
settings.register_profile(
    "modelyard",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
)
settings.load_profile("modelyard")


@pytest.fixture(autouse=True)
def no_credentials_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test never reaches a real account, whatever the machine is signed in to."""
    for name in list(os.environ):
        if (
            name.startswith(("AWS_", "AZURE_", "ARM_", "PULUMI_", "MODELYARD_"))
            and name != "MODELYARD_ENGINE_CACHE"
        ):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
