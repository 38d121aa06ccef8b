"""Where a supervisor takes a run up that may have moved: stores of both regions are directories here."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from launcher.planning import CPU, target

from modelyard.errors import SurroundingsError
from modelyard_launcher.access import S3Access
from modelyard_launcher.records import RunRecord, RunStore
from modelyard_launcher.records.store import key_of
from modelyard_launcher.stores import open_store
from modelyard_launcher.supervise.begin import supervisor_of
from modelyard_launcher.supervise.decide import Resubmit, Rules, Seen, decide
from modelyard_launcher.supervise.lease import SupervisorLease
from modelyard_launcher.supervise.loop import Clock, SupervisedElsewhereError, Supervisor
from modelyard_launcher.target import Place

RUN = "cnn-20261101-110000-0000"
NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
HERE, THERE = "eu-central-1", "eu-west-1"


@dataclass
class Two:
    """Two regions, each with a checkpoint store."""

    directory: Path
    said: list[str] = field(default_factory=list)

    @property
    def place(self) -> Place:
        recovery = {"region": THERE, "checkpoints_uri": f"file://{self.directory}/there"}
        where = target(CPU, stores=f"file://{self.directory}/here", recovery_target=recovery)
        access = S3Access("aws", HERE)
        return Place(self.directory, access, f"file://{self.directory}/here", None, where, "target.json")

    def runs(self, name: str) -> RunStore:
        return RunStore(open_store(f"file://{self.directory}/{name}", S3Access("aws", HERE)), recovery=True)

    def leave(self, name: str, state: str, *, moved: bool, **job: Any) -> RunRecord:
        """Leave a record in a region's store."""
        submissions = [{"number": 1, "region": HERE}, {"number": 2, "region": THERE, "recovery": True}]
        common = {"backend": "local", "pool": "cpu", "job_name": "cnn", "submitted": NOON}
        record = RunRecord.model_validate(
            {
                "run_id": RUN,
                "state": state,
                "backend": "local",
                "environment": "dev",
                "pool": "cpu",
                "num_nodes": 1,
                "created": NOON,
                "updated": NOON,
                "submissions": [{**common, **each} for each in submissions[: 1 + moved]],
                "plan_digest": "0",
                "job": {"recovery": "recovery_region", **job},
                "target": self.place.target.model_dump(mode="json", by_alias=True)
                if self.place.target
                else {},
                "moved": moved,
            }
        )
        # (not by `write`, which would date it now)
        self.runs(name).store.put(key_of(record), record.model_dump_json(by_alias=True).encode())
        return record

    def supervisor(self) -> Supervisor:
        return supervisor_of(self.place, RUN, self.said.append)


@pytest.fixture
def two(tmp_path: Path) -> Two:
    return Two(tmp_path)


def test_a_run_that_hasnt_moved_is_taken_up_where_it_is(two: Two) -> None:
    two.leave("here", "running", moved=False)
    supervisor = two.supervisor()
    assert (supervisor.site.region, supervisor.record.moved) == (HERE, False)


def test_a_run_that_moved_is_taken_up_there_though_its_first_region_answers_again(two: Two) -> None:
    two.leave("here", "running", moved=False)
    two.leave("there", "running", moved=True)
    supervisor = two.supervisor()
    assert (supervisor.site.region, supervisor.record.moved) == (THERE, True)


def test_what_was_left_behind_is_ended_by_whichever_supervisor_sees_the_region_again(two: Two) -> None:
    two.leave("here", "running", moved=False)
    two.leave("there", "succeeded", moved=True)
    last = two.supervisor().run()
    assert (last.state, last.moved) == ("succeeded", True)
    assert two.runs("here").read(RUN).state == "cancelled"
    assert two.said == [f"{HERE} answers again: what was left of the run there has ended"]
    two.said.clear()
    assert two.supervisor().run().state == "succeeded"
    assert two.said == []


def test_of_a_region_that_is_still_away_it_is_said_what_may_go_on_there(two: Two) -> None:
    two.leave("there", "succeeded", moved=True)
    (two.directory / "here").write_text("no directory")
    assert two.supervisor().run().state == "succeeded"
    (said,) = two.said
    assert said == (
        f"what was left of the run in {HERE} may still go on there: `modelyard job supervise {RUN}` ends it "
        "once the region answers again"
    )


