"""Durations as Azure writes them: ISO 8601 with days, hours, minutes and seconds."""

from __future__ import annotations

import re
from datetime import timedelta

FORM = re.compile(
    r"P(?=.)(?:(?P<days>\d+)D)?(?:T(?=.)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?"
    r"(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?"
)


def duration(text: str) -> timedelta | None:
    """The duration that a text says; None if it says none, or more than a calendar has."""
    found = FORM.fullmatch(text)
    if found is None:
        return None
    try:
        return timedelta(**{name: float(value) for name, value in found.groupdict().items() if value})
    except OverflowError:
        return None
