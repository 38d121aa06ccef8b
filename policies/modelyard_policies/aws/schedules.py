"""How far apart the runs of a schedule are, in AWS's words for schedules.

Cron of AWS has six fields: minutes, hours, day of the month, month, day of the week (1 is Sunday) and year
(AWS Backup Developer Guide, "Backup plan options and configuration"; Amazon EventBridge Scheduler User Guide,
"Schedule types", 2026-11).
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise

MINUTES_PER_HOUR = 60
MINUTES_PER_DAY = 24 * MINUTES_PER_HOUR

_UNITS = {"minute": 1, "hour": MINUTES_PER_HOUR, "day": MINUTES_PER_DAY}
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_FIRST_DAY = date(2027, 1, 1)
_DAYS_LOOKED_AT = 366 + 3 * 365
"""Four years: every length of month and year is among them."""


@lru_cache(maxsize=256)
def worst_gap_hours(expression: str) -> float | None:
    """Most hours between two runs. None for what isn't worked out here: `L`, `W`, `#`, single years."""
    rate = re.fullmatch(r"\s*rate\(\s*(\d{1,6})\s+(minute|hour|day)s?\s*\)\s*", expression)
    if rate:
        return int(rate[1]) * _UNITS[rate[2]] / MINUTES_PER_HOUR or None
    cron = re.fullmatch(r"\s*cron\(\s*((?:\S+\s+){5}\S+?)\s*\)\s*", expression)
    minutes = _worst_gap_of_cron(cron[1].upper().split()) if cron else None
    return None if minutes is None else minutes / MINUTES_PER_HOUR


def _worst_gap_of_cron(fields: list[str]) -> int | None:
    minutes = _values(fields[0], 0, 59)
    hours = _values(fields[1], 0, 23)
    days = _values(fields[2].replace("?", "*"), 1, 31)
    months = _values(fields[3], 1, 12, _MONTHS)
    weekdays = _values(fields[4].replace("?", "*"), 1, 7, _DAYS)
    if not (minutes and hours and days and months and weekdays) or fields[5] != "*":
        return None
    times = sorted(hour * MINUTES_PER_HOUR + minute for hour in hours for minute in minutes)
    within = max((later - earlier for earlier, later in pairwise(times)), default=0)
    between = _worst_gap_of_days(days, months, weekdays)
    if between is None:
        return None
    overnight = between * MINUTES_PER_DAY - times[-1] + times[0]
    return max(within, overnight)


def _worst_gap_of_days(days: set[int], months: set[int], weekdays: set[int]) -> int | None:
    """Most days from one day with a run to the next one; None if there are no two."""
    worst: int | None = None
    last: int | None = None
    for number in range(_DAYS_LOOKED_AT):
        day = _FIRST_DAY + timedelta(days=number)
        if day.day in days and day.month in months and day.isoweekday() % 7 + 1 in weekdays:
            if last is not None:
                worst = max(worst or 0, number - last)
            last = number
    return worst


def _values(field: str, least: int, most: int, names: tuple[str, ...] = ()) -> set[int]:
    """What a field stands for; nothing if it is written in a way that isn't read here."""
    found: set[int] = set()
    for part in field.split(","):
        step = re.fullmatch(r"([^/]+)(?:/(\d{1,3}))?", part)
        bounds = _bounds(step[1], bool(step[2]), least, most, names) if step else None
        if step is None or bounds is None or step[2] == "0":
            return set()
        first, last = bounds
        if not least <= first <= last <= most:
            return set()
        found.update(range(first, last + 1, int(step[2] or 1)))
    return found


def _bounds(
    text: str, stepped: bool, least: int, most: int, names: tuple[str, ...]
) -> tuple[int, int] | None:
    if text == "*":
        return least, most
    ends = [_value(end, names) for end in text.split("-")]
    if len(ends) > 2 or None in ends:
        return None
    numbers = [end for end in ends if end is not None]
    return numbers[0], most if stepped and len(numbers) == 1 else numbers[-1]


def _value(text: str, names: tuple[str, ...]) -> int | None:
    if text in names:
        return names.index(text) + 1
    return int(text) if re.fullmatch(r"[0-9]{1,2}", text) else None
