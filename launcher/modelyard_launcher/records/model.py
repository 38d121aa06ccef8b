"""The truth of a run: `runs/<id>/run.json` in the checkpoint store, schema `modelyard.run/1`."""

import os
from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from modelyard_launcher.records.bad_nodes import BadNode

State = Literal["submitting", "submitted", "running", "succeeded", "failed", "cancelled"]
"""What a record can say of a run. `submitting` is an intent: written before the backend is called, and true
until its answer is known. A run whose supervisor died without a word is shown as `lost`."""

FINISHED: tuple[State, ...] = ("succeeded", "failed", "cancelled")

INTERRUPTED = "interrupted with Ctrl-C"
"""Reason of a run that was cancelled from its own terminal."""

USD_DIGITS = 6
"""Decimals of what was spent: ten thousand variants of a second each are not to come to nothing."""

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

    name: str | None = None
    """Name of what it left in the store: submission and attempt within that, as `001-02`."""

    region: str | None = None
    """Region that it ran in; none on somebody's machine."""

    started: datetime
    """When its nodes were started."""

    ended: datetime | None = None
    """When the last of them had ended."""

    exit_code: int | None = None
    """Exit code of the rank that failed first; 0 if none did."""

    kind: str | None = None
    """How it ended, as a kind: one of modelyard_node.codes.KINDS."""

    reason: str | None = None
    """Why it ended, if not well."""

    tail: list[str] = []
    """Last lines of the rank that failed first."""

    step: int | None = None
    """Last step that it told of."""

    spent_usd: float | None = None
    """What its nodes cost at list price; None if unpriced."""

    ranks: list[RankOutcome] = []
    """How each rank ended, as far as is known."""

    bad_nodes: list[BadNode] = []
    """Nodes that the check before the first step found bad, if it ended by that and by nothing else."""


class Submission(_RecordPart):
    """One call of a backend: a run that is supervised may have several."""

    number: int
    """From 1: MODELYARD_SUBMISSION."""

    backend: str
    """Backend that was called."""

    region: str | None = None
    """Region of the call; none on somebody's machine."""

    recovery: bool = False
    """Whether it went to the recovery region."""

    pool: str
    """Pool that it was planned for."""

    job_name: str
    """Its name at the backend, which no other has: it is looked up by it if the answer was lost."""

    job_id: str | None = None
    """Its id at the backend, once that is known."""

    queue: str | None = None
    """Queue that it was sent to."""

    job_definition: str | None = None
    """Job definition that it was sent with."""

    submitted: datetime
    """When the backend was called."""

    ended: datetime | None = None
    """When it was over."""

    kind: str | None = None
    """How it ended, as a kind: one of modelyard_node.codes.KINDS."""

    reason: str | None = None
    """Why it ended, if not well."""


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

    submissions: list[Submission] = []
    """Every call of a backend, the newest last."""

    attempts: list[Attempt] = []
    """Every start of the gang, the newest last."""

    variants: int | None = None
    """Number of variants of a sweep; none for a single run."""

    hourly_usd: float | None = None
    """What all nodes together cost an hour at list price; None if unpriced."""

    spent_usd: float | None = None
    """What it has cost so far at list price, all attempts together; None if unpriced."""

    spec_sha256: str | None = None
    """SHA-256 of its spec, by which nodes know that it is theirs."""

    owner: str | None = None
    """Who submitted it, as name@host."""

    moved: bool = False
    """Whether it went on in the recovery region. Its record has another key there."""

    supervised: bool = False
    """Whether it is meant to be supervised: then a failure of the infrastructure isn't its end."""

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

    @property
    def num_ranks(self) -> int:
        """Ranks of the gang: one a node, unless mpirun starts several."""
        return self.num_nodes * int(self.job.get("processes_per_node", 1))

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
