"""Lengths of time as Azure writes them: `P90D` (ISO 8601), or `7.00:00:00`."""

from __future__ import annotations

import re
from typing import Final

_ISO: Final = re.compile(
    r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?",
)
_DAYS_OF_ISO: Final = (365, 30, 7, 1, 1 / 24, 1 / 1_440, 1 / 86_400)
"""Days in each part; a year and a month are as long as most of them are."""

_CLOCK: Final = re.compile(r"(?:(\d+)\.)?(\d+):(\d+):(\d+)")
_DAYS_OF_CLOCK: Final = (1, 1 / 24, 1 / 1_440, 1 / 86_400)

_LONGEST: Final = 64
"""Characters; no duration needs as many, and numbers of thousands of digits can't be read."""


def days(text: str) -> float | None:
    """Days of a duration by ISO 8601; None for what isn't one."""
    return _sum(_ISO, text.strip().upper(), _DAYS_OF_ISO)


def clock_days(text: str) -> float | None:
    """Days of `DAYS.HOURS:MINUTES:SECONDS`; None for what isn't that."""
    return _sum(_CLOCK, text.strip(), _DAYS_OF_CLOCK)


def _sum(pattern: re.Pattern[str], text: str, units: tuple[float, ...]) -> float | None:
    found = pattern.fullmatch(text) if len(text) <= _LONGEST else None
    if found is None or not any(found.groups()):
        return None
    return sum(int(part) * unit for part, unit in zip(found.groups(), units, strict=True) if part)
