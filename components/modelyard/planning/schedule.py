"""Schedules in the words of the clouds."""

from __future__ import annotations

MINUTES_PER_HOUR = 60
HOURS_PER_DAY = 24
MINUTES_PER_DAY = MINUTES_PER_HOUR * HOURS_PER_DAY
HOURS_PER_WEEK = 7 * HOURS_PER_DAY

START_WINDOW_MIN_MINUTES = 60
"""Shortest start window that AWS Backup takes (AWS Backup API Reference, BackupRuleInput, 2026-11)."""

COMPLETION_AFTER_START_MINUTES = 60
"""What the completion window is longer than the start window by, at least (AWS Backup Developer Guide,
"Backup plan options and configuration", 2026-11; the API reference doesn't say so, and the service refuses
less)."""

_STEPS = (1, 2, 3, 4, 6, 8, 12)
"""Hours that divide a day: cron begins anew each midnight."""

_DAILY = "cron(0 5 * * ? *)"
_WEEKLY = "cron(0 5 ? * 1 *)"

_RESTORE_TESTS = {"day": "cron(0 12 * * ? *)", "week": "cron(0 12 ? * 1 *)", "month": "cron(0 12 1 * ? *)"}
"""At noon: long after the backup of the night."""

RESTORE_TEST_FREQUENCIES = tuple(_RESTORE_TESTS)
"""How often restores can be tried."""


def interval_hours(every_hours: int) -> int:
    """Hours between two backups for which one each `every_hours` was asked for: never more than these.

    Cron counts hours within a day and days within a week: where the interval doesn't divide them, the next
    shorter one that does is taken.
    """
    if every_hours < HOURS_PER_DAY:
        return max(hours for hours in _STEPS if hours <= every_hours)
    return HOURS_PER_DAY if every_hours < HOURS_PER_WEEK else HOURS_PER_WEEK


def backup_schedule(every_hours: int) -> str:
    """The cron expression of a backup each `interval_hours(every_hours)` (UTC), as AWS Backup reads it."""
    hours = interval_hours(every_hours)
    if hours < HOURS_PER_DAY:
        return f"cron(0 0/{hours} * * ? *)"
    return _DAILY if hours == HOURS_PER_DAY else _WEEKLY


def restore_test_schedule(every: str) -> str:
    """The cron expression of a restore test each day, week or month (UTC). Raises KeyError for others."""
    return _RESTORE_TESTS[every]
