"""What the service says of ends, in plain words; and what a record becomes by it and by the nodes' own words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from azure_ml_launching import a_record

from modelyard_launcher.backends.azure_ml.endings import REASONS, ending_of, error_in
from modelyard_launcher.backends.azure_ml.refreshing import BEGAN_ANEW, brought_up, forgotten
from modelyard_launcher.backends.azure_ml.sights import Sight, moment
from modelyard_launcher.outcomes import DeniedError
from modelyard_launcher.records import Attempt
from modelyard_sandbox.azure.ml_running import reasons

START = datetime(2026, 11, 26, 12, tzinfo=UTC)


def seen(status: str, error: dict[str, Any] | None = None) -> Sight:
    details: dict[str, Any] = {} if error is None else {"error": {"error": error}}
    return Sight({}, status, details, START)


def attempt(name: str = "001-01", **changes: Any) -> Attempt:
    return Attempt.model_validate({"number": 1, "name": name, "started": START, **changes})


@pytest.mark.parametrize(
    ("error", "kind", "reason"),
    [
        (reasons.preempted(), "host", "Azure took a low-priority node of it back"),
        (reasons.node_lost("tvmps_1"), "host", "one of its nodes failed or was lost"),
        (reasons.image_missing("r.io/x:1"), "broken", "its image couldn't be pulled"),
        (reasons.compute_gone("gpu"), "broken", "its cluster was deleted"),
        (
            reasons.data_failed("GET x was answered with 403"),
            "broken",
            "its code can't be read from the checkpoint store",
        ),
        (reasons.exited("bash", 7, "l"), "program", "a node's program exited with code 7"),
        (reasons.exited("bash", 241, "l"), "host", "a node asked to be started again, and its log says why"),
        (reasons.exited("bash", 242, "l"), "broken", "a node couldn't be set up, and its log says why"),
        (
            reasons.exited("bash", 240, "l"),
            "stopped",
            "a node left by itself: another attempt holds the run, or somebody asked for the end",
        ),
        (
            {"code": "QuotaExceeded", "message": "no cores"},
            "broken",
            "the subscription's quota has no room for its nodes",
        ),
        ({"code": "Odd", "message": "who knows"}, "broken", "Odd: who knows"),
        (None, "broken", "it failed, and Azure Machine Learning doesn't say why"),
    ],
)
def test_a_failed_job_says_why(error: dict[str, Any] | None, kind: str, reason: str) -> None:
    ending = ending_of("Failed", error)
    assert (ending.kind, ending.reason) == (kind, reason)


@pytest.mark.parametrize(
    "words", ["OSError: Disk quota exceeded", "the node is lost", "CUDA device unusable", "job was preempted"]
)
def test_what_a_program_says_isnt_taken_for_the_services_word(words: str) -> None:
    error = reasons.exited("bash", 1, "l")
    ending = ending_of("Failed", {**error, "message": f"{error['message']} Error: {words}"})
    assert (ending.kind, ending.reason) == ("program", "a node's program exited with code 1")


UNSEEN = DeniedError("run history of j at h: it answered 403", "go inside")


def test_a_failed_job_whose_reason_cant_be_seen_says_why_it_cant() -> None:
    ending = ending_of("Failed", None, UNSEEN)
    assert (ending.kind, ending.mend) == ("broken", "go inside")
    assert ending.reason == "it failed, and why can't be seen: run history of j at h: it answered 403"
    assert ending_of("Completed", None, UNSEEN).kind == "succeeded"
    assert ending_of("Canceled", None, UNSEEN).reason == "it was cancelled by somebody"


def test_nodes_without_a_last_word_are_lost_if_the_services_reason_cant_be_seen() -> None:
    sight = Sight({}, "Failed", {}, START, UNSEEN)
    after = brought_up(a_record(), sight, [attempt()], START + timedelta(hours=1))
    assert (after.state, after.submissions[0].kind) == ("failed", "host"), "it may be submitted again"
    assert after.reason == (
        "its nodes seem to be lost: they left no last word, and what the service says can't be seen: "
        "run history of j at h: it answered 403"
    )
    assert after.attempts[0].kind == "host"
    own = attempt(ended=START, kind="program", reason="rank 0 exited with code 3", exit_code=3)
    assert brought_up(a_record(), sight, [own], START).submissions[0].kind == "program"
    assert brought_up(a_record(), sight, [], START).submissions[0].kind == "broken", "no node began"


def test_a_cancelled_job_was_cancelled_unless_it_took_too_long() -> None:
    assert ending_of("Canceled", None).reason == "it was cancelled by somebody"
    late = ending_of("Canceled", reasons.timed_out("PT1H"))
    assert (late.kind, late.reason) == ("timeout", "it took longer than the service was told to let it")
    assert ending_of("Completed", None).kind == "succeeded"


def test_every_reason_has_a_mend() -> None:
    assert all(words.mend and words.message for words in REASONS)


def test_what_run_history_says_is_read_only_if_it_is_there() -> None:
    assert error_in({}) is None
    assert error_in({"error": None}) is None
    assert error_in({"error": {"error": {"code": "X"}}}) == {"code": "X"}


def test_moments_have_seven_decimals_or_none() -> None:
    assert moment("2026-11-26T12:00:00.1234567Z") == START + timedelta(microseconds=123456)
    assert moment("2026-11-26T12:00:00Z") == START
    assert moment("2026-11-26T12:00:00.1234567+00:00") == START + timedelta(microseconds=123456)
    assert moment("soon") is None
    assert moment(None) is None


def test_a_nodes_own_word_is_told_before_the_services() -> None:
    own = attempt(
        ended=START + timedelta(hours=1), kind="program", reason="rank 1 exited with code 3", exit_code=3
    )
    after = brought_up(a_record(), seen("Failed", reasons.exited("bash", 3, "l")), [own], START)
    assert (after.state, after.reason, after.exit_code) == ("failed", "rank 1 exited with code 3", 3)
    assert after.submissions[0].kind == "program"


def test_a_node_that_was_told_to_end_as_its_cluster_took_it_back_ended_by_its_host() -> None:
    own = attempt(ended=START + timedelta(hours=1), kind="stopped", reason="rank 0 was told to end (SIGTERM)")
    after = brought_up(a_record(), seen("Failed", reasons.preempted()), [own], START)
    assert (after.state, after.submissions[0].kind) == ("failed", "host")
    assert after.reason == "Azure took a low-priority node of it back"


def test_an_attempt_without_a_word_ended_as_the_next_began() -> None:
    first, second = attempt(), attempt("001-02", started=START + timedelta(hours=1))
    after = brought_up(a_record(), seen("Running"), [first, second], START + timedelta(hours=2))
    assert after.state == "running"
    assert [(each.kind, each.reason) for each in after.attempts] == [("host", BEGAN_ANEW), (None, None)]
    assert after.attempts[0].spent_usd == 2.0


def test_a_run_that_hasnt_changed_is_the_same_record() -> None:
    record = a_record(state="running", spent_usd=0.0)
    assert brought_up(record, seen("Running"), [], START) is record


def test_a_run_whose_job_was_deleted_ends_as_its_nodes_say_or_stays() -> None:
    record = a_record()
    assert forgotten(record, [attempt()], START) is record
    own = attempt(ended=START, kind="succeeded", exit_code=0, spent_usd=0.5)
    assert (forgotten(record, [own], START).state, forgotten(record, [own], START).spent_usd) == (
        "succeeded",
        0.5,
    )
    assert forgotten(record, [attempt("002-01", ended=START, kind="succeeded")], START) is record


def test_a_sweep_that_is_over_names_variants_without_a_word() -> None:
    record = a_record(variants=2)
    good = [attempt(ended=START, kind="succeeded", spent_usd=0.25)]
    after = brought_up(record, seen("Completed"), [], START, None, {0: good, 1: []})
    assert (after.state, after.reason) == ("failed", "1 of 2 variants failed (1); the first: it left no word")
    assert after.spent_usd == 0.25
    both = brought_up(record, seen("Completed"), [], START, None, {0: good, 1: good})
    assert (both.state, both.spent_usd) == ("succeeded", 0.5)
