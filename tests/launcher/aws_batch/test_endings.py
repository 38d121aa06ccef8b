"""What AWS Batch says of a job's end, in plain words: a row for each that a job can meet."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from modelyard_launcher.backends.aws_batch.endings import ending_of_attempt, ending_of_job
from modelyard_sandbox.moto_extensions.batch.running import reasons

ESSENTIAL = reasons.ESSENTIAL_EXITED
FAILED_TO_START = reasons.FAILED_TO_START


class Row(NamedTuple):
    """What Batch shows, and what is made of it."""

    id: str
    status_reason: str
    container: dict[str, Any]
    kind: str
    reason: str
    mend: str | None = None


ROWS = (
    Row(
        "host failure",
        reasons.host_terminated("i-0123456789abcdef0"),
        {},
        "host",
        "the machine i-0123456789abcdef0 was taken back or failed",
        "it starts again by itself while it has starts left; `modelyard job supervise` goes on beyond that",
    ),
    Row(
        "host failure in other words",
        "Host EC2 Terminated",
        {},
        "host",
        "its machine was taken back or failed",
        "it starts again by itself while it has starts left; `modelyard job supervise` goes on beyond that",
    ),
    Row(
        "timeout",
        reasons.TIMED_OUT,
        {"exitCode": 143},
        "timeout",
        "the attempt took longer than the job's timeout, and its node didn't end it by itself",
        "raise the timeout, or see in its log where it hung",
    ),
    Row(
        "no capacity for too long",
        reasons.cancelled_when_stuck("CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY"),
        {},
        "host",
        "EC2 had no machine to give, and the queue gives such jobs up after a while",
        "submit again later, or to another pool; reserve what is needed at a certain time",
    ),
    Row(
        "more than the pool may have",
        reasons.cancelled_when_stuck("MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE"),
        {},
        "broken",
        "the job needs more nodes than its pool may have, and the queue gave it up",
        "take fewer nodes, or raise the pool's max_nodes",
    ),
    Row(
        "more than a machine has",
        reasons.cancelled_when_stuck("MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT"),
        {},
        "broken",
        "no machine of the pool has what the job asks for, and the queue gave it up",
        "ask for less (resources.memory above all: the system keeps a part), or take another pool",
    ),
    Row(
        "given up for another reason",
        reasons.cancelled_when_stuck("MISCONFIGURATION:SERVICE_ROLE_PERMISSIONS"),
        {},
        "broken",
        "the queue gave the job up: MISCONFIGURATION:SERVICE_ROLE_PERMISSIONS",
        "ask whoever runs the environment to look at its compute environments",
    ),
    Row(
        "a run that it waits for failed",
        reasons.DEPENDENT_FAILED,
        {},
        "broken",
        "it never started: a run that it waits for failed",
        "see why that failed, and submit again once it has succeeded",
    ),
    Row(
        "out of memory",
        ESSENTIAL,
        {"exitCode": 137, "reason": reasons.OUT_OF_MEMORY},
        "program",
        "its memory ran out, and the kernel ended it",
        "take a pool with more memory, or a smaller batch; what lies in /dev/shm and in tmpfs counts too",
    ),
    Row(
        "image that isn't there",
        FAILED_TO_START,
        {"reason": reasons.image_missing("cnn:1.0")},
        "broken",
        "its image couldn't be pulled: pull access denied",
        "check that the image is in the environment's repository (`modelyard job build` pushes it there)",
    ),
    Row(
        "image that can't be pulled for another reason",
        FAILED_TO_START,
        {"reason": "CannotPullContainerError: toomanyrequests"},
        "broken",
        "its image couldn't be pulled",
        "check that the image is in the environment's repository (`modelyard job build` pushes it there)",
    ),
    Row(
        "secret that isn't there",
        FAILED_TO_START,
        {"reason": reasons.secret_missing("arn:aws:secretsmanager:x", "eu-central-1")},
        "broken",
        "a secret that it asks for couldn't be read",
        "check that it is there, under that key, and that the environment names it (secrets)",
    ),
    Row(
        "parameter that isn't there",
        FAILED_TO_START,
        {"reason": reasons.parameter_missing("/p", "eu-central-1")},
        "broken",
        "a secret that it asks for couldn't be read",
        "check that it is there, under that key, and that the environment names it (secrets)",
    ),
    Row(
        "node that can't be set up",
        FAILED_TO_START,
        {"reason": "ResourceInitializationError: failed to mount a volume"},
        "broken",
        "a node couldn't be set up: failed to mount a volume",
        "see the log group of the environment's nodes",
    ),
    Row(
        "no entrypoint",
        FAILED_TO_START,
        {"reason": reasons.not_executable("/opt/modelyard/entrypoint/run", exists=False)},
        "broken",
        'its container couldn\'t be started: exec: "/opt/modelyard/entrypoint/run": stat '
        "/opt/modelyard/entrypoint/run: no such file or directory: unknown",
        "check that the machine has the entrypoint: pools that are older than it get it with `pulumi up`",
    ),
    Row(
        "no log group",
        FAILED_TO_START,
        {"reason": reasons.NO_LOG_GROUP},
        "broken",
        "its container couldn't be started: Error response from daemon: failed to initialize logging "
        "driver: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group "
        "does not exist.",
        "see the log group of the environment's nodes",
    ),
    Row(
        "docker that hangs",
        FAILED_TO_START,
        {"reason": "DockerTimeoutError: Could not transition to started; timed out after waiting 3m0s"},
        "host",
        "Docker on its machine didn't answer in time",
        "submit again; a full or failing disk is behind it more often than not",
    ),
    Row(
        "a program's code",
        ESSENTIAL,
        {"exitCode": 3},
        "program",
        "the main node's program exited with code 3",
    ),
    Row(
        "a signal",
        ESSENTIAL,
        {"exitCode": 139},
        "program",
        "the main node's program was ended by SIGSEGV (exit code 139)",
    ),
    Row(
        "left by itself",
        ESSENTIAL,
        {"exitCode": 240},
        "stopped",
        "a node left by itself: another attempt holds the run, or somebody asked for the end",
    ),
    Row(
        "no starts left",
        ESSENTIAL,
        {"exitCode": 241},
        "host",
        "every start that AWS Batch allows was used up",
        "`modelyard job supervise` submits again after failures of hosts; raise retry.attempts for others",
    ),
    Row(
        "set up badly",
        ESSENTIAL,
        {"exitCode": 242},
        "broken",
        "a node couldn't be set up: its log says why",
        "see `modelyard job logs`",
    ),
    Row("words of its own", "Something new", {}, "broken", "Something new"),
    Row("no word", "", {}, "broken", "it ended, and AWS Batch doesn't say why"),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_an_end_is_told_in_plain_words_with_what_to_do(row: Row) -> None:
    attempt = {"statusReason": row.status_reason, "container": row.container, "stoppedAt": 1}
    job = {"status": "FAILED", "statusReason": row.status_reason, "attempts": [attempt]}
    of_job, of_attempt = ending_of_job(job), ending_of_attempt(attempt)
    for ending in (of_job,) if row.id == "no starts left" else (of_job, of_attempt):
        assert (ending.kind, ending.reason, ending.mend) == (row.kind, row.reason, row.mend)
        assert ending.exit_code == row.container.get("exitCode") or row.id == "timeout"


def test_an_attempt_that_asked_for_another_start_does_not_say_that_it_was_the_last() -> None:
    ending = ending_of_attempt({"statusReason": ESSENTIAL, "container": {"exitCode": 241}, "stoppedAt": 1})
    assert (ending.kind, ending.exit_code, ending.mend) == ("host", 241, None)
    assert ending.reason == "it asked to be started again: its log says why"


def test_each_end_has_a_message_of_its_own() -> None:
    told = [row.reason for row in ROWS if "secret" not in row.id and "parameter" not in row.id]
    assert len(set(told)) == len(told)


def test_a_job_that_succeeded_has_no_reason() -> None:
    ending = ending_of_job({"status": "SUCCEEDED", "statusReason": ESSENTIAL})
    assert (ending.kind, ending.reason, ending.exit_code) == ("succeeded", None, 0)


@pytest.mark.parametrize("flag", ["isTerminated", "isCancelled"])
def test_a_job_that_somebody_ended_says_why(flag: str) -> None:
    job = {"status": "FAILED", "statusReason": "cancelled by ada@lab", flag: True}
    assert (ending_of_job(job).kind, ending_of_job(job).reason) == ("stopped", "cancelled by ada@lab")


def test_a_job_that_its_queue_gave_up_was_ended_by_nobody() -> None:
    told = reasons.cancelled_when_stuck("CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY")
    assert ending_of_job({"status": "FAILED", "statusReason": told, "isCancelled": True}).kind == "host"
