"""How a run ended, where both its nodes and AWS Batch have something to say. Pure: nobody is asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from modelyard_launcher.backends.aws_batch.refreshing import brought_up, forgotten, run_ending, sweep_cost
from modelyard_launcher.backends.aws_batch.sights import Sight
from modelyard_launcher.records import Attempt, RunRecord
from modelyard_sandbox.moto_extensions.batch.running import reasons

START = datetime(2026, 11, 26, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000)


def record(**changes: Any) -> RunRecord:
    submission = {
        "number": 1,
        "backend": "aws_batch",
        "region": "eu-central-1",
        "pool": "cpu",
        "job_name": "n-1",
        "job_id": "j",
        "submitted": START,
    }
    return RunRecord.model_validate(
        {
            "run_id": "cnn-20261126-120000-0000",
            "state": "running",
            "backend": "aws_batch",
            "environment": "dev",
            "pool": "cpu",
            "num_nodes": 1,
            "created": START,
            "updated": START,
            "submissions": [submission],
            "hourly_usd": 2.0,
            "plan_digest": "0",
            "job": {},
            "target": {},
            **changes,
        }
    )


def job(status_reason: str = "", exit_code: int | None = None, **changes: Any) -> dict[str, Any]:
    container = {} if exit_code is None else {"exitCode": exit_code}
    attempt = {
        "container": container,
        "statusReason": status_reason,
        "startedAt": milliseconds(START),
        "stoppedAt": milliseconds(START + HOUR),
    }
    return {
        "status": "FAILED",
        "statusReason": status_reason,
        "attempts": [attempt],
        "stoppedAt": milliseconds(START + HOUR),
        **changes,
    }


def told(kind: str | None, reason: str | None = None, exit_code: int | None = None) -> Attempt:
    """An attempt as its nodes tell of it."""
    return Attempt(
        number=1,
        name="001-01",
        started=START,
        ended=START + HOUR if kind else None,
        kind=kind,
        reason=reason,
        exit_code=exit_code,
        spent_usd=2.0 if kind else 0.1,
    )


TERMINATED = {"isTerminated": True}
NODE_STOPPED = told("stopped", "rank 0 was told to end (SIGTERM)", 143)

ROWS = (
    (
        "the program's own",
        job("", 3),
        told("program", "rank 1 exited with code 3", 3),
        "program",
        "rank 1 exited with code 3",
        3,
    ),
    (
        "somebody ended it",
        job("cancelled by ada", 240, **TERMINATED),
        NODE_STOPPED,
        "stopped",
        "cancelled by ada",
        143,
    ),
    (
        "somebody asked its nodes",
        job("", 240),
        told("stopped", "ada asked for the end"),
        "stopped",
        "ada asked for the end",
        None,
    ),
    (
        "batch's timeout",
        job(reasons.TIMED_OUT, 240),
        NODE_STOPPED,
        "timeout",
        "the attempt took longer than the job's timeout, and its node didn't end it by itself",
        143,
    ),
    (
        "the node's timeout",
        job("", 240),
        told("timeout", "the timeout of 60 seconds has passed"),
        "timeout",
        "the timeout of 60 seconds has passed",
        None,
    ),
    (
        "its machine is gone",
        job(reasons.host_terminated("i-1")),
        NODE_STOPPED,
        "host",
        "the machine i-1 was taken back or failed",
        143,
    ),
    (
        "its machine was to go",
        job(reasons.host_terminated("i-1")),
        told("host", "the machine of rank 0 will be taken back (spot)"),
        "host",
        "the machine of rank 0 will be taken back (spot)",
        None,
    ),
    (
        "it had succeeded before its machine went",
        job(reasons.host_terminated("i-1")),
        told("succeeded", None, 0),
        "succeeded",
        None,
        0,
    ),
    (
        "a budget",
        job("", 240),
        told("limit", "the budget of 5.00 USD is used up"),
        "limit",
        "the budget of 5.00 USD is used up",
        None,
    ),
    (
        "no word of its own",
        job("", 9),
        told(None),
        "program",
        "the main node's program exited with code 9",
        9,
    ),
)


@pytest.mark.parametrize(
    ("shown", "own", "kind", "reason", "code"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS]
)
def test_who_knows_best_tells_how_a_run_ended(
    shown: dict[str, Any], own: Attempt, kind: str, reason: str | None, code: int | None
) -> None:
    ending = run_ending(record(), shown, [own])
    assert (ending.kind, ending.reason, ending.exit_code) == (kind, reason, code)


def test_an_attempt_that_left_no_word_has_batchs_and_costs_what_batch_saw() -> None:
    shown = job(reasons.host_terminated("i-1"))
    after = brought_up(record(), Sight(shown, "FAILED"), [told(None)], START)
    (attempt,) = after.attempts
    assert (attempt.kind, attempt.reason) == ("host", "the machine i-1 was taken back or failed")
    assert attempt.ended == START + HOUR
    assert (attempt.spent_usd, after.spent_usd) == (2.0, 2.0)
    assert (after.state, after.ended, after.submissions[0].kind) == ("failed", START + HOUR, "host")


def test_an_attempt_that_never_came_to_a_lease_is_told_too() -> None:
    shown = job("Task failed to start")
    shown["attempts"][0]["container"] = {"reason": reasons.image_missing("cnn:1.0")}
    after = brought_up(record(), Sight(shown, "FAILED"), [], START)
    assert [(each.name, each.kind) for each in after.attempts] == [("001-01", "broken")]
    assert after.reason == "its image couldn't be pulled: pull access denied"


def test_a_record_of_which_nothing_is_new_is_the_same_object() -> None:
    before = record(attempts=[told(None)], spent_usd=0.1)
    shown = {"status": "RUNNING", "attempts": []}
    assert brought_up(before, Sight(shown, "RUNNING"), [told(None)], START) is before


def test_without_a_price_nothing_is_said_of_the_cost() -> None:
    after = brought_up(record(hourly_usd=None), Sight(job("", 3), "FAILED"), [], START)
    assert after.spent_usd is None


def test_a_run_that_batch_forgot_ends_as_its_nodes_say_or_stays_as_it_is() -> None:
    before = record()
    assert forgotten(before, [told(None)], START) is before
    after = forgotten(before, [told("program", "rank 0 exited with code 3", 3)], START)
    assert (after.state, after.exit_code, after.spent_usd) == ("failed", 3, 2.0)


def test_a_sweep_costs_what_all_attempts_of_its_variants_did() -> None:
    assert sweep_cost(2.0, [job("", 0), job("", 1)]) == 4.0
    assert sweep_cost(None, [job("", 0)]) is None


def test_many_short_variants_do_not_cost_nothing() -> None:
    shown = job("", 0)
    stopped = START + timedelta(milliseconds=40)
    shown["attempts"] = [{**shown["attempts"][0], "stoppedAt": milliseconds(stopped)}]
    assert sweep_cost(0.36, [shown] * 10_000) == 0.04