def test_a_move_that_was_broken_off_is_completed_by_the_next_supervisor(two: Two) -> None:
    two.leave("here", "running", moved=False)
    two.leave("there", "running", moved=False)
    supervisor = two.supervisor()
    (two.directory / "here").rename(two.directory / "gone")
    (two.directory / "here").write_text("no directory")
    moments = iter(NOON + timedelta(minutes=5 * number) for number in range(100))
    supervisor.clock = Clock(moment=lambda: next(moments), pause=lambda _: None)
    with pytest.raises(SurroundingsError, match=r"target.recovery.json in AWS in eu-west-1 isn't there"):
        supervisor.run()
    (two.directory / "there" / "modelyard").mkdir()
    assert two.place.target is not None
    there = two.place.target.model_copy(update={"region": THERE, "recovery_target": None, "recovery": True})
    text = there.model_dump_json(by_alias=True)
    (two.directory / "there" / "modelyard" / "target.recovery.json").write_text(text)
    supervisor.clock = Clock(moment=lambda: next(moments), pause=lambda _: None)
    with pytest.raises(SurroundingsError, match=r"specs/.json isn't there"):
        supervisor.run()
    left = two.runs("there").read(RUN)
    assert (left.moved, left.state, left.submissions[-1].kind) == (True, "failed", "host")
    assert left.reason == "its region hasn't answered for 0:15:00"
    seen = two.supervisor()
    assert (seen.site.region, seen.record.moved) == (THERE, True)
    follows = decide(
        Seen(seen.record, seen.record.state, None, 0.0, NOON + timedelta(days=1)),
        Rules.of(seen.record, has_recovery=False, away_limit_seconds=600),
    )
    assert follows == Resubmit("same_region", "its region hasn't answered for 0:15:00", 0.0)


def away(two: Two) -> Supervisor:
    """A supervisor of a run whose region is lost just now."""
    two.leave("here", "running", moved=False)
    supervisor = two.supervisor()
    (two.directory / "here").rename(two.directory / "gone")
    (two.directory / "here").write_text("no directory")
    assert two.place.target is not None
    there = two.place.target.model_copy(update={"region": THERE, "recovery_target": None, "recovery": True})
    (two.directory / "there" / "modelyard").mkdir(parents=True)
    text = there.model_dump_json(by_alias=True)
    (two.directory / "there" / "modelyard" / "target.recovery.json").write_text(text)
    moments = iter(NOON + timedelta(minutes=5 * number) for number in range(100))
    supervisor.clock = Clock(moment=lambda: next(moments), pause=lambda _: None)
    return supervisor


def test_a_run_that_another_moved_before_isnt_moved_anew(two: Two) -> None:
    supervisor = away(two)
    moved = two.leave("there", "succeeded", moved=True)
    assert supervisor.run() == moved
    assert f"run {RUN} goes on in {THERE} already" in two.said
    assert two.runs("there").read(RUN) == moved


def test_a_run_that_another_supervises_where_it_moved_is_left_to_them(two: Two) -> None:
    supervisor = away(two)
    moved = two.leave("there", "running", moved=True)
    assert SupervisorLease(two.runs("there").store, RUN).take(NOON + timedelta(days=1)) is None
    with pytest.raises(SupervisedElsewhereError, match=f"run {RUN} is supervised by process"):
        supervisor.run()
    assert two.runs("there").read(RUN) == moved


def test_a_region_that_answers_and_refuses_isnt_lost(two: Two) -> None:
    """Expired credentials, a right that was taken, a record of a newer modelyard: the run may go on all the same."""
    record = two.leave("here", "running", moved=False)
    supervisor = two.supervisor()
    store, key = two.runs("here").store, key_of(record)
    store.put(key, b"{}")
    moments = iter(NOON + timedelta(minutes=5 * number) for number in range(100))
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 5:
            ended = record.model_copy(update={"state": "succeeded"})
            store.put(key, ended.model_dump_json(by_alias=True).encode())

    supervisor.clock = Clock(moment=lambda: next(moments), pause=pause)
    last = supervisor.run()
    assert (last.state, last.moved, len(pauses)) == ("succeeded", False, 5)
    unreadable, again = two.said
    assert unreadable.startswith(f"run {RUN} can't be looked at in {HERE}: file:///")
    assert unreadable.endswith("/run.json is no record of a run: Field required")
    assert again == f"run {RUN} can be looked at again"
