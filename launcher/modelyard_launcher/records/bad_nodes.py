"""Nodes that the check before the first step found bad, as a record tells of them."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict


class BadNode(BaseModel):
    """A node that is itself at fault."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    rank: int
    """Its rank."""

    host: str | None = None
    """Name of its machine."""

    instance_id: str | None = None
    """Its instance; none on somebody's machine."""

    checks: list[str] = []
    """Checks that it failed."""

    ended: datetime | None = None
    """When its instance was ended, so that the run gets another."""

    def __str__(self) -> str:
        """The node for people."""
        where = ", ".join(each for each in (self.host, self.instance_id) if each)
        return f"rank {self.rank}" + (f" ({where})" if where else "")
