"""Times as Azure writes them."""

from __future__ import annotations

from datetime import datetime


def timestamp(moment: datetime) -> str:
    """A time in UTC with the seven digits of a tick."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f0Z")
