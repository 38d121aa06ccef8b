"""How a job at AWS Batch ended, in plain words, where the nodes themselves left none.

A node that comes to its end says so in the checkpoint store. This is for the others: whose machine is gone,
whose image couldn't be pulled, or that never started. Sources, 2026-11: AWS Batch User Guide, "Jobs stuck in
a RUNNABLE status", "Job timeouts", "Automated job retries"; Amazon ECS Developer Guide, "Stopped tasks error
messages"; and what DescribeJobs answered where people published it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from modelyard_launcher.backends.endings import Ending, Words, meaning
from modelyard_node import codes
from modelyard_node.ends import in_words

STATUS_REASONS: tuple[Words, ...] = (
    Words(
        r"Host EC2 \(instance (?P<instance>[^)]+)\) terminated",
        codes.HOST,
        "the machine {instance} was taken back or failed",
        "it starts again by itself while it has starts left; `modelyard job supervise` goes on beyond that",
    ),
    Words(
        r"Host EC2",
        codes.HOST,
        "its machine was taken back or failed",
        "it starts again by itself while it has starts left; `modelyard job supervise` goes on beyond that",
    ),
    Words(
        r"Job attempt duration exceeded timeout",
        codes.TIMEOUT,
        "the attempt took longer than the job's timeout, and its node didn't end it by itself",
        "raise the timeout, or see in its log where it hung",
    ),
    Words(
        r"JobStateTimeLimit action due to reason: CAPACITY:\S*",
        codes.HOST,
        "EC2 had no machine to give, and the queue gives such jobs up after a while",
        "submit again later, or to another pool; reserve what is needed at a certain time",
    ),
    Words(
        r"JobStateTimeLimit action due to reason: MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE",
        codes.BROKEN,
        "the job needs more nodes than its pool may have, and the queue gave it up",
        "take fewer nodes, or raise the pool's max_nodes",
    ),
    Words(
        r"JobStateTimeLimit action due to reason: MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT",
        codes.BROKEN,
        "no machine of the pool has what the job asks for, and the queue gave it up",
        "ask for less (resources.memory above all: the system keeps a part), or take another pool",
    ),
    Words(
        r"JobStateTimeLimit action due to reason: (?P<reason>\S+)",
        codes.BROKEN,
        "the queue gave the job up: {reason}",
        "ask whoever runs the environment to look at its compute environments",
    ),
    Words(
        r"Dependent Job failed",
        codes.BROKEN,
        "it never started: a run that it waits for failed",
        "see why that failed, and submit again once it has succeeded",
    ),
)
"""What stands in statusReason."""

CONTAINER_REASONS: tuple[Words, ...] = (
    Words(
        r"OutOfMemoryError",
        codes.PROGRAM,
        "its memory ran out, and the kernel ended it",
        "take a pool with more memory, or a smaller batch; what lies in /dev/shm and in tmpfs counts too",
    ),
    Words(
        r"CannotPullContainerError: .*?(?P<why>pull access denied|not found|no space left|manifest unknown|"
        r"no basic auth credentials|i/o timeout|context canceled)",
        codes.BROKEN,
        "its image couldn't be pulled: {why}",
        "check that the image is in the environment's repository (`modelyard job build` pushes it there)",
    ),
    Words(
        r"CannotPullContainerError",
        codes.BROKEN,
        "its image couldn't be pulled",
        "check that the image is in the environment's repository (`modelyard job build` pushes it there)",
    ),
    Words(
        r"unable to retrieve secrets? from (?:asm|ssm)",
        codes.BROKEN,
        "a secret that it asks for couldn't be read",
        "check that it is there, under that key, and that the environment names it (secrets)",
    ),
    Words(
        r"ResourceInitializationError: (?P<why>.{1,200})",
        codes.BROKEN,
        "a node couldn't be set up: {why}",
        "see the log group of the environment's nodes",
    ),
    Words(
        r"CannotStartContainerError: .*?(?P<why>exec: .{1,160})",
        codes.BROKEN,
        "its container couldn't be started: {why}",
        "check that the machine has the entrypoint: pools that are older than it get it with `pulumi up`",
    ),
    Words(
        r"Cannot(?:Start|Create)ContainerError: (?P<why>.{1,200})",
        codes.BROKEN,
        "its container couldn't be started: {why}",
        "see the log group of the environment's nodes",
    ),
    Words(
        r"DockerTimeoutError",
        codes.HOST,
        "Docker on its machine didn't answer in time",
        "submit again; a full or failing disk is behind it more often than not",
    ),
)
"""What stands in a container's reason."""

_LEFT = Ending(
    codes.STOPPED,
    "a node left by itself: another attempt holds the run, or somebody asked for the end",
    codes.LEAVE_EXIT_CODE,
)
_USED_UP = Ending(
    codes.HOST,
    "every start that AWS Batch allows was used up",
    codes.RETRY_EXIT_CODE,
    "`modelyard job supervise` submits again after failures of hosts; raise retry.attempts for others",
)
_AGAIN = Ending(codes.HOST, "it asked to be started again: its log says why", codes.RETRY_EXIT_CODE)
_BROKEN = Ending(
    codes.BROKEN,
    "a node couldn't be set up: its log says why",
    codes.BROKEN_EXIT_CODE,
    "see `modelyard job logs`",
)
_OWN_CODES = {codes.LEAVE_EXIT_CODE: _LEFT, codes.RETRY_EXIT_CODE: _USED_UP, codes.BROKEN_EXIT_CODE: _BROKEN}

_NO_WORD = "it ended, and AWS Batch doesn't say why"


def ending_of_job(job: Mapping[str, Any]) -> Ending:
    """How a job ended that is over, as DescribeJobs shows it."""
    if job["status"] == "SUCCEEDED":
        return Ending(codes.SUCCEEDED, None, 0)
    told = job.get("statusReason") or ""
    found = meaning(STATUS_REASONS, told)
    if found is None and (job.get("isTerminated") or job.get("isCancelled")):
        return Ending(codes.STOPPED, told or "it was ended by somebody")
    attempts = job.get("attempts") or []
    container = (attempts[-1].get("container") if attempts else None) or job.get("container") or {}
    return found or _ending(told, container)


def ending_of_attempt(attempt: Mapping[str, Any]) -> Ending:
    """How an attempt ended, as DescribeJobs shows it."""
    told, container = attempt.get("statusReason") or "", attempt.get("container") or {}
    ending = meaning(STATUS_REASONS, told) or _ending(told, container)
    # (whether that was the last start that Batch allows is known of jobs only)
    return _AGAIN if ending is _USED_UP else ending


def _ending(told: str, container: Mapping[str, Any]) -> Ending:
    code: int | None = container.get("exitCode")
    said = meaning(CONTAINER_REASONS, container.get("reason") or "", code)
    if said is not None:
        return said
    if code is None:
        return Ending(codes.BROKEN, container.get("reason") or told or _NO_WORD)
    if code == 0:
        return Ending(codes.SUCCEEDED, None, 0)
    return _OWN_CODES.get(code) or Ending(codes.PROGRAM, f"the main node's program {in_words(code)}", code)
