"""The records of all runs in a checkpoint store."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from pydantic import ValidationError

from modelyard.errors import InputError, Problem
from modelyard.validation import given_text, nearest
from modelyard_launcher.outcomes import AnsweredError
from modelyard_launcher.records.model import RUN_ID_PATTERN, RunRecord, now
from modelyard_launcher.records.settled import is_settled
from modelyard_launcher.stores import Store
from modelyard_node.keys import RUNS, record_key

if TYPE_CHECKING:
    from modelyard_launcher.records.cache import RecordCache

_LOOKED_THROUGH = 50
"""Newest runs among which one that is misspelt is looked for."""

_READERS = 8
"""Records that are read at once."""


class RunStore:
    """The records of all runs in a checkpoint store."""

    def __init__(self, store: Store, cache: RecordCache | None = None, *, recovery: bool = False) -> None:
        """`cache` keeps copies of records that don't change any more; `recovery` says that the store is that
        of the recovery region, where runs that moved have records of their own.
        """
        self.store = store
        self._cache = cache
        self._recovery = recovery

    def write(self, record: RunRecord) -> RunRecord:
        """Write a record, with the time; the record as written."""
        written = record.model_copy(update={"updated": now()})
        self.store.put(key_of(record), written.model_dump_json(by_alias=True, indent=1).encode())
        return written

    def read(self, run_id: str) -> RunRecord:
        """The record of a run. Raises InputError if there is none."""
        if not re.fullmatch(RUN_ID_PATTERN, run_id):
            raise self._unknown(run_id, "this is no run's id")
        record = self._find(run_id)
        if record is None:
            raise self._unknown(run_id, f"there is no such run in {self.store.uri}")
        return record

    def newest(self, limit: int) -> list[RunRecord]:
        """The newest runs, the newest first."""
        names = (name for name in self.store.folders(RUNS) if re.fullmatch(RUN_ID_PATTERN, name))
        chosen = _newest(names, limit)
        contents = self._cached(chosen)
        missing = [run_id for run_id in chosen if run_id not in contents]
        with ThreadPoolExecutor(_READERS) as readers:
            read = dict(zip(missing, readers.map(self._content, missing), strict=True))
        contents |= {run_id: content for run_id, content in read.items() if content is not None}
        records = [self._parsed(run_id, contents[run_id]) for run_id in chosen if run_id in contents]
        self._keep(records, read)
        # An id says the second only, and several runs may be of one.
        records.sort(key=lambda record: (_second_of(record.run_id), record.created), reverse=True)
        return records[:limit]

    def _cached(self, run_ids: Iterable[str]) -> dict[str, bytes]:
        return self._cache.read(run_ids) if self._cache is not None else {}

    def _keep(self, records: Iterable[RunRecord], read: Mapping[str, bytes | None]) -> None:
        """Keep copies of what was read just now and won't change."""
        if self._cache is None:
            return
        moment = now()
        settled = (record.run_id for record in records if is_settled(record, moment))
        self._cache.keep({run_id: content for run_id in settled if (content := read.get(run_id)) is not None})

    def _find(self, run_id: str) -> RunRecord | None:
        content = self._content(run_id)
        return None if content is None else self._parsed(run_id, content)

    def _content(self, run_id: str) -> bytes | None:
        moved = self.store.get(record_key(run_id, moved=True)) if self._recovery else None
        return self.store.get(record_key(run_id)) if moved is None else moved

    def _parsed(self, run_id: str, content: bytes) -> RunRecord:
        try:
            return RunRecord.model_validate_json(content)
        except ValidationError as error:
            key = record_key(run_id)
            raise AnsweredError(
                f"{self.store.uri}/{key} is no record of a run: {error.errors()[0]['msg']}",
                "read it with a newer modelyard, or remove it",
            ) from error

    def _unknown(self, run_id: str, message: str) -> InputError:
        known = [record.run_id for record in self.newest(_LOOKED_THROUGH)]
        like = nearest(run_id, known, most=1)
        return InputError(
            [
                Problem(
                    field="RUN",
                    given=given_text(run_id),
                    message=message,
                    allowed=_listed(known[:3]) if known else "no run has been submitted yet",
                    mend=f"did you mean {like[0]}?" if like else "see `modelyard job list`",
                )
            ]
        )


def key_of(record: RunRecord) -> str:
    """Where a record lies."""
    return record_key(record.run_id, moved=record.moved)


def _listed(run_ids: Iterable[str]) -> str:
    return "the id of a run, as " + ", ".join(run_ids)


def _newest(run_ids: Iterable[str], limit: int) -> list[str]:
    """The newest runs by their ids, with all that are of the same second as the last of them."""
    ordered = sorted(run_ids, key=_second_of, reverse=True)
    chosen = ordered[:limit]
    more = (run_id for run_id in ordered[limit:] if chosen and _second_of(run_id) == _second_of(chosen[-1]))
    return [*chosen, *more]


def _second_of(run_id: str) -> tuple[str, ...]:
    """The second that a run was submitted in, as its id says: its date and its time."""
    return tuple(run_id.rsplit("-", 3)[1:3])
