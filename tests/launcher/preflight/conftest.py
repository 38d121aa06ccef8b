"""What the tests of the preflight share: gangs of nodes, and PyTorch where it is needed."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from preflight_nodes import Bucket, Gang


@pytest.fixture
def pytorch() -> None:
    """PyTorch is installed; the continuous integration has to have it."""
    if importlib.util.find_spec("torch") is None:
        message = "PyTorch isn't installed: `make pytorch` installs it (5 GB)"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)


@pytest.fixture
def gang(tmp_path: Path) -> Iterator[Callable[..., Gang]]:
    """Makes a gang of so many nodes; no process and no file of it is left."""
    made: list[Gang] = []

    def make(num_nodes: int = 1, bucket: Bucket | None = None) -> Gang:
        directory = tmp_path / str(len(made))
        directory.mkdir()
        made.append(Gang(directory, num_nodes, bucket))
        return made[-1]

    yield make
    for each in made:
        each.close()
