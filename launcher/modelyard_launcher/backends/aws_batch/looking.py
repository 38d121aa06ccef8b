"""Looking after a run at AWS Batch: its record, brought up to what there is."""

from __future__ import annotations

from modelyard_launcher.attempts import gather
from modelyard_launcher.backends.aws_batch.client import BatchApi, Job
from modelyard_launcher.backends.aws_batch.refreshing import brought_up, forgotten
from modelyard_launcher.backends.aws_batch.sending import found_by_name
from modelyard_launcher.backends.aws_batch.sights import child_ids, is_many_jobs, job_ids, look
from modelyard_launcher.record_changes import noted, read_record
from modelyard_launcher.records import RunRecord, now
from modelyard_launcher.stores import Store
from modelyard_launcher.submission import confirmed


def refreshed(api: BatchApi, store: Store, record: RunRecord) -> RunRecord:
    """The newest record, brought up to what Batch and the run's nodes say."""
    record = read_record(store, record.run_id, moved=record.moved) or record
    if record.finished or not record.submissions:
        return record
    if record.state == "submitting":
        return _settled(api, store, record)
    sight = look(api, store, record)
    attempts = gather(store, record.run_id, record.attempts) if record.variants is None else []
    moment = now()
    if sight is None:
        return noted(store, record, lambda newest: forgotten(newest, attempts, moment))
    variants = _variants(api, store, record) if sight.over and record.variants else None

    def change(newest: RunRecord) -> RunRecord:
        # Somebody may have ended it, or submitted it anew, since it was looked at.
        if newest.finished or newest.submissions[-1].job_id != record.submissions[-1].job_id:
            return newest
        return brought_up(newest, sight, attempts, moment, variants)

    return noted(store, record, change)


def _settled(api: BatchApi, store: Store, record: RunRecord) -> RunRecord:
    """A run that is being submitted, or was when that was broken off: if its job is there, it is taken up."""
    if is_many_jobs(record):
        return record
    found = found_by_name(api, record.submissions[-1])
    if found is None:
        return record
    return noted(store, record, lambda newest: confirmed(newest, found))


def _variants(api: BatchApi, store: Store, record: RunRecord) -> dict[int, Job]:
    """What Batch shows of every variant, by its index."""
    submission = record.submissions[-1]
    kept = job_ids(api, store, record, submission) if is_many_jobs(record) else []
    ids = list(child_ids(record, submission, kept))
    found = api.describe(ids)
    return {index: found[id_] for index, id_ in enumerate(ids) if id_ in found}
