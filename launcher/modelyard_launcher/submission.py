"""Submitting, in the same order on every backend: a break at any point makes no second job and loses none.

    1. files and the node's runtime are uploaded, known by their digests; the backend is prepared
    2. the intent names the run, and who is at work on it
    3. spec and variants are written, then the record, in the state `submitting`
    4. the backend is called, once
    5. the record is `submitted`, with the backend's answer
    6. the intent is closed: who submits the same again from now on wants another run

Whoever submits the same again before that finds the intent open. If its run is still `submitting`, the call
may or may not have got through: the backend looks the job up by its name, which no other has. What is there
is adopted; what isn't is submitted under the same run. If the run is `submitted`, whoever did it was ended
before it could say so: the run is adopted too.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from modelyard.errors import ModelyardError, SurroundingsError
from modelyard_launcher.backends.local.processes import host_name, is_alive, this_process
from modelyard_launcher.intents import Found, close, declare, find_intent, one_at_a_time
from modelyard_launcher.outcomes import LOOK_UP_SECONDS, BrokenOffError, UnclearOutcomeError
from modelyard_launcher.owners import owner
from modelyard_launcher.plan import Plan, job_document
from modelyard_launcher.record_changes import change_record, read_record
from modelyard_launcher.records import RunRecord, RunStore, Submission, new_run_id, now
from modelyard_launcher.spec import Place, sha256_of, spec_bytes, spec_document
from modelyard_launcher.submission_digest import submission_digest
from modelyard_launcher.sweeps import VariantsFile
from modelyard_launcher.uploads import Runtime, upload_files, upload_spec
from modelyard_node.codes import BROKEN

PATIENCE_SECONDS = 90.0
"""How long somebody else may be at work on the same submission: twice what a call and looking it up take."""

_POLL_SECONDS = 0.5


class Caller(Protocol):
    """What a backend adds to submitting."""

    def prepare(self) -> None:
        """Whatever has to be there before the call, and may be done twice without harm."""
        ...

    def draft(self, run_id: str, number: int) -> Submission:
        """The submission of that number, before its call."""
        ...

    def call(self, record: RunRecord) -> Submission:
        """Send the newest submission of a record, once; the submission as it was answered.

        Raises UnclearOutcomeError if it may have got through, BrokenOffError if a part of it has, and another
        ModelyardError if it certainly hasn't.
        """
        ...

    def look_up(self, submission: Submission) -> Submission | None:
        """The submission as the backend knows it by its name; None if it doesn't."""
        ...


@dataclass(frozen=True, slots=True)
class Order:
    """A job that is ready to be submitted."""

    plan: Plan
    place: Place
    runtime: Runtime | None
    """None where the backend brings it to nodes itself."""
    variants: VariantsFile | None = None

    @property
    def digest(self) -> str:
        """SHA-256 of what makes two submissions the same."""
        return submission_digest(self.plan.job, self.plan.files, self.plan.target, self.plan.backend)

    def spec(self, run_id: str) -> bytes:
        """What the nodes of a run are to do."""
        return spec_bytes(spec_document(self.plan.job, run_id, self.place, self.plan.files, self.variants))


