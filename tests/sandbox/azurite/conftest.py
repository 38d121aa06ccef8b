"""A sandbox whose accounts have blobs, where Azurite is installed."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from azurite_yard import Yard, quiet

from modelyard_sandbox.azurite.install import Program, installed
from modelyard_sandbox.sandbox import Sandbox

HINT = "Azurite isn't installed here: `make blobs` installs it"


_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def azurite() -> Program:
    """Azurite on this machine."""
    found = installed()
    if found is not None:
        return found
    if os.environ.get("CI") == "true":
        pytest.fail(HINT)
    pytest.skip(HINT)


@pytest.fixture(scope="module")
def shared(azurite: Program, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox that serves blobs, whose server dies with the tests."""
    assert azurite.main.is_file()
    sandbox = Sandbox(tmp_path_factory.mktemp("shared"))
    sandbox.start(lifeline=True)
    sandbox.start_blobs(quiet)
    yield sandbox
    sandbox.stop()


@pytest.fixture
def yard(shared: Sandbox) -> Yard:
    """An account of one's own."""
    return Yard(shared, f"account{next(_numbers)}")


@pytest.fixture
def lone(azurite: Program, tmp_path: Path) -> Iterator[Yard]:
    """A sandbox of one's own, with an account, that serves no blobs yet."""
    assert azurite.main.is_file()
    sandbox = Sandbox(tmp_path / "lone")
    sandbox.start(lifeline=True)
    yield Yard(sandbox, "account1")
    sandbox.stop()
