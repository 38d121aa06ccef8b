"""Schedules in the words of the clouds, and what they come to."""

from __future__ import annotations

import re

MINUTES_PER_HOUR = 60
HOURS_PER_DAY = 24
HOURS_PER_WEEK = 168

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


def worst_gap_minutes(expression: str) -> int | None:
    """Most minutes between two runs of a schedule: of one that runs at given hours of each day, or on given
    days of each week, or at a rate. None for any other: what it comes to isn't worked out.
    """
    rate = re.fullmatch(r"rate\((\d+) (hour|day)s?\)", expression)
    if rate:
        count, unit = int(rate[1]), rate[2]
        return count * MINUTES_PER_HOUR * (HOURS_PER_DAY if unit == "day" else 1) or None
    cron = re.fullmatch(r"cron\(\d{1,2} (\S+) (\S+) \* (\S+) \*\)", expression)
    if cron is None:
        return None
    hours, day_of_month, day_of_week = cron.groups()
    if (day_of_month, day_of_week) in {("*", "?"), ("?", "*")}:
        gap = _worst_gap(_values(hours, 0, HOURS_PER_DAY - 1), HOURS_PER_DAY)
    elif day_of_month == "?" and re.fullmatch(r"\d{1,2}", hours):
        days = _worst_gap(_values(day_of_week, 1, 7), HOURS_PER_WEEK // HOURS_PER_DAY)
        gap = days and days * HOURS_PER_DAY
    else:
        return None
    return gap and gap * MINUTES_PER_HOUR


def _worst_gap(values: list[int], around: int) -> int | None:
    if not values:
        return None
    following = [*values[1:], values[0] + around]
    return max(later - earlier for earlier, later in zip(values, following, strict=True))


def _values(field: str, least: int, most: int) -> list[int]:
    """What a field of cron stands for, in order; nothing if it is written in a way that isn't read here."""
    found: set[int] = set()
    for part in field.split(","):
        step = re.fullmatch(r"(\*|\d{1,2})/(\d{1,2})", part)
        if part == "*":
            found.update(range(least, most + 1))
        elif step and int(step[2]):
            start = least if step[1] == "*" else int(step[1])
            found.update(range(start, most + 1, int(step[2])))
        elif re.fullmatch(r"\d{1,2}", part):
            found.add(int(part))
        else:
            return []
    return sorted(found) if all(least <= value <= most for value in found) else []
