"""The truth of a run: `runs/<id>/run.json` in the checkpoint store, schema `modelyard.run/1`."""

from __future__ import annotations

from modelyard_launcher.records.bad_nodes import BadNode
from modelyard_launcher.records.model import (
    FINISHED,
    INTERRUPTED,
    RUN_ID_PATTERN,
    USD_DIGITS,
    Attempt,
    RankOutcome,
    RunRecord,
    State,
    Submission,
    Supervisor,
    new_run_id,
    now,
)
from modelyard_launcher.records.store import RunStore

__all__ = [
    "FINISHED",
    "INTERRUPTED",
    "RUN_ID_PATTERN",
    "USD_DIGITS",
    "Attempt",
    "BadNode",
    "RankOutcome",
    "RunRecord",
    "RunStore",
    "State",
    "Submission",
    "Supervisor",
    "new_run_id",
    "now",
]
