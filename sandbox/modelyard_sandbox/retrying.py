"""Which calls are made again, and how often.

Sources of the codes: AWS SDKs and Tools Reference Guide, retry behavior; Azure Resource Manager, throttling
resource manager requests; 2026-11.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, TypeVar

from modelyard.errors import SurroundingsError
from modelyard_sandbox.errors import CloudError, NoAnswerError

ATTEMPTS_THROTTLED = 6
ATTEMPTS_WITHOUT_ANSWER = 3
FIRST_WAIT_SECONDS = 0.1
LONGEST_WAIT_SECONDS = 2.0

THROTTLING_CODES = frozenset(
    {
        "BandwidthLimitExceeded",
        "EC2ThrottledException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequests",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)
"""The guide has LimitExceededException as well; most services mean a quota by it, and waiting mends none."""

TIMEOUT_VARIABLE = "MODELYARD_SANDBOX_TIMEOUT_SECONDS"
"""Seconds that a call waits for its answer, where the default is too few or too many."""
TIMEOUT_SECONDS = 20.0

READS = ("Get", "List", "Describe", "Head")

T = TypeVar("T")


def without_answer(endpoint: str, call: str, error: Exception, *, reached: bool) -> SurroundingsError:
    """What to tell of a call that got no answer; `reached`: the server took it, so that it may have been
    carried out.
    """
    if not reached:
        return SurroundingsError(
            f"the sandbox at {endpoint} has ended, and with it all that stood in it: {call} was not done",
            "see its log with `modelyard sandbox status`; `modelyard sandbox start`, or `sandbox up ENV`, "
            "begins anew, from nothing",
        )
    return NoAnswerError(
        f"the sandbox at {endpoint} gave no answer to {call}, which may have been carried out: {error}",
        "try again: what was carried out is found again, and not done twice",
    )


def timeout_seconds() -> float:
    """How long a call waits for its answer."""
    return float(os.environ.get(TIMEOUT_VARIABLE, TIMEOUT_SECONDS))


def is_read(operation: str) -> bool:
    """Whether an operation changes nothing, by its name."""
    return operation.startswith(READS)


def is_throttled(error: BaseException) -> bool:
    """Whether the cloud refused only because it was asked too often: nothing was done."""
    return isinstance(error, CloudError) and (error.says_throttled or error.code in THROTTLING_CODES)


def answered(call: Callable[[], T], *, safe: bool) -> T:
    """The call's answer; it is made again after a pause if it was throttled, and, where it is safe to, if
    there was no answer. The last error is raised as it is.
    """
    try:
        return call()
    except (CloudError, NoAnswerError) as error:
        if not (is_throttled(error) or (safe and isinstance(error, NoAnswerError))):
            raise
    return _again(call, safe=safe)


def _again(call: Callable[[], T], *, safe: bool) -> T:
    from tenacity import Retrying, retry_if_exception, wait_random_exponential

    def stop(state: Any) -> bool:
        error = state.outcome.exception()
        most = ATTEMPTS_THROTTLED if is_throttled(error) else ATTEMPTS_WITHOUT_ANSWER
        return state.attempt_number + 1 >= most  # one was made before

    attempts = Retrying(
        reraise=True,
        stop=stop,
        wait=wait_random_exponential(multiplier=FIRST_WAIT_SECONDS, max=LONGEST_WAIT_SECONDS),
        retry=retry_if_exception(
            lambda error: is_throttled(error) or (safe and isinstance(error, NoAnswerError))
        ),
    )
    return attempts(call)
