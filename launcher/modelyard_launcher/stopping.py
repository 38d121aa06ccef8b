"""Asking a run's nodes to save and to end, and what becomes of its record."""

from __future__ import annotations

import json
from datetime import datetime

from modelyard_launcher.owners import owner
from modelyard_launcher.record_changes import change_record
from modelyard_launcher.records import RunRecord, now
from modelyard_launcher.stores import Store
from modelyard_node.codes import STOPPED
from modelyard_node.keys import stop_key

STOP_SCHEMA = "modelyard.stop/1"


def request_stop(
    store: Store, record: RunRecord, kind: str, reason: str | None, by: str, at: datetime
) -> None:
    """Ask a run's nodes to save and to end.

    Nodes that start all the same, or are started again, find the request and leave.

    Args:
        store: where checkpoints lie.
        record: the run; its last submission is meant, and no later one.
        kind: how it is to end, one of modelyard_node.codes.KINDS.
        reason: why; None if there is nothing to add to the kind.
        by: who asks.
        at: when.
    """
    request = {
        "schema": STOP_SCHEMA,
        "kind": kind,
        "reason": reason,
        "by": by,
        "at": at.isoformat(),
        "submission": record.submissions[-1].number,
    }
    store.put(stop_key(record.run_id), json.dumps(request).encode())


def request_cancellation(store: Store, record: RunRecord) -> str:
    """Ask a run's nodes to save and to end, in the name of whoever runs this; why, for service and record."""
    by = owner()
    request_stop(store, record, STOPPED, None, by, now())
    return f"cancelled by {by}"


def give_up(store: Store, record: RunRecord, reason: str, *, is_gone: bool = False) -> RunRecord:
    """The newest record of a cancelled run: over, if it wasn't wholly submitted, or its job `is_gone` from
    the service. Of others, the job tells.
    """
    number = record.submissions[-1].number if is_gone else None
    return change_record(store, record, lambda newest: _given_up(newest, reason, number))


def _given_up(record: RunRecord, reason: str, gone: int | None) -> RunRecord:
    if record.finished or (record.state != "submitting" and record.submissions[-1].number != gone):
        return record
    moment = now()
    last = record.submissions[-1].model_copy(update={"ended": moment, "kind": STOPPED, "reason": reason})
    return record.model_copy(
        update={
            "state": "cancelled",
            "reason": reason,
            "ended": moment,
            "submissions": [*record.submissions[:-1], last],
        }
    )
