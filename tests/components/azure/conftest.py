"""What tests of Azure's components share."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def outputs_outside_of_programs() -> Iterator[None]:
    """An event loop for outputs that a test makes before its program runs, whatever ran before it."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield
    asyncio.set_event_loop(None)
    loop.close()
