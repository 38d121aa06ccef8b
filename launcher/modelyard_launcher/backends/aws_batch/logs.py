"""What ranks wrote, out of CloudWatch Logs: all attempts of all submissions, one after another, live.

A rank has a log stream for each of its attempts; Batch says which, as long as it knows the job. At the end of
a run their names are written down beside its record, since Batch forgets jobs a week after their end.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from modelyard.errors import SurroundingsError
from modelyard_launcher.backends import LogChunk
from modelyard_launcher.backends.aws_batch.client import BatchApi, Job
from modelyard_launcher.backends.aws_batch.sights import child_ids, is_many_jobs, job_ids
from modelyard_launcher.records import RunRecord, Submission
from modelyard_launcher.stores import Store
from modelyard_node.keys import run_prefix

STREAMS_SCHEMA = "modelyard.streams/1"

SEEN_SECONDS = 2.0
"""How long what Batch shows of a run's ranks is taken for new: one call tells of a hundred."""

MOST_PAGES = 20
"""Pages of a stream that are read at once: a page has up to 10,000 lines or 1 MiB (CloudWatch Logs API
Reference, GetLogEvents, 2026-11)."""

_NOWHERE = {"stream": None, "token": None}


@dataclass(frozen=True, slots=True)
class Stream:
    """A log stream."""

    region: str
    name: str
    title: str
    """The attempt that wrote it, for people."""


Streams = dict[int, list[Stream]]
"""Streams of each rank, in the order of time."""


class Logs:
    """The logs of runs."""

    def __init__(self, api: Callable[[str], BatchApi], store: Store) -> None:
        """`api` gives the calls of a region."""
        self._api = api
        self._store = store
        self._seen: tuple[tuple[str, bool], float, Streams] | None = None

    def read(self, record: RunRecord, rank: int, cursor: str | None) -> LogChunk:
        """What a rank wrote, from a cursor on."""
        streams = self._streams(record).get(rank, [])
        place: dict[str, Any] = json.loads(cursor) if cursor else dict(_NOWHERE)
        index = next((at for at, stream in enumerate(streams) if stream.name == place["stream"]), 0)
        whole = True
        group = str(record.target.get("log_group"))
        lines: list[str] = []
        while index < len(streams):
            stream = streams[index]
            if stream.name != place["stream"]:
                lines += [f"modelyard: {stream.title}"] if index else []
                place = {"stream": stream.name, "token": None}
            try:
                found, place["token"], whole = self._rest(group, stream, place["token"])
            except SurroundingsError:
                if not _was_left(record, stream.region):
                    raise
                found, whole = [f"modelyard: what was written in {stream.region} can't be read now"], True
            lines += found
            if not whole:
                break
            index += 1
        data = "".join(f"{line}\n" for line in lines)
        return LogChunk(data.encode(errors="replace"), json.dumps(place), more=not whole)

    def keep(self, record: RunRecord) -> None:
        """Write down which streams a run has that is over."""
        streams = {
            str(rank): [[stream.region, stream.name, stream.title] for stream in own]
            for rank, own in self._shown(record).items()
        }
        document = {"schema": STREAMS_SCHEMA, "streams": streams}
        self._store.put(_streams_key(record.run_id), json.dumps(document).encode())

    def _rest(self, group: str, stream: Stream, token: str | None) -> tuple[list[str], str | None, bool]:
        """What follows in a stream, where that ends, and whether it is all there is so far."""
        api, lines = self._api(stream.region), list[str]()
        for _ in range(MOST_PAGES):
            found, following = api.log_events(group, stream.name, token)
            lines += found
            if following is None or following == token:
                return lines, token, True
            token = following
        return lines, token, False

    def _streams(self, record: RunRecord) -> Streams:
        which, moment = (record.run_id, record.finished), time.monotonic()
        if self._seen is not None and self._seen[0] == which and moment - self._seen[1] < SEEN_SECONDS:
            return self._seen[2]
        streams = (self._kept(record) if record.finished else None) or self._shown(record)
        self._seen = (which, moment, streams)
        return streams

    def _shown(self, record: RunRecord) -> Streams:
        """The streams that Batch tells of."""
        streams: Streams = {}
        for submission in record.submissions:
            try:
                found = self._of_submission(record, submission)
            except SurroundingsError:
                # A region that was lost keeps nobody from reading what was written in the other.
                if not _was_left(record, submission.region):
                    raise
                continue
            for rank, own in found.items():
                streams.setdefault(rank, []).extend(own)
        return streams

    def _of_submission(self, record: RunRecord, submission: Submission) -> Streams:
        region = submission.region or str(record.target.get("region"))
        api = self._api(region)
        kept = job_ids(api, self._store, record, submission) if is_many_jobs(record) else []
        ids = list(child_ids(record, submission, kept))
        jobs = api.describe(ids)
        streams: Streams = {}
        for rank, id_ in enumerate(ids):
            titles = _titles(jobs[id_], submission.number) if id_ in jobs else {}
            streams[rank] = [Stream(region, name, title) for name, title in titles.items()]
        return streams

    def _kept(self, record: RunRecord) -> Streams | None:
        """The streams that were written down; None if none were."""
        content = self._store.get(_streams_key(record.run_id))
        if content is None:
            return None
        try:
            told = cast("Mapping[str, Sequence[Sequence[str]]]", json.loads(content)["streams"])
            return {int(rank): [Stream(*each) for each in own] for rank, own in told.items()}
        except (ValueError, KeyError, TypeError):
            return None


def _was_left(record: RunRecord, region: str | None) -> bool:
    """Whether a run went on in another region."""
    return region != record.submissions[-1].region


def _titles(job: Job, submission: int) -> dict[str, str]:
    """The streams of a job, each with a title."""
    attempts = [attempt.get("container") or {} for attempt in job.get("attempts") or []]
    found: dict[str, str] = {}
    for container in (*attempts, job.get("container") or {}):
        name = container.get("logStreamName")
        if name and name not in found:
            found[name] = f"submission {submission}, attempt {len(found) + 1}"
    return found


def _streams_key(run_id: str) -> str:
    return f"{run_prefix(run_id)}streams.json"
