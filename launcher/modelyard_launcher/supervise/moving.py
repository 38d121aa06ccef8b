"""What a move to the recovery region makes of a run's record."""

from __future__ import annotations

from datetime import datetime

from modelyard_launcher.records import RunRecord
from modelyard_node.codes import HOST


def left_for_good(record: RunRecord, why: str, moment: datetime) -> RunRecord:
    """The record of a run whose region is lost: as far as the recovery region goes, its submission has ended
    by that. Whoever finds it so submits the run there, also if the one who wrote it was ended meanwhile.
    """
    submissions = list(record.submissions)
    if submissions and submissions[-1].ended is None:
        last = submissions[-1].model_copy(update={"ended": moment, "kind": HOST, "reason": why})
        submissions[-1] = last
    changes = {"moved": True, "state": "failed", "reason": why, "ended": moment, "submissions": submissions}
    return record.model_copy(update=changes)
