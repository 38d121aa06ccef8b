from __future__ import annotations

from pathlib import Path

import pytest
from nodes import Node, plan


@pytest.fixture
def node(tmp_path: Path) -> Node:
    return Node(tmp_path, plan())