class Submitter:
    """Submits to one backend, and keeps the records in the checkpoint store."""

    def __init__(
        self,
        runs: RunStore,
        caller: Caller,
        on_event: Callable[[str], None],
        *,
        look_up_seconds: float = LOOK_UP_SECONDS,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        self._store = runs.store
        self._caller = caller
        self._on_event = on_event
        self._look_up_seconds = look_up_seconds
        self._patience_seconds = patience_seconds

    def submit(self, order: Order) -> RunRecord:
        """Submit a job as a new run, or settle the same job's submission that was broken off.

        Raises SurroundingsError and InputError.
        """
        upload_files(self._store, order.plan.files, order.runtime)
        self._caller.prepare()
        with one_at_a_time(self._store, order.digest, self._patience_seconds):
            return self._submit(order)

    def _submit(self, order: Order) -> RunRecord:
        run_id, broken_off = self._claim(order)
        if broken_off is not None and broken_off.state != "submitting":
            self._on_event(f"run {run_id} was submitted by somebody who was ended before they could say so")
            return self._done(order, broken_off)
        if broken_off is not None:
            self._on_event(f"run {run_id} was broken off while it was submitted: looking for it by its name")
            found = self._look_up(broken_off.submissions[-1])
            if found is not None:
                self._on_event(f"it had got through: run {run_id} is taken up as it is")
                return self._done(order, self._confirm(broken_off, found))
            self._on_event(f"it hadn't got through: run {run_id} is submitted now")
        else:
            self._on_event(f"run {run_id}")
        spec = order.spec(run_id)
        upload_spec(self._store, run_id, spec, order.variants)
        first = first_record(order, run_id, sha256_of(spec), self._caller.draft(run_id, 1))
        begun = change_record(self._store, first, lambda _: first)
        ours = self._must_be_ours(order.digest, run_id)
        return self._done(order, self._call(begun), ours)

    def resubmit(
        self, record: RunRecord, spec: bytes, changes: Mapping[str, object] | None = None
    ) -> RunRecord:
        """Submit a run whose last submission has ended once more, or settle one that was broken off.

        Args:
            record: the run.
            spec: what its nodes are to do; its files and runtime are in the store.
            changes: what else the submission changes of the record: where it goes, what that costs.

        Raises SurroundingsError and InputError.
        """
        self._caller.prepare()
        upload_spec(self._store, record.run_id, spec, None)
        more = {**(changes or {}), "spec_sha256": sha256_of(spec)}
        begun = change_record(self._store, record, lambda current: self._next(record, current, more))
        submission = begun.submissions[-1]
        if any(known.number == submission.number for known in record.submissions):
            found = self._look_up(submission)
            if found is not None:
                self._on_event(f"submission {submission.number} had got through: it is taken up as it is")
                return self._confirm(begun, found)
            return self._call(begun, before=begun)
        return self._call(begun, before=record)

    def _next(self, seen: RunRecord, current: RunRecord, changes: Mapping[str, object]) -> RunRecord:
        """The record with the submission that is to be sent."""
        if [known.number for known in current.submissions] != [known.number for known in seen.submissions]:
            raise SurroundingsError(
                f"run {seen.run_id} has been submitted anew by somebody else meanwhile",
                "look at `modelyard job status`, and leave it to whoever supervises it",
            )
        update = {**changes, "state": "submitting", "reason": None, "exit_code": None, "ended": None}
        submissions = current.submissions
        if current.state != "submitting":
            number = len(submissions) + 1
            submissions = [*submissions, self._caller.draft(seen.run_id, number)]
        return current.model_copy(update={**update, "submissions": submissions})

    def _claim(self, order: Order) -> tuple[str, RunRecord | None]:
        """The run that is ours to submit, and its record if somebody else got as far as that."""
        digest, until = order.digest, time.monotonic() + self._patience_seconds
        while True:
            found = find_intent(self._store, digest)
            record = None if found is None else read_record(self._store, found.intent.run_id)
            if found is None or not _is_open(found, record):
                run_id, record = new_run_id(order.plan.job.name), None
            elif self._may_be_at_work(found):
                self._wait(found, until)
                continue
            else:
                run_id = found.intent.run_id
            if declare(self._store, digest, run_id, this_process(), found):
                return run_id, record

    def _may_be_at_work(self, found: Found) -> bool:
        """Whether whoever declared an intent may still be at work on it."""
        holder = found.intent.holder
        if holder is None:
            return False
        if holder.host == host_name():
            return is_alive(holder) and holder != this_process()
        return (now() - found.intent.at).total_seconds() < self._patience_seconds

    def _done(self, order: Order, record: RunRecord, found: Found | None = None) -> RunRecord:
        """Close the intent. If that fails, the next submission takes the run for one that was broken off."""
        with suppress(SurroundingsError):
            found = found or find_intent(self._store, order.digest)
            if found is not None and found.intent.run_id == record.run_id:
                close(self._store, order.digest, found)
        return record

    def _must_be_ours(self, digest: str, run_id: str) -> Found:
        """Who was held up (a closed lid, Ctrl-Z) until somebody else took over doesn't go on to the call."""
        found = find_intent(self._store, digest)
        if found is None or found.intent.holder != this_process() or found.intent.run_id != run_id:
            raise SurroundingsError(
                f"run {run_id} was taken over by somebody who submits the same job",
                "look at `modelyard job list`: it was held up too long here to go on",
            )
        return found

    def _wait(self, found: Found, until: float) -> None:
        if time.monotonic() >= until:
            holder = found.intent.holder
            by = f"process {holder.pid} on {holder.host}" if holder is not None else "somebody"
            raise SurroundingsError(
                f"the same job is being submitted by {by} "
                f"since {found.intent.at:%H:%M:%S} UTC, as run {found.intent.run_id}",
                "let it come to its end, or end it, and submit again: what it did is looked up first",
            )
        time.sleep(_POLL_SECONDS)

    def _call(self, record: RunRecord, before: RunRecord | None = None) -> RunRecord:
        """Call the backend. A run that was there `before` is what it was then if the call is refused."""
        try:
            answered = self._caller.call(record)
        except UnclearOutcomeError as error:
            return self._confirm(record, self._after_no_answer(record, error))
        except BrokenOffError:
            raise
        except ModelyardError as error:
            if before is None:
                self._refused(record, error)
            else:
                change_record(self._store, record, lambda current: _taken_back(current, before))
            raise
        return self._confirm(record, answered)

    def _after_no_answer(self, record: RunRecord, error: UnclearOutcomeError) -> Submission:
        submission = record.submissions[-1]
        self._on_event(f"{error}: looking for the job by its name, {submission.job_name}")
        found = self._look_up(submission)
        if found is None:
            raise SurroundingsError(
                f"it isn't known whether run {record.run_id} was submitted: {error}, and there is no job "
                f"named {submission.job_name} so far",
                "submit the same job again: the run is looked for, and submitted only if it isn't there",
            ) from error
        self._on_event(f"it is there: {submission.job_name} had got through")
        return found

    def _look_up(self, submission: Submission) -> Submission | None:
        until = time.monotonic() + self._look_up_seconds
        while True:
            found = self._caller.look_up(submission)
            if found is not None or time.monotonic() >= until:
                return found
            time.sleep(min(_POLL_SECONDS, self._look_up_seconds))

    def _confirm(self, record: RunRecord, answered: Submission) -> RunRecord:
        return change_record(self._store, record, lambda current: confirmed(current, answered))

    def _refused(self, record: RunRecord, error: ModelyardError) -> None:
        reason = f"it was never submitted: {str(error).splitlines()[0].strip()}"
        moment = now()

        def change(current: RunRecord) -> RunRecord:
            ended = current.submissions[-1].model_copy(
                update={"ended": moment, "kind": BROKEN, "reason": reason}
            )
            return current.model_copy(
                update={
                    "state": "failed",
                    "reason": reason,
                    "ended": moment,
                    "submissions": [*current.submissions[:-1], ended],
                }
            )

        change_record(self._store, record, change)


def _is_open(found: Found, record: RunRecord | None) -> bool:
    """Whether whoever declared an intent hasn't been told that its run is submitted. A run that has ended, or
    was submitted once more, has nothing to do with its intent any more.
    """
    if found.intent.holder is None:
        return False
    return record is None or (not record.finished and len(record.submissions) == 1)


def _taken_back(current: RunRecord, before: RunRecord) -> RunRecord:
    """A record without a further submission that was refused: whoever sees the run through tries again."""
    if current.state != "submitting" or len(current.submissions) != len(before.submissions) + 1:
        return current
    return before.model_copy(update={"attempts": current.attempts, "spent_usd": current.spent_usd})


def confirmed(record: RunRecord, answered: Submission) -> RunRecord:
    """A record with what the backend answered to its newest submission; as it is if that is known already."""
    if record.state != "submitting" or record.submissions[-1].number != answered.number:
        return record
    submissions = [*record.submissions[:-1], answered]
    return record.model_copy(update={"state": "submitted", "submissions": submissions})


def first_record(order: Order, run_id: str, spec_sha256: str, submission: Submission) -> RunRecord:
    """The record of a run that is about to be submitted."""
    plan, moment = order.plan, now()
    return RunRecord(
        run_id=run_id,
        state="submitting",
        backend=plan.backend,
        environment=plan.target.environment,
        pool=plan.choice.pool.name,
        num_nodes=plan.job.num_nodes,
        created=moment,
        updated=moment,
        submissions=[submission],
        variants=None if order.variants is None else order.variants.count,
        hourly_usd=plan.cost.hourly_usd,
        spec_sha256=spec_sha256,
        owner=owner(),
        plan_digest=plan.digest,
        job=job_document(plan.job),
        target=plan.target.model_dump(mode="json", by_alias=True),
    )
