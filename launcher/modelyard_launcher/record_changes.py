"""Changes of a run's record that several people may make at once: each is made to the newest one."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import ValidationError

from modelyard.errors import SurroundingsError
from modelyard_launcher.outcomes import AnsweredError, DeniedError
from modelyard_launcher.records import RunRecord, now
from modelyard_launcher.stores import Store, Tagged
from modelyard_node.keys import record_key

Change = Callable[[RunRecord], RunRecord]
"""What becomes of a record; the same object if nothing does. It is called again if somebody was faster."""

_MOST_TRIES = 50
"""Writers that may be faster one after another. Each of them has made a change: it is never a standstill."""


def change_record(store: Store, record: RunRecord, change: Change) -> RunRecord:
    """Change the newest record of a run; the record as it then lies in the store.

    Args:
        store: where it lies.
        record: the run; it is what is changed if none lies there yet.
        change: what becomes of the newest record.

    Raises SurroundingsError if it can't be read or written, and what `change` raises.
    """
    key = record_key(record.run_id, moved=record.moved)
    for _ in range(_MOST_TRIES):
        tagged = store.get_tagged(key)
        before = record if tagged is None else _parsed(store, key, tagged)
        after = change(before)
        if after is before and tagged is not None:
            return before
        written = after.model_copy(update={"updated": now()})
        data = written.model_dump_json(by_alias=True, indent=1).encode()
        if store.create(key, data) if tagged is None else store.replace(key, data, tagged.tag):
            return written
    raise SurroundingsError(
        f"{store.uri}/{key} is being changed all the time",
        "look which processes of yours watch over this run",
    )


def noted(store: Store, record: RunRecord, change: Change) -> RunRecord:
    """What was found out about a run, kept as by `change_record`; of who may only look on, not kept.

    Somebody with the right to it finds out the same, and keeps it.
    """
    try:
        return change_record(store, record, change)
    except DeniedError:
        return change(record)


def read_record(store: Store, run_id: str, *, moved: bool = False) -> RunRecord | None:
    """The newest record of a run, `moved` if it goes on in the recovery region; None if there is none yet.

    Raises SurroundingsError.
    """
    key = record_key(run_id, moved=moved)
    tagged = store.get_tagged(key)
    return None if tagged is None else _parsed(store, key, tagged)


def _parsed(store: Store, key: str, tagged: Tagged) -> RunRecord:
    try:
        return RunRecord.model_validate_json(tagged.data)
    except ValidationError as error:
        raise AnsweredError(
            f"{store.uri}/{key} is no record of a run: {error.errors()[0]['msg']}",
            "read it with a newer modelyard, or remove it",
        ) from error
