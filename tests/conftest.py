"""What all tests share: one property-testing profile, no cloud credentials from the outside, and what botocore
has read.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture.providers import Constants, HypothesisProvider
from patience import eventually

# Random examples, the same for everybody; deadlines are for benchmarks.
settings.register_profile(
    "modelyard",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
)
# Others in each run, and ten times as many where a test doesn't say how many: `make explore`.
settings.register_profile(
    "explore", settings.get_profile("modelyard"), derandomize=False, database=None, max_examples=1_000
)
settings.load_profile("modelyard")


@pytest.hookimpl(trylast=True)  # --hypothesis-profile is heard by now
def pytest_configure() -> None:
    """Hypothesis also draws texts and numbers from all modules that are imported: others in each worker and in each
    run, so that an example that fails would come and go (tests/test_random_examples.py). No setting turns it off.
    """
    if settings().derandomize:
        HypothesisProvider._local_constants = Constants()


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


@pytest.fixture(autouse=True, scope="session")
def models_are_read_once() -> Iterator[None]:
    """botocore reads the models of services anew for each session, EC2's for a second. A command has one
    session, and tests run commands by the hundred in one process.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.session, "create_loader", functools.cache(botocore.session.create_loader))
        yield


@pytest.fixture(name="eventually", scope="session")
def eventually_fixture() -> Callable[..., Any]:
    """Waits for what has to come."""
    return eventually


@pytest.fixture(scope="session")
def compiled_once(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Variables with which JAX keeps what it has compiled, for all training programs of these tests: compiling is
    a third of what a short training takes. Each program is compiled once, whichever process comes first.
    """
    kept: Path = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        kept = kept.parent  # which all workers have, and no other session
    return {
        "JAX_COMPILATION_CACHE_DIR": str(kept / "compiled-by-jax"),
        # However short it took, and however small it is.
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
        "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1",
    }
