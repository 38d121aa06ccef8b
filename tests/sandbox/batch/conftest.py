"""Accounts for tests of Batch."""

from __future__ import annotations

import pytest
from batching import Account, container

from modelyard_sandbox.sandbox import Sandbox


@pytest.fixture
def account(sandbox: Sandbox, account_id: str) -> Account:
    return Account(sandbox, account_id)


@pytest.fixture(scope="session")
def quiet(sandbox: Sandbox) -> Account:
    """An account for what is refused, and so leaves nothing behind."""
    return Account(sandbox, "210987654321")


@pytest.fixture(scope="session")
def place(sandbox: Sandbox) -> tuple[Account, str, str, str]:
    """An account with a queue, a definition of one container, and one of four nodes in a closed range."""
    made = Account(sandbox, "210987654322")
    queue = made.queue(made.environment())
    return made, queue, made.definition(), made.nodes(ranges={"0:3": container()})
