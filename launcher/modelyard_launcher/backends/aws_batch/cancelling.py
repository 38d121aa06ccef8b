"""Ending a run on AWS Batch: its nodes are told why, and its jobs are ended."""

from __future__ import annotations

from modelyard_launcher.backends.aws_batch.client import BatchApi
from modelyard_launcher.backends.aws_batch.sending import found_by_name
from modelyard_launcher.backends.aws_batch.sights import OVER, is_many_jobs, job_ids
from modelyard_launcher.records import RunRecord
from modelyard_launcher.stopping import give_up, request_cancellation
from modelyard_launcher.stores import Store

NOT_STARTED = ("SUBMITTED", "PENDING", "RUNNABLE")
"""What CancelJob ends; TerminateJob ends what has started too (AWS Batch API Reference, 2026-11)."""


def ask_to_end(api: BatchApi, store: Store, record: RunRecord) -> RunRecord:
    """Tell a run's nodes to save and to end, and Batch to end its jobs; the newest record.

    Nodes that start all the same, or are started again, find the request and leave.
    """
    reason = request_cancellation(store, record)
    is_known = end_jobs(api, store, record, reason)
    return give_up(store, record, reason, is_gone=not is_known)


def end_jobs(api: BatchApi, store: Store, record: RunRecord, reason: str) -> bool:
    """End a run's jobs: those that haven't started are cancelled, the others terminated. Whether Batch knows
    any of them.
    """
    found = api.describe(_ids(api, store, record))
    for id_, job in found.items():
        if job["status"] in OVER:
            continue
        if job["status"] in NOT_STARTED and not job.get("arrayProperties"):
            api.cancel(id_, reason)
        # One that starts at this very moment isn't ended by a cancellation, and a second end does no harm.
        api.terminate(id_, reason)
    return bool(found)


def _ids(api: BatchApi, store: Store, record: RunRecord) -> list[str]:
    """Ids of a run's jobs, also of one whose submission was broken off."""
    submission = record.submissions[-1]
    if is_many_jobs(record):
        return job_ids(api, store, record, submission)
    found = submission if submission.job_id is not None else found_by_name(api, submission)
    return [found.job_id] if found is not None and found.job_id is not None else []
