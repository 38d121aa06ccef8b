"""Which records stay as they are."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from modelyard_launcher.records.model import RunRecord

TAKEN_UP_WITHIN = timedelta(days=14)
"""How long after its end a failed run can be taken up again. A choice of ours: two weeks of holidays."""


def is_settled(record: RunRecord, moment: datetime) -> bool:
    """Whether a record stays as it is."""
    if record.state in ("succeeded", "cancelled"):
        return True
    return record.finished and record.ended is not None and moment - record.ended > TAKEN_UP_WITHIN
