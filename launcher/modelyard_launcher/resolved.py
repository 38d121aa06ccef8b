"""A target, and where it came from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from modelyard.errors import SurroundingsError
from modelyard_launcher.clouds import AnyTarget

TargetSource = Literal["file", "store", "deployment", "stack", "environment"]
"""Where the target came from: a file, the object in the checkpoint store, on Azure the deployment in the
resource group, the stack's outputs, or only the environment's YAML."""


@dataclass(frozen=True, slots=True)
class ResolvedTarget:
    """A target, and where it came from."""

    target: AnyTarget
    source: TargetSource
    note: str
    """Where it came from, for people."""

    def must_be_up(self) -> None:
        """Raise SurroundingsError if all that is known of the target is the environment's YAML."""
        if self.source == "environment":
            raise SurroundingsError(
                f"environment {self.target.environment} isn't up: {self.note}",
                "bring it up with `pulumi up`, or in the sandbox with `modelyard sandbox up`",
            )
