"""What risks are told from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from modelyard_launcher.clouds import AnyPool, AnyTarget
from modelyard_launcher.costs import Cost
from modelyard_launcher.job import Job
from modelyard_launcher.pools import PoolChoice


@dataclass(frozen=True, slots=True)
class Situation:
    """A job on its pool, at a moment."""

    job: Job
    target: AnyTarget
    choice: PoolChoice
    cost: Cost
    now: datetime

    @property
    def pool(self) -> AnyPool:
        """The pool."""
        return self.choice.pool


def moment_text(moment: datetime) -> str:
    """A moment for people: 2026-12-01 11:30 UTC."""
    return f"{moment:%Y-%m-%d %H:%M} UTC"
