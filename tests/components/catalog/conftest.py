from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

import modelyard.catalog

Rows = list[dict[str, str]]


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The catalog's AWS tables as files."""
    return Path(modelyard.catalog.__file__).parent / "data" / "aws"


@pytest.fixture(scope="session")
def table(data_folder: Path) -> Callable[[str], Rows]:
    """Reads one of the catalog's AWS tables past the catalog."""

    return lambda name: _rows(data_folder / f"{name}.csv")


@pytest.fixture(scope="session")
def azure_folder() -> Path:
    """The catalog's Azure tables as files."""
    return Path(modelyard.catalog.__file__).parent / "data" / "azure"


@pytest.fixture(scope="session")
def azure_table(azure_folder: Path) -> Callable[[str], Rows]:
    """Reads one of the catalog's Azure tables past the catalog."""
    return lambda name: _rows(azure_folder / f"{name}.csv")


def _rows(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
