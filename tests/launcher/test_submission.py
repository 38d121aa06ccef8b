"""Submitting, whatever the backend: here a job is a file in a directory, named as jobs are at a service."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from launcher.planning import CPU, target
from patience import PATIENCE_SECONDS

from modelyard.errors import SurroundingsError
from modelyard_launcher.access import S3Access
from modelyard_launcher.backends import LaunchContext
from modelyard_launcher.backends.local.backend import LocalBackend
from modelyard_launcher.backends.local.processes import identity_of, this_process
from modelyard_launcher.intents import declare, find_intent, one_at_a_time
from modelyard_launcher.load import load_job
from modelyard_launcher.outcomes import BrokenOffError, UnclearOutcomeError
from modelyard_launcher.plan import Plan
from modelyard_launcher.records import RunRecord, RunStore, Submission, Supervisor, now
from modelyard_launcher.resolved import ResolvedTarget
from modelyard_launcher.spec import Place
from modelyard_launcher.stores import open_store
from modelyard_launcher.submission import Order, Submitter
from modelyard_launcher.uploads import pack_runtime
from modelyard_node.keys import intent_key

NOBODY = Supervisor(host=this_process().host, pid=2**22 - 1, identity="never")
"""A process of this machine that has ended."""

ELSEWHERE = Supervisor(host="another-machine", pid=1, identity="x")


@dataclass
class Ledger:
    """A service whose jobs are files: its answers may be lost, and it may refuse."""

    directory: Path
    outcomes: list[Exception | None] = field(default_factory=list)
    """What the next calls end with; one that is carried out all the same is an UnclearOutcomeError."""
    calls: int = 0
    held_up: threading.Event | None = None

    def prepare(self) -> None:
        self.directory.mkdir(exist_ok=True)

    def draft(self, run_id: str, number: int) -> Submission:
        name = f"{run_id}-{number}"
        return Submission(number=number, backend="ledger", pool="cpu", job_name=name, submitted=now())

    def call(self, record: RunRecord) -> Submission:
        self.calls += 1
        outcome = self.outcomes.pop(0) if self.outcomes else None
        submission = record.submissions[-1]
        if outcome is None or (isinstance(outcome, UnclearOutcomeError) and "carried out" in str(outcome)):
            (self.directory / submission.job_name).write_text("job")
        if outcome is not None:
            raise outcome
        return submission.model_copy(update={"job_id": submission.job_name})

    def look_up(self, submission: Submission) -> Submission | None:
        if not (self.directory / submission.job_name).exists():
            return None
        return submission.model_copy(update={"job_id": submission.job_name})

    @property
    def jobs(self) -> list[str]:
        return sorted(path.name for path in self.directory.iterdir())


@dataclass
class Desk:
    """Where jobs are submitted from."""

    directory: Path
    ledger: Ledger
    runs: RunStore
    events: list[str] = field(default_factory=list)

    def order(self, run: str = "true") -> Order:
        path = self.directory / "job.yaml"
        path.write_text(json.dumps({"name": "try", "run": run}))
        where = target(CPU, stores=f"file://{self.directory}/s")
        context = LaunchContext(self.directory, S3Access("aws", "eu-central-1"), self.runs.store.uri)
        plan: Plan = LocalBackend(context).plan(load_job(path), ResolvedTarget(where, "file", "x"))
        return Order(plan, Place(where, where.pools[0], 1.0, 0), pack_runtime())

    def submitter(self, **options: Any) -> Submitter:
        seconds = {"look_up_seconds": 0.05, "patience_seconds": 0.6, **options}
        return Submitter(self.runs, self.ledger, self.events.append, **seconds)

    def submit(self, run: str = "true", **options: Any) -> RunRecord:
        return self.submitter(**options).submit(self.order(run))

    def intent(self, holder: Supervisor | None, run_id: str, age: timedelta = timedelta()) -> None:
        """Leave an intent behind, as somebody else would have."""
        document = {
            "schema": "modelyard.intent/1",
            "run_id": run_id,
            "at": (now() - age).isoformat(),
            "holder": None if holder is None else holder.model_dump(mode="json"),
        }
        self.runs.store.put(intent_key(self.order().digest), json.dumps(document).encode())

    def broken_off(self, holder: Supervisor, age: timedelta = timedelta()) -> RunRecord:
        """A submission whose answer nobody has heard."""
        self.ledger.outcomes = [UnclearOutcomeError("no answer")]
        with pytest.raises(SurroundingsError):
            self.submit()
        (record,) = self.runs.newest(5)
        self.intent(holder, record.run_id, age)
        self.events.clear()
        return record


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    access = S3Access("aws", "eu-central-1")
    return Desk(tmp_path, Ledger(tmp_path / "ledger"), RunStore(open_store(f"file://{tmp_path}/s-c", access)))


def test_a_job_that_is_submitted_twice_makes_two_runs(desk: Desk) -> None:
    first, second = desk.submit(), desk.submit()
    assert first.state == second.state == "submitted"
    assert first.run_id != second.run_id
    assert desk.ledger.jobs == sorted([f"{first.run_id}-1", f"{second.run_id}-1"])
    found = find_intent(desk.runs.store, desk.order().digest)
    assert found is not None
    assert found.intent.holder is None


def test_an_answer_that_is_lost_is_looked_up_and_the_job_adopted(desk: Desk) -> None:
    desk.ledger.outcomes = [UnclearOutcomeError("carried out, and the line went dead")]
    record = desk.submit()
    assert (record.state, record.submissions[0].job_id) == ("submitted", f"{record.run_id}-1")
    assert desk.events == [
        f"run {record.run_id}",
        f"carried out, and the line went dead: looking for the job by its name, {record.run_id}-1",
        f"it is there: {record.run_id}-1 had got through",
    ]


def test_an_outcome_that_stays_unclear_is_told_and_settled_by_the_next_submission(desk: Desk) -> None:
    desk.ledger.outcomes = [UnclearOutcomeError("no answer")]
    with pytest.raises(SurroundingsError) as error:
        desk.submit()
    (record,) = desk.runs.newest(5)
    assert record.state == "submitting"
    assert error.value.message == (
        f"it isn't known whether run {record.run_id} was submitted: no answer, and there is no job named "
        f"{record.run_id}-1 so far"
    )
    assert error.value.mend == (
        "submit the same job again: the run is looked for, and submitted only if it isn't there"
    )
    again = desk.submit()
    assert (again.run_id, again.state) == (record.run_id, "submitted")
    assert desk.ledger.jobs == [f"{record.run_id}-1"]
    assert desk.events[-2:] == [
        f"run {record.run_id} was broken off while it was submitted: looking for it by its name",
        f"it hadn't got through: run {record.run_id} is submitted now",
    ]


def test_a_submission_that_got_through_unheard_is_adopted_by_the_next(desk: Desk) -> None:
    record = desk.broken_off(NOBODY)
    (desk.ledger.directory / f"{record.run_id}-1").write_text("job")
    calls = desk.ledger.calls
    again = desk.submit()
    assert (again.run_id, again.state) == (record.run_id, "submitted")
    assert desk.ledger.calls == calls
    assert desk.events[-1] == f"it had got through: run {record.run_id} is taken up as it is"


def test_a_refusal_is_the_end_of_its_run_and_the_next_submission_is_another(desk: Desk) -> None:
    desk.ledger.outcomes = [SurroundingsError("you may not", "ask somebody")]
    with pytest.raises(SurroundingsError, match="you may not"):
        desk.submit()
    (refused,) = desk.runs.newest(5)
    assert (refused.state, refused.reason) == ("failed", "it was never submitted: you may not")
    assert (refused.submissions[0].kind, refused.submissions[0].job_id) == ("broken", None)
    assert refused.ended is not None
    assert desk.submit().run_id != refused.run_id


def test_a_refusal_of_a_further_submission_leaves_the_run_as_it_was(desk: Desk) -> None:
    """Expired credentials, a rate that is used up: whoever supervises it next submits it again."""
    record = desk.submit()
    ended = record.submissions[0].model_copy(update={"ended": now(), "kind": "host", "reason": "gone"})
    changes = {"state": "failed", "reason": "gone", "ended": now(), "exit_code": 3, "submissions": [ended]}
    lost = desk.runs.write(record.model_copy(update=changes))
    desk.ledger.outcomes = [SurroundingsError("your credentials have expired", "sign in again")]
    with pytest.raises(SurroundingsError, match="have expired"):
        desk.submitter().resubmit(lost, b"spec", {"pool": "other"})
    left = desk.runs.read(record.run_id)
    assert left.model_copy(update={"updated": lost.updated}) == lost
    again = desk.submitter().resubmit(left, b"spec", {"pool": "other"})
    assert (again.state, again.pool, [each.number for each in again.submissions]) == (
        "submitted",
        "other",
        [1, 2],
    )


def test_a_part_that_got_through_leaves_the_run_to_be_completed(desk: Desk) -> None:
    desk.ledger.outcomes = [BrokenOffError("2 of 3", "submit again")]
    with pytest.raises(BrokenOffError):
        desk.submit()
    (begun,) = desk.runs.newest(5)
    assert begun.state == "submitting"
    assert desk.submit().run_id == begun.run_id


def test_who_was_ended_before_they_could_say_so_has_submitted_all_the_same(desk: Desk) -> None:
    record = desk.submit()
    desk.intent(NOBODY, record.run_id)
    again = desk.submit()
    assert again.run_id == record.run_id
    assert desk.ledger.calls == 1
    assert desk.events[-1] == (
        f"run {record.run_id} was submitted by somebody who was ended before they could say so"
    )
    assert desk.submit().run_id != record.run_id, "now that it is told, the same job again is another run"


def test_a_run_that_has_ended_has_nothing_to_do_with_its_intent(desk: Desk) -> None:
    record = desk.submit()
    desk.intent(NOBODY, record.run_id)
    desk.runs.write(record.model_copy(update={"state": "succeeded", "ended": now()}))
    assert desk.submit().run_id != record.run_id


def test_a_run_that_was_submitted_once_more_has_nothing_to_do_with_its_intent(desk: Desk) -> None:
    record = desk.submit()
    desk.intent(NOBODY, record.run_id)
    second = desk.ledger.draft(record.run_id, 2)
    desk.runs.write(
        record.model_copy(update={"state": "submitting", "submissions": [*record.submissions, second]})
    )
    assert desk.submit().run_id != record.run_id


def test_somebody_who_is_at_work_on_this_machine_is_waited_for_and_not_overtaken(desk: Desk) -> None:
    record = desk.broken_off(NOBODY)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        identity = identity_of(other.pid)
        assert identity is not None
        holder = Supervisor(host=this_process().host, pid=other.pid, identity=identity)
        desk.intent(holder, record.run_id)
        with pytest.raises(SurroundingsError) as error:
            desk.submit()
        assert error.value.message.startswith(
            f"the same job is being submitted by process {other.pid} on {holder.host} since "
        )
        assert error.value.message.endswith(f" UTC, as run {record.run_id}")
        assert error.value.mend.startswith("let it come to its end, or end it, and submit again")
        other.kill()
    assert desk.submit().run_id == record.run_id


def test_somebody_on_another_machine_is_waited_for_only_so_long(desk: Desk) -> None:
    record = desk.broken_off(ELSEWHERE)
    assert desk.submit(patience_seconds=0.3).run_id == record.run_id
    assert desk.ledger.jobs == [f"{record.run_id}-1"]


def test_who_was_held_up_until_somebody_took_over_doesnt_go_on_to_the_call(desk: Desk) -> None:
    order = desk.order()
    late = desk.submitter()
    original = desk.ledger.draft

    def held_up(run_id: str, number: int) -> Submission:
        found = find_intent(desk.runs.store, order.digest)
        assert declare(desk.runs.store, order.digest, run_id, ELSEWHERE, found)
        return original(run_id, number)

    desk.ledger.draft = held_up  # type: ignore[method-assign]
    with pytest.raises(SurroundingsError, match="was taken over by somebody who submits the same job"):
        late.submit(order)
    assert desk.ledger.calls == 0


def test_of_many_at_once_each_makes_its_own_run(desk: Desk) -> None:
    desk.ledger.prepare()
    orders = [desk.order(f"echo {number}") for number in range(4)]
    with ThreadPoolExecutor(4) as all_at_once:
        records = list(all_at_once.map(lambda order: desk.submitter().submit(order), orders))
    assert len({record.run_id for record in records}) == 4
    assert len(desk.ledger.jobs) == 4


def test_of_two_threads_that_submit_the_same_job_each_makes_its_own_run(desk: Desk) -> None:
    desk.ledger.prepare()
    orders = [desk.order(), desk.order()]
    original, begun, names = desk.ledger.call, threading.Event(), list[str]()

    def slow(record: RunRecord) -> Submission:
        names.append(record.submissions[-1].job_name)
        if not begun.is_set():
            begun.set()
            # Long enough for the other, who is at the store by now, if nothing keeps it off.
            other.join(0.5)
        return original(record)

    desk.ledger.call = slow  # type: ignore[method-assign]
    records: list[RunRecord] = []

    def submit(order: Order) -> None:
        records.append(desk.submitter(patience_seconds=PATIENCE_SECONDS).submit(order))

    def after_the_first() -> None:
        begun.wait(PATIENCE_SECONDS)
        submit(orders[1])

    other = threading.Thread(target=after_the_first)
    other.start()
    submit(orders[0])
    other.join()
    assert len(records) == 2
    assert sorted(names) == sorted(f"{record.run_id}-1" for record in records)
    assert len(desk.ledger.jobs) == 2


def test_a_thread_waits_for_another_only_so_long(desk: Desk) -> None:
    order = desk.order()
    with one_at_a_time(desk.runs.store, order.digest, 1):
        with ThreadPoolExecutor(1) as other, pytest.raises(SurroundingsError) as error:
            other.submit(desk.submitter(patience_seconds=0.05).submit, order).result()
        assert error.value.message == "the same job is being submitted by another thread of this process"
        assert error.value.mend == "let it come to its end, and submit again"
    assert desk.submitter().submit(order).state == "submitted"


def test_an_intent_that_cant_be_read_is_told(desk: Desk) -> None:
    desk.runs.store.put(intent_key(desk.order().digest), b"{}")
    with pytest.raises(SurroundingsError, match="is no intent of a submission: Field required"):
        desk.submit()


def test_what_makes_two_submissions_the_same_is_job_files_and_place(desk: Desk) -> None:
    digest = desk.order().digest
    assert desk.order().digest == digest
    assert desk.order("echo other").digest != digest


def test_the_owner_is_the_user_and_the_machine(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "ada")
    assert desk.submit().owner == f"ada@{os.uname().nodename}"
