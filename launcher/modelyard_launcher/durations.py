"""Lengths of time as people write them in a job: 90s, 30m, 2h, 1d."""

from __future__ import annotations

import re

SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}

DURATION_PATTERN = r"^[1-9][0-9]{0,7}[smhd]$"


def duration_seconds(text: str) -> int:
    """Seconds of a duration such as 90s, 30m, 2h, 1d. Raises ValueError for anything else."""
    if not re.fullmatch(DURATION_PATTERN, text):
        raise ValueError(
            f"{text!r} is no duration: a whole number and one of s, m, h, d, as 90s, 30m, 2h, 1d"
        )
    return int(text[:-1]) * SECONDS[text[-1]]


def duration_text(seconds: float) -> str:
    """Seconds for people: 45s, 3m 20s, 2h 5m, 1d 4h; at most two units."""
    rest = round(seconds)
    parts: list[str] = []
    for unit in ("d", "h", "m", "s"):
        count, rest = divmod(rest, SECONDS[unit])
        if count or (unit == "s" and not parts):
            parts.append(f"{count}{unit}")
    return " ".join(parts[:2])
