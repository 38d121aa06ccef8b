"""Ending a run on AWS Batch: its nodes are told why, and its jobs are ended."""

from __future__ import annotations

import json

from modelyard_launcher.backends.aws_batch.client import BatchApi
from modelyard_launcher.backends.aws_batch.sending import found_by_name
from modelyard_launcher.backends.aws_batch.sights import OVER, is_many_jobs, job_ids
from modelyard_launcher.owners import owner
from modelyard_launcher.record_changes import change_record
from modelyard_launcher.records import RunRecord, now
from modelyard_launcher.stores import Store
from modelyard_node.codes import STOPPED
from modelyard_node.keys import stop_key

STOP_SCHEMA = "modelyard.stop/1"

NOT_STARTED = ("SUBMITTED", "PENDING", "RUNNABLE")
"""What CancelJob ends; TerminateJob ends what has started too (AWS Batch API Reference, 2026-11)."""


def ask_to_end(api: BatchApi, store: Store, record: RunRecord) -> RunRecord:
    """Tell a run's nodes to save and to end, and Batch to end its jobs; the newest record.

    Nodes that start all the same, or are started again, find the request and leave.
    """
    by = owner()
    stop = {
        "schema": STOP_SCHEMA,
        "kind": STOPPED,
        "reason": None,
        "by": by,
        "at": now().isoformat(),
        "submission": record.submissions[-1].number,
    }
    store.put(stop_key(record.run_id), json.dumps(stop).encode())
    reason = f"cancelled by {by}"
    end_jobs(api, store, record, reason)
    return change_record(store, record, lambda newest: given_up(newest, reason))


def end_jobs(api: BatchApi, store: Store, record: RunRecord, reason: str) -> None:
    """End a run's jobs: those that haven't started are cancelled, the others terminated."""
    for id_, job in api.describe(_ids(api, store, record)).items():
        if job["status"] in OVER:
            continue
        if job["status"] in NOT_STARTED and not job.get("arrayProperties"):
            api.cancel(id_, reason)
        # One that starts at this very moment isn't ended by a cancellation, and a second end does no harm.
        api.terminate(id_, reason)


def given_up(record: RunRecord, reason: str) -> RunRecord:
    """A run that is cancelled before it was wholly submitted."""
    if record.state != "submitting":
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


def _ids(api: BatchApi, store: Store, record: RunRecord) -> list[str]:
    """Ids of a run's jobs, also of one whose submission was broken off."""
    submission = record.submissions[-1]
    if is_many_jobs(record):
        return job_ids(api, store, record, submission)
    found = submission if submission.job_id is not None else found_by_name(api, submission)
    return [found.job_id] if found is not None and found.job_id is not None else []
