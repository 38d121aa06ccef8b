"""The window of a capacity block: until when its machines are of use."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

INSTANT_FORMAT = "%Y-%m-%dT%H:%M:%SZ"
"""How a moment in UTC is written, as 2026-12-01T11:30:00Z."""

RECLAIM_MINUTES = 30
"""Minutes before a block's stated end at which EC2 begins to take its machines back (Amazon EC2 User Guide,
"Capacity Blocks for ML", 2026-11)."""

ULTRASERVER_RECLAIM_MINUTES = 60
"""The same for blocks of UltraServers (same page, 2026-11)."""

ULTRASERVER_FAMILIES = frozenset({"p6e-gb200", "trn2u"})
"""Families whose machines stand in UltraServers only (Amazon EC2, "UltraServers", 2026-11)."""


def reclaim_minutes(instance_type: str) -> int:
    """Minutes before the end of a block at which EC2 begins to take machines of a type back."""
    family = instance_type.partition(".")[0]
    return ULTRASERVER_RECLAIM_MINUTES if family in ULTRASERVER_FAMILIES else RECLAIM_MINUTES


def drain_at(instance_type: str, ends_at: str) -> str:
    """When jobs have to have left the machines of a block that ends at `ends_at`, both in UTC.

    Raises ValueError if `ends_at` isn't a moment as INSTANT_FORMAT has it.
    """
    return written(instant(ends_at) - timedelta(minutes=reclaim_minutes(instance_type)))


def instant(text: str) -> datetime:
    """The moment that a text names. Raises ValueError if it names none."""
    return datetime.strptime(text, INSTANT_FORMAT).replace(tzinfo=UTC)


def written(moment: datetime) -> str:
    """A moment as text, in UTC."""
    return moment.astimezone(UTC).strftime(INSTANT_FORMAT)
