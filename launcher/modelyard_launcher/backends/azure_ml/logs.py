"""What ranks wrote: the files that run history names, of all submissions of a run, one after another, live.

Each process that the service starts has a file of its own: `user_logs/std_log.txt` of the only one, else
`user_logs/std_log_process_<n>.txt` by its rank. A job that began anew goes on in the same file. Of a sweep,
each trial is a job; which of them has which variant, its node wrote into its lease: no page says in which
order a grid is gone through.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from modelyard.errors import SurroundingsError
from modelyard_launcher.backends import LogChunk
from modelyard_launcher.backends.azure_ml.history import History
from modelyard_launcher.backends.azure_ml.sights import path_of
from modelyard_launcher.records import RunRecord, Submission
from modelyard_launcher.stores import Store
from modelyard_node.keys import attempt_name, attempts_prefix, lease_key, variant_run_id

_ONLY = "user_logs/std_log.txt"
_OF_PROCESS = re.compile(r"user_logs/std_log_process_0*(\d+)\.txt")


class Logs:
    """The logs of runs in a workspace."""

    def __init__(self, history: History, store: Store) -> None:
        self.history, self._store = history, store
        self._trials: dict[tuple[str, int, int], str] = {}

    def read(self, record: RunRecord, rank: int, cursor: str | None) -> LogChunk:
        """What a rank wrote, from a cursor on."""
        place: dict[str, Any] = json.loads(cursor) if cursor else {"submission": 0, "at": 0}
        data = b""
        for submission in record.submissions:
            if submission.number < place["submission"]:
                continue
            if submission.number != place["submission"]:
                before, place = place["submission"], {"submission": submission.number, "at": 0}
                data += f"modelyard: submission {submission.number}\n".encode() if before else b""
            found = self._rest(record, submission, rank, place["at"])
            data, place["at"] = data + found, place["at"] + len(found)
            if len(found) == self.history.most_bytes:
                return LogChunk(data, json.dumps(place), more=True)
        return LogChunk(data, json.dumps(place))

    def _rest(self, record: RunRecord, submission: Submission, rank: int, start: int) -> bytes:
        newest = submission is record.submissions[-1]
        job_id = submission.job_id or (path_of(record) if newest else None)
        if job_id is None:
            return b""
        if record.variants is not None:
            trial = self._trial(record.run_id, submission.number, rank)
            if trial is not None:
                job_id, rank = f"{job_id.rpartition('/')[0]}/{trial}", 0
            elif record.finished:
                # It never came to its lease: the trial of its number, most likely, says why.
                job_id, rank = f"{job_id}_{rank}", 0
            else:
                return b""
        try:
            is_over = record.finished or not newest
            files = self.history.files(job_id, submission.region, is_over=is_over)
            name = file_of(rank, files)
            return self.history.read(name, files[name], start) if name is not None else b""
        except SurroundingsError:
            # A region that was lost keeps nobody from reading what was written in the other.
            if newest or submission.region == record.submissions[-1].region:
                raise
            return b""

    def _trial(self, run_id: str, submission: int, variant: int) -> str | None:
        """The job that a variant is in a submission; None if it hasn't begun."""
        which, run = (run_id, submission, variant), variant_run_id(run_id, variant)
        if which not in self._trials:
            names = self._store.folders(attempts_prefix(run))
            own = [name for name in names if name.startswith(attempt_name(submission, 0)[:-2])]
            lease = self._store.get(lease_key(run, own[-1])) if own else None
            job = json.loads(lease).get("service_job") if lease is not None else None
            if not job:
                return None
            self._trials[which] = str(job)
        return self._trials[which]


def file_of(rank: int, files: Mapping[str, str]) -> str | None:
    """The file of a rank among those of a job; None if it hasn't written yet."""
    for name in files:
        found = _OF_PROCESS.fullmatch(name)
        if found is not None and int(found[1]) == rank:
            return name
    return _ONLY if rank == 0 and _ONLY in files else None
