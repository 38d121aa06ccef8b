"""Which calls are made again, and how often.

Source of the codes: AWS SDKs and Tools Reference Guide, retry behavior, 2026-11.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

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
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)
"""The guide has LimitExceededException as well; most services mean a quota by it, and waiting mends none."""

READS = ("Get", "List", "Describe", "Head")

T = TypeVar("T")


def is_read(operation: str) -> bool:
    """Whether an operation changes nothing, by its name."""
    return operation.startswith(READS)


def is_throttled(error: BaseException) -> bool:
    """Whether the cloud refused only because it was asked too often: nothing was done."""
    return isinstance(error, CloudError) and error.code in THROTTLING_CODES


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
