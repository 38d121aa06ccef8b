"""A target, and where it came from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from modelyard.outputs import LaunchTarget

TargetSource = Literal["file", "store", "stack", "environment"]
"""Where the target came from: a file, the object in the checkpoint store, the stack's outputs, or only the
environment's YAML."""


@dataclass(frozen=True, slots=True)
class ResolvedTarget:
    """A target, and where it came from."""

    target: LaunchTarget
    source: TargetSource
    note: str
    """Where it came from, for people."""
