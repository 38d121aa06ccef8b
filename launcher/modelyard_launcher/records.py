"""The truth of a run: `runs/<id>/run.json` in the checkpoint store, schema `modelyard.run/1`."""

import os
import re
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from modelyard.errors import InputError, Problem, SurroundingsError
from modelyard.validation import given_text, nearest
from modelyard_launcher.stores import Store

State = Literal["submitted", "running", "succeeded", "failed", "cancelled"]
"""What a record can say of a run. A run whose supervisor died without a word is shown as `lost`."""

FINISHED: tuple[State, ...] = ("succeeded", "failed", "cancelled")

INTERRUPTED = "interrupted with Ctrl-C"
"""Reason of a run that was cancelled from its own terminal."""

_LOOKED_THROUGH = 50
"""Newest runs among which one that is misspelt is looked for."""

RUN_ID_PATTERN = r"^[a-z][a-z0-9-]{0,47}-\d{8}-\d{6}-[0-9a-f]{4}$"


class _RecordPart(BaseModel):
    # What a newer modelyard adds is passed over, so that old ones can still read its records.
    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)


class RankOutcome(_RecordPart):
    """How one rank of an attempt ended."""

    rank: int
    """The rank, from 0."""

    exit_code: int | None
    """Its exit code; 128 and the signal's number if a signal ended it; None if it was never known."""

    stopped: bool
    """Whether it was told to stop: because another rank failed, a timeout passed or the run was cancelled."""


class Attempt(_RecordPart):
    """One start of the whole gang."""

    number: int
    """From 1: MODELYARD_ATTEMPT."""

    started: datetime
    """When its nodes were started."""

    ended: datetime | None = None
    """When the last of them had ended."""

    exit_code: int | None = None
    """Exit code of the rank that failed first; 0 if none did."""

    reason: str | None = None
    """Why it ended, if not well."""

    ranks: list[RankOutcome] = []
    """How each rank ended, once all have."""


class Supervisor(_RecordPart):
    """The process that watches over a run on somebody's machine."""

    host: str
    """Name of the machine."""

    pid: int
    """Its process id."""

    identity: str
    """When it was started, as that machine counts: a process id alone may come again."""


class RunRecord(_RecordPart):
    """A run, from its submission to its end."""

    schema_: Literal["modelyard.run/1"] = Field(default="modelyard.run/1", alias="schema")
    """Name and version of this form."""

    run_id: str = Field(pattern=RUN_ID_PATTERN)
    """Id of the run: MODELYARD_RUN_ID."""

    state: State
    """How it stands."""

    reason: str | None = None
    """Why it ended, if not well, in plain words."""

    exit_code: int | None = None
    """The job's own exit code, once it has ended."""

    backend: str
    """Backend that it was submitted to."""

    environment: str
    """Environment that it belongs to."""

    pool: str
    """Pool that it was planned for."""

    num_nodes: int
    """Nodes of the gang."""

    created: datetime
    """When it was submitted."""

    updated: datetime
    """When this record was last written."""

    ended: datetime | None = None
    """When it ended."""

    attempts: list[Attempt] = []
    """Every start of the gang, the newest last."""

    supervisor: Supervisor | None = None
    """Who watches over it, where it runs on somebody's machine."""

    plan_digest: str
    """SHA-256 of the plan that it was submitted by."""

    job: dict[str, Any]
    """The job as it was given; values of variables that speak of a secret are hidden."""

    target: dict[str, Any]
    """The target that it was submitted to (modelyard.target/1)."""

    @property
    def finished(self) -> bool:
        """Whether it has ended."""
        return self.state in FINISHED

    def as_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return self.model_dump(mode="json", by_alias=True)


def now() -> datetime:
    """The time, in UTC, to the millisecond."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1_000 * 1_000)


def new_run_id(job_name: str) -> str:
    """A readable id that no other run has: digits-cnn-20261123-142501-3f2a."""
    return f"{job_name}-{now():%Y%m%d-%H%M%S}-{os.urandom(2).hex()}"


def run_prefix(run_id: str) -> str:
    """Where everything about a run lies in the checkpoint store."""
    return f"runs/{run_id}/"


def log_key(run_id: str, rank: int) -> str:
    """Where a rank's log lies."""
    return f"{run_prefix(run_id)}logs/{rank}.log"


def metrics_key(run_id: str, rank: int) -> str:
    """Where a rank's metrics lie."""
    return f"{run_prefix(run_id)}metrics/{rank}.jsonl"


class RunStore:
    """The records of all runs in a checkpoint store."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def write(self, record: RunRecord) -> RunRecord:
        """Write a record, with the time; the record as written."""
        written = record.model_copy(update={"updated": now()})
        self.store.put(
            f"{run_prefix(record.run_id)}run.json", written.model_dump_json(by_alias=True, indent=1).encode()
        )
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
        names = (name for name in self.store.folders("runs/") if re.fullmatch(RUN_ID_PATTERN, name))
        chosen = sorted(names, key=_moment_of, reverse=True)[:limit]
        with ThreadPoolExecutor(8) as readers:
            return [record for record in readers.map(self._find, chosen) if record is not None]

    def _find(self, run_id: str) -> RunRecord | None:
        key = f"{run_prefix(run_id)}run.json"
        content = self.store.get(key)
        if content is None:
            return None
        try:
            return RunRecord.model_validate_json(content)
        except ValidationError as error:
            raise SurroundingsError(
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


def _listed(run_ids: Iterable[str]) -> str:
    return "the id of a run, as " + ", ".join(run_ids)


def _moment_of(run_id: str) -> tuple[str, ...]:
    return tuple(run_id.rsplit("-", 3)[1:])
