"""Looking after a run in a workspace: its record, brought up to what there is."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from modelyard_launcher.attempts import MAIN_RANK, gather
from modelyard_launcher.azure.arm import Arm
from modelyard_launcher.backends.azure_ml.history import History
from modelyard_launcher.backends.azure_ml.refreshing import brought_up, forgotten, state_of
from modelyard_launcher.backends.azure_ml.sending import found_job
from modelyard_launcher.backends.azure_ml.sights import look, path_of
from modelyard_launcher.record_changes import noted, read_record
from modelyard_launcher.records import Attempt, RunRecord, now
from modelyard_launcher.stores import Store
from modelyard_launcher.submission import confirmed
from modelyard_node.keys import attempts_prefix, end_key, stop_key, variant_run_id

_READERS = 8


def refreshed(arm: Arm, history: History, store: Store, record: RunRecord) -> RunRecord:
    """The newest record, brought up to what the workspace and the run's nodes say."""
    record = read_record(store, record.run_id, moved=record.moved) or record
    if record.finished or not record.submissions:
        return record
    if record.state == "submitting":
        return _settled(arm, store, record)
    sight = look(arm, history, record)
    attempts = gather(store, record.run_id, record.attempts) if record.variants is None else []
    when = now()
    if sight is None:
        return noted(store, record, lambda newest: forgotten(newest, attempts, when))
    by = stopped_by(store, record) if sight.over else None
    variants = attempts_of_variants(store, record) if sight.over and record.variants else None

    def change(newest: RunRecord) -> RunRecord:
        # Somebody may have ended it, or submitted it anew, since it was looked at.
        if newest.finished or newest.submissions[-1].job_id != record.submissions[-1].job_id:
            return newest
        return brought_up(newest, sight, attempts, when, by, variants)

    return noted(store, record, change)


def _settled(arm: Arm, store: Store, record: RunRecord) -> RunRecord:
    """A run that is being submitted, or was when that was broken off: if its job is there, it is taken up."""
    found = found_job(arm, path_of(record), record.submissions[-1])
    if found is None:
        return record
    return noted(store, record, lambda newest: confirmed(newest, found))


def stopped_by(store: Store, record: RunRecord) -> str | None:
    """Who asked for the end of a run's newest submission; None if nobody did."""
    try:
        asked = json.loads(store.get(stop_key(record.run_id)) or b"{}")
        return str(asked["by"]) if asked["submission"] == record.submissions[-1].number else None
    except (ValueError, KeyError, TypeError):
        return None


def attempts_of_variants(store: Store, record: RunRecord) -> Mapping[int, Sequence[Attempt]]:
    """What nodes tell of each variant of a sweep."""
    indices = range(record.variants or 0)
    with ThreadPoolExecutor(_READERS) as readers:
        found = readers.map(lambda index: gather(store, variant_run_id(record.run_id, index)), indices)
        return dict(zip(indices, found, strict=True))


def states_of_variants(store: Store, record: RunRecord) -> list[str]:
    """How each variant of a sweep stands, by its main node's word, in two calls for each at most: `waiting`,
    `running`, or a state of its end.
    """

    def state(index: int) -> str:
        run_id = variant_run_id(record.run_id, index)
        attempts = store.folders(attempts_prefix(run_id))
        if not attempts:
            return "waiting"
        try:
            end = json.loads(store.get(end_key(run_id, attempts[-1], MAIN_RANK)) or b"{}")
            return state_of(str(end["kind"]))
        except (ValueError, KeyError, TypeError):
            return "running"

    with ThreadPoolExecutor(_READERS) as readers:
        return list(readers.map(state, range(record.variants or 0)))
