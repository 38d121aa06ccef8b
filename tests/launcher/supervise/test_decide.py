"""What a supervisor does next: a table of what it sees and what follows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelyard_launcher.records import RunRecord
from modelyard_launcher.supervise.decide import (
    FIRST_PAUSE_SECONDS,
    FRUITLESS_MOST,
    LONGEST_PAUSE_SECONDS,
    PATIENCE_SECONDS,
    Over,
    Resubmit,
    Rules,
    Seen,
    Stop,
    Wait,
    decide,
    fruitless,
)
from modelyard_node.codes import DUPLICATE, HOST, KINDS, LIMIT, PROGRAM, STOPPED, TIMEOUT

NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)


def run_of(
    state: str = "running", *, kind: str | None = None, steps: tuple[int, ...] = (10,), **job: Any
) -> RunRecord:
    """A run with a submission for each of `steps`, each of which came so far."""
    submissions = [
        {
            "number": number,
            "backend": "aws_batch",
            "pool": "cpu",
            "job_name": f"cnn-{number}",
            "submitted": NOON,
            "ended": NOON,
            "kind": kind,
            "reason": "Host EC2 (instance i-0) terminated." if kind == HOST else None,
        }
        for number in range(1, len(steps) + 1)
    ]
    attempts = [
        {"number": number, "name": f"{number:03d}-01", "started": NOON, "step": step}
        for number, step in enumerate(steps, 1)
    ]
    return RunRecord.model_validate(
        {
            "run_id": "cnn-20261201-110000-0000",
            "state": state,
            "backend": "aws_batch",
            "environment": "dev",
            "pool": "cpu",
            "num_nodes": 2,
            "created": NOON,
            "updated": NOON,
            "submissions": submissions,
            "attempts": attempts,
            "plan_digest": "0",
            "job": job,
            "target": {},
        }
    )


def seen(record: RunRecord, state: str | None = None, **changes: Any) -> Seen:
    fields: dict[str, Any] = {"spent_usd": None, "away_seconds": 0.0, "moment": NOON, **changes}
    return Seen(record, state or record.state, **fields)


def rules(record: RunRecord, *, has_recovery: bool = False) -> Rules:
    return Rules.of(record, has_recovery=has_recovery, away_limit_seconds=600)


def test_a_run_that_is_getting_on_is_left_alone() -> None:
    record = run_of()
    assert decide(seen(record), rules(record)) == Wait()


@pytest.mark.parametrize("state", ["succeeded", "cancelled"])
def test_what_has_ended_by_itself_is_over(state: str) -> None:
    record = run_of(state)
    assert decide(seen(record), rules(record)) == Over(None)


@pytest.mark.parametrize("kind", [PROGRAM, STOPPED, LIMIT, DUPLICATE, TIMEOUT, None])
def test_what_failed_by_itself_is_not_taken_up_again(kind: str | None) -> None:
    record = run_of("failed", kind=kind)
    assert decide(seen(record), rules(record)) == Over(None)


def test_what_failed_for_its_machines_is_submitted_again() -> None:
    record = run_of("failed", kind=HOST)
    why = "Host EC2 (instance i-0) terminated."
    assert decide(seen(record), rules(record)) == Resubmit("same_region", why, 0.0)


def test_after_a_submission_that_came_no_further_there_is_a_pause() -> None:
    record = run_of("failed", kind=HOST, steps=(0,))
    action = decide(seen(record), rules(record))
    assert isinstance(action, Resubmit)
    assert action.pause_seconds == FIRST_PAUSE_SECONDS
    later = decide(seen(record, moment=NOON + timedelta(seconds=FIRST_PAUSE_SECONDS + 1)), rules(record))
    assert isinstance(later, Resubmit)
    assert later.pause_seconds == 0.0


def test_a_run_that_nobody_watches_over_is_submitted_again() -> None:
    record = run_of()
    action = decide(seen(record, "lost"), rules(record))
    assert isinstance(action, Resubmit)
    assert action.why == "nobody watches over it any more"


def test_submissions_that_come_no_further_pause_longer_and_end() -> None:
    pauses: list[float] = []
    for count in range(1, 20):
        record = run_of("failed", kind=HOST, steps=(10,) * count)
        action = decide(seen(record), rules(record))
        if isinstance(action, Over):
            assert fruitless(record) == FRUITLESS_MOST
            assert action.why is not None
            assert action.why.startswith(
                "5 submissions one after another came no step further; the last: Host"
            )
            break
        assert isinstance(action, Resubmit)
        pauses.append(action.pause_seconds)
    assert pauses == [0.0, 30.0, 60.0, 120.0, 240.0]


@given(st.lists(st.integers(0, 50), min_size=1, max_size=12))
def test_a_step_further_counts_and_pauses_stay_within_bounds(steps: list[int]) -> None:
    record = run_of("failed", kind=HOST, steps=tuple(steps))
    assert 0 <= fruitless(record) <= len(steps)
    action = decide(seen(record), rules(record))
    assert isinstance(action, Over) or 0 <= action.pause_seconds <= LONGEST_PAUSE_SECONDS
    further = run_of("failed", kind=HOST, steps=(*steps, max(steps) + 1))
    assert fruitless(further) == 0
    assert decide(seen(further), rules(further)) == Resubmit(
        "same_region", "Host EC2 (instance i-0) terminated.", 0.0
    )


@pytest.mark.parametrize(
    ("job", "spent", "words"),
    [
        ({"deadline": "2026-12-01T12:00:00Z"}, None, "its deadline 2026-12-01T12:00:00Z is reached"),
        ({"max_total_cost": 100.0}, 100.0, "its budget of $100.00 is used up: $100.00 is spent"),
    ],
)
def test_a_limit_ends_what_runs_and_keeps_what_failed_from_coming_back(
    job: dict[str, Any], spent: float | None, words: str
) -> None:
    record = run_of(**job)
    assert decide(seen(record, spent_usd=spent), rules(record)) == Stop(words)
    assert decide(seen(record, "lost", spent_usd=spent), rules(record)) == Over(words)
    failed = run_of("failed", kind=HOST, **job)
    assert decide(seen(failed, spent_usd=spent), rules(failed)) == Over(words)


def test_just_below_its_limits_a_run_goes_on() -> None:
    record = run_of(deadline="2026-12-01T12:00:01Z", max_total_cost=100.0)
    assert decide(seen(record, spent_usd=99.99), rules(record)) == Wait()


def test_a_region_that_is_away_is_waited_for_and_then_left() -> None:
    record = run_of(recovery="recovery_region")
    may = rules(record, has_recovery=True)
    assert decide(seen(record, away_seconds=599), may) == Wait()
    assert decide(seen(record, away_seconds=600), may) == Resubmit(
        "recovery_region", "its region hasn't answered for 0:10:00", 0.0
    )


@pytest.mark.parametrize(("recovery", "has"), [("same_region", True), ("recovery_region", False)])
def test_a_run_that_may_not_move_waits_however_long(recovery: str, has: bool) -> None:
    record = run_of(recovery=recovery)
    assert decide(seen(record, away_seconds=1e6), rules(record, has_recovery=has)) == Wait()


def test_past_its_deadline_a_run_does_not_move() -> None:
    record = run_of(recovery="recovery_region", deadline="2026-12-01T11:00:00Z")
    action = decide(seen(record, away_seconds=600), rules(record, has_recovery=True))
    assert action == Over("its deadline 2026-12-01T11:00:00Z is reached")


def test_past_its_budget_a_run_does_not_move() -> None:
    record = run_of(recovery="recovery_region", max_total_cost=100.0)
    action = decide(seen(record, away_seconds=600, spent_usd=100.0), rules(record, has_recovery=True))
    assert action == Over("its budget of $100.00 is used up: $100.00 is spent")


def test_a_submission_that_was_broken_off_is_settled_once_nobody_is_at_work_on_it() -> None:
    record = run_of("submitting")
    almost = NOON + timedelta(seconds=PATIENCE_SECONDS - 1)
    assert decide(seen(record, moment=almost), rules(record)) == Wait()
    action = decide(seen(record, moment=NOON + timedelta(seconds=PATIENCE_SECONDS)), rules(record))
    assert action == Resubmit("same_region", "its submission was broken off", 0.0)


@given(
    state=st.sampled_from(["submitting", "submitted", "running", "succeeded", "failed", "cancelled", "lost"]),
    kind=st.sampled_from([None, *KINDS]),
    away=st.floats(0, 1e5),
    spent=st.none() | st.floats(0, 1e4),
    limit=st.none() | st.floats(1, 1e4),
)
def test_money_is_never_spent_past_the_budget_while_the_region_answers(
    state: str, kind: str | None, away: float, spent: float | None, limit: float | None
) -> None:
    record = run_of("running" if state == "lost" else state, kind=kind, max_total_cost=limit)
    action = decide(seen(record, state, away_seconds=away, spent_usd=spent), rules(record, has_recovery=True))
    used_up = limit is not None and spent is not None and spent >= limit
    if used_up and not away and state != "submitting":
        assert not isinstance(action, Resubmit)
    if state in ("succeeded", "cancelled"):
        assert action == Over(None)
