"""Which failed attempts AWS Batch tries again: conditions in order, patterns, no match, timeouts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from modelyard_sandbox.moto_extensions.batch.running.retries import is_retried

HOST = "Host EC2 (instance i-0123456789abcdef0) terminated."
EXITED = "Essential container in task exited"


def rules(*conditions: dict[str, str], attempts: int = 3) -> dict[str, Any]:
    return {"attempts": attempts, "evaluateOnExit": list(conditions)}


RETRY_HOSTS = rules({"onStatusReason": "Host EC2*", "action": "RETRY"}, {"onReason": "*", "action": "EXIT"})


@pytest.mark.parametrize(
    ("strategy", "made", "said", "retried"),
    [
        (None, 1, {"exit_code": 1}, False),
        ({"attempts": 2}, 1, {"exit_code": 1}, True),
        ({"attempts": 2}, 2, {"exit_code": 1}, False),
        # The documented pattern: hosts are tried again, programs aren't.
        (RETRY_HOSTS, 1, {"status_reason": HOST}, True),
        (RETRY_HOSTS, 1, {"exit_code": 1, "status_reason": EXITED}, False),
        (RETRY_HOSTS, 3, {"status_reason": HOST}, False),
        # None that fits means another attempt.
        (rules({"onExitCode": "3", "action": "EXIT"}), 1, {"exit_code": 4}, True),
        (rules({"onExitCode": "3", "action": "EXIT"}), 1, {"exit_code": 3}, False),
        (rules({"onExitCode": "3", "action": "EXIT"}), 1, {"exit_code": 33}, True),
        (rules({"onExitCode": "3*", "action": "EXIT"}), 1, {"exit_code": 33}, False),
        # The first that fits decides, and all of its patterns have to fit.
        (
            rules({"onExitCode": "1*", "action": "retry"}, {"onExitCode": "*", "action": "exit"}),
            1,
            {"exit_code": 137},
            True,
        ),
        (
            rules({"onExitCode": "137", "onReason": "OutOfMemory*", "action": "EXIT"}),
            1,
            {"exit_code": 137},
            True,
        ),
        (
            rules({"onExitCode": "137", "onReason": "OutOfMemory*", "action": "EXIT"}),
            1,
            {"exit_code": 137, "reason": "OutOfMemoryError: Container killed due to memory usage"},
            False,
        ),
        # What isn't there fits an asterisk only.
        (rules({"onReason": "*", "action": "EXIT"}), 1, {"status_reason": HOST}, False),
        (rules({"onExitCode": "1*", "action": "EXIT"}), 1, {"status_reason": HOST}, True),
    ],
)
def test_the_first_condition_that_fits_decides_and_none_means_another_attempt(
    strategy: dict[str, Any] | None, made: int, said: dict[str, Any], *, retried: bool
) -> None:
    known: dict[str, Any] = {"exit_code": None, "reason": None, "status_reason": None, **said}
    assert is_retried(strategy, made, **known) is retried


def test_attempts_are_counted_and_shown_each_with_its_own_stream(yard: Any) -> None:
    command = "echo $AWS_BATCH_JOB_ATTEMPT; [ $AWS_BATCH_JOB_ATTEMPT = 3 ]"
    job = yard.run(command, {"retryStrategy": {"attempts": 10}})
    assert (job["status"], [item["container"]["exitCode"] for item in job["attempts"]]) == (
        "SUCCEEDED",
        [1, 1, 0],
    )
    streams = [item["container"]["logStreamName"] for item in job["attempts"]]
    assert len(set(streams)) == 3
    logs = yard.account.client("logs")
    said = [
        logs.get_log_events(logGroupName="/aws/batch/job", logStreamName=stream)["events"][0]["message"]
        for stream in streams
    ]
    assert said == ["1", "2", "3"]


def test_a_rule_of_the_submission_takes_the_place_of_the_definitions(yard: Any) -> None:
    definition = yard.account.definition(
        containerProperties=yard.container("exit 3"), retryStrategy={"attempts": 4}
    )
    exits = {"attempts": 4, "evaluateOnExit": [{"onExitCode": "3", "action": "EXIT"}]}
    id_ = yard.account.submit(definition, yard.queue, retryStrategy=exits)
    assert len(yard.account.ended(id_)["attempts"]) == 1


def test_a_start_that_failed_is_retried_too(yard: Any) -> None:
    condition = {"onStatusReason": "Task failed to start", "action": "RETRY"}
    retry = {"attempts": 2, "evaluateOnExit": [condition, {"onReason": "*", "action": "EXIT"}]}
    job = yard.run(["trian"], {"retryStrategy": retry})
    assert [item["statusReason"] for item in job["attempts"]] == ["Task failed to start"] * 2


def test_an_attempt_that_takes_too_long_is_the_last_and_is_told_to_stop(
    far: Any, eventually: Callable[..., Any]
) -> None:
    command = "trap 'echo asked; exit 4' TERM; echo ready; while :; do sleep 0.05; done"
    request = {"timeout": {"attemptDurationSeconds": 60}, "retryStrategy": {"attempts": 3}}
    id_ = far.submit(command, request)
    far.account.when(id_, "RUNNING")
    eventually(lambda: far.account.lines(id_) == ["ready"])
    far.account.sandbox.clock(timedelta(seconds=50))
    assert far.account.job(id_)["status"] == "RUNNING"
    far.account.sandbox.clock(timedelta(seconds=20))
    job = far.account.ended(id_)
    assert (job["status"], job["statusReason"]) == ("FAILED", "Job attempt duration exceeded timeout")
    (attempt,) = job["attempts"]
    assert (attempt["container"]["exitCode"], attempt["statusReason"]) == (4, job["statusReason"])
    assert far.account.lines(id_)[-1] == "asked"


def test_the_timeout_of_a_multi_node_job_is_for_all_of_it(far: Any) -> None:
    id_ = far.gang("exec sleep 60", 2, {"timeout": {"attemptDurationSeconds": 60}})
    for index in range(2):
        far.account.when(f"{id_}#{index}", "RUNNING")
    far.account.sandbox.clock(timedelta(seconds=70))
    assert far.account.ended(id_)["statusReason"] == "Job attempt duration exceeded timeout"
    assert far.account.ended(f"{id_}#1")["statusReason"] == "Job attempt duration exceeded timeout"
