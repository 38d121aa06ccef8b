"""A subscription for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from azure_labs import Subscription, subscription_of_ones_own


@pytest.fixture
def subscription(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Subscription]:
    """A subscription that no other test has."""
    with subscription_of_ones_own(tmp_path, monkeypatch) as made:
        yield made
