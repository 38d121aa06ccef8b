"""Schedules in the words of the clouds."""

from __future__ import annotations


def backup_schedule(every_hours: int) -> str:
    """The cron expression of a backup each `every_hours` (UTC), as AWS Backup reads it.

    Cron counts hours within a day and days within a week: where the interval doesn't divide them, the next
    shorter one that does is taken, so that no two backups are ever further apart than was asked for.
    """
    if every_hours < 24:
        step = max(hours for hours in (1, 2, 3, 4, 6, 8, 12) if hours <= every_hours)
        return f"cron(0 0/{step} * * ? *)"
    if every_hours < 168:
        return "cron(0 5 * * ? *)"
    return "cron(0 5 ? * 1 *)"
