"""The time as the extensions see it: one place, so that days can pass at once.

Locks, retentions, deletion windows and restore tests go by this clock. Pulumi, AWS's SDKs and moto's own time
stamps go by the machine's.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_ahead = timedelta()


def now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC) + _ahead


def forward(by: timedelta) -> None:
    """Let time pass. It never goes back: what has ended stays ended."""
    if by < timedelta():
        raise ValueError(f"time doesn't go back: {by}")
    global _ahead
    _ahead += by
