"""The time by which budgets, deadlines and what is written in the store go.

A node's own clock may be wrong, and nobody looks at it. S3 dates every answer, so its clock is the one that
all nodes, launchers and attempts share; a store of files has none but the machine's. How long things take is
never counted by either, but by the monotonic clock.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

TOLERATED_SECONDS = 2.0
"""Smaller differences are not believed: a date has whole seconds, and its answer was under way."""

UTC = timezone.utc


class Clock:
    """The machine's clock, put right by somebody's."""

    def __init__(self) -> None:
        self.offset_seconds = 0.0
        """What has to be added to this machine's clock."""

    def observe(self, date: str | None, sent: float, received: float) -> None:
        """Take note of the date of an answer to what was sent and received then (`time.time()`)."""
        if not date:
            return
        from email.utils import parsedate_to_datetime  # takes long, and only dated answers need it

        try:
            theirs = parsedate_to_datetime(date).timestamp() + 0.5  # within the second that it names
        except (TypeError, ValueError):
            return
        offset = theirs - (sent + received) / 2
        self.offset_seconds = offset if abs(offset) > TOLERATED_SECONDS else 0.0

    def now(self) -> datetime:
        """The time, in UTC."""
        return datetime.now(UTC) + timedelta(seconds=self.offset_seconds)


def instant(moment: datetime) -> str:
    """A moment as it is written: 2026-12-01T11:30:00.123Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moment(text: str) -> datetime:
    """A moment that was written so, or without fractions. Raises ValueError for anything else."""
    parsed = datetime.fromisoformat(text.replace("Z", "+00:00"))
    if parsed.tzinfo is None:
        raise ValueError(f"{text} names no time zone")
    return parsed
