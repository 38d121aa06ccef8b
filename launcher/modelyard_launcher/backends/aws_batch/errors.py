"""What AWS says when it refuses a call, for whoever has to mend it.

A refusal is certain: nothing was done. Where a call may have been carried out all the same (no answer, a
broken connection, an error of the service's own), `is_unclear` says so. Sources: AWS Batch API Reference,
"Common errors" and the errors of its operations; AWS's own words as its users quote them; 2026-11.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from modelyard.errors import SurroundingsError
from modelyard_launcher.outcomes import AnsweredError

if TYPE_CHECKING:
    from botocore.exceptions import BotoCoreError, ClientError

_THROTTLED = frozenset(
    {
        "RequestLimitExceeded",
        "Throttling",
        "ThrottlingException",
        "TooManyRequests",
        "TooManyRequestsException",
    }
)
_EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"})
_UNKNOWN = frozenset(
    {
        "IncompleteSignature",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "MissingAuthenticationToken",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
_DENIED = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})

_WHO_MAY_NOT = re.compile(
    r"User: (?P<who>\S+) is not authorized to perform: (?P<action>[\w:*-]+)"
    r"(?: on resource: (?P<resource>\S+))?"
)


class ThrottledError(SurroundingsError):
    """AWS takes no more calls for now. The call wasn't carried out: it may be sent again."""


@dataclass(frozen=True, slots=True)
class Words:
    """What AWS says in its messages, and what that means."""

    pattern: str
    message: str
    """What is wrong; `{...}` are the pattern's groups."""
    mend: str


CLIENT_ERRORS: tuple[Words, ...] = (
    Words(
        r"JobQueue (?P<queue>\S+) not found",
        "the queue {queue} isn't there: the pool was replaced or removed since the target was written",
        "take the environment's newest target: leave --target out, or bring it up with `pulumi up`",
    ),
    Words(
        r"JobQueue (?P<queue>\S+) is not ENABLED",
        "the queue {queue} is closed: it takes no jobs outside of the environment's working hours, over its "
        "budget, or while the environment is retired",
        "wait until it opens, or ask whoever runs the environment to open it",
    ),
    Words(
        r"JobDefinition(?: name)? (?P<name>\S+) .*not in ACTIVE status",
        "the job definition {name} was deregistered just now",
        "submit again: it is registered anew",
    ),
    Words(
        r"(?:Job size must be less than|a job can have) (?P<most>\S+)",
        "Batch takes no submission of more than {most} KiB or bytes",
        "wait for fewer runs (depends_on)",
    ),
    Words(
        r"dependsOn .*(?P<job>[0-9a-f]{8}-[0-9a-f-]{27})",
        "Batch has forgotten the job {job}, which the job waits for: it does so a week after its end",
        "look at `modelyard job status` of that run; leave it out of depends_on if it has succeeded",
    ),
    Words(
        r"(?P<role>arn:aws[\w-]*:iam::\d+:role/\S+)",
        "Batch can't use the role {role}",
        "bring the environment up with `pulumi up`, which makes its roles",
    ),
)
"""Texts of Batch's ClientException, each with what to do."""


def refusal(error: ClientError, operation: str, place: str) -> SurroundingsError:
    """What a refused call means."""
    said: dict[str, Any] = dict(error.response.get("Error", {}))
    code, text = str(said.get("Code", "")), str(said.get("Message", ""))
    known: tuple[tuple[bool, Callable[[], SurroundingsError]], ...] = (
        (code in _THROTTLED or _status(error) == 429, lambda: _throttled(operation, place)),
        (code in _EXPIRED, lambda: _expired(place)),
        (code in _UNKNOWN, lambda: _unknown(place)),
        (code in _DENIED or "is not authorized to perform" in text, lambda: _denied(operation, place, text)),
    )
    for holds, meant in known:
        if holds:
            return meant()
    for words in CLIENT_ERRORS:
        found = re.search(words.pattern, text)
        if found:
            return AnsweredError(words.message.format(**found.groupdict()), words.mend)
    raised = SurroundingsError if _status(error) >= 500 else AnsweredError
    return raised(
        f"{operation} in {place} was refused: {text or code}",
        "mend what it says; `modelyard job plan` shows the whole request",
    )


def failure(error: BotoCoreError | ValueError, operation: str, place: str) -> SurroundingsError:
    """What a call means that never got as far as an answer."""
    name = type(error).__name__
    if name in ("NoCredentialsError", "PartialCredentialsError", "CredentialRetrievalError"):
        return AnsweredError(
            f"there are no AWS credentials here for {operation} in {place}",
            "sign in (`aws sso login`, or AWS_PROFILE), or try it in the sandbox: `modelyard sandbox up ENV`",
        )
    if name in ("TokenRetrievalError", "UnauthorizedSSOTokenError", "SSOTokenLoadError"):
        return _expired(place)
    return SurroundingsError(
        f"{operation}: {place} can't be reached: {error}",
        "check the network, and the region of the target",
    )


def is_unclear(error: Exception) -> bool:
    """Whether a call that failed so may have been carried out all the same."""
    name = type(error).__name__
    if name == "ClientError":
        return _status(error) >= 500 and _code(error) not in _THROTTLED
    return name in (
        "ReadTimeoutError",
        "ConnectionClosedError",
        "ConnectionError",
        "HTTPClientError",
        "IncompleteReadError",
        "ResponseParserError",
        "ResponseStreamingError",
        "SSLError",
    )


def _status(error: Any) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") or 0)


def _code(error: Any) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _throttled(operation: str, place: str) -> SurroundingsError:
    return ThrottledError(
        f"{place} takes no more calls of {operation} for now: the account's rate is used up",
        "try again in a minute; if it lasts, see who else calls Batch in this account",
    )


def _expired(place: str) -> SurroundingsError:
    return AnsweredError(
        f"your credentials for {place} have expired",
        "sign in again (`aws sso login`, or whatever gave them to you); what was submitted goes on meanwhile",
    )


def _unknown(place: str) -> SurroundingsError:
    return AnsweredError(
        f"{place} doesn't know your credentials",
        "check them with `aws sts get-caller-identity`, and AWS_PROFILE",
    )


def _denied(operation: str, place: str, text: str) -> SurroundingsError:
    found = _WHO_MAY_NOT.search(text)
    who = found["who"] if found else "you"
    action = found["action"] if found else f"batch:{operation}"
    on = f" on {found['resource']}" if found and found["resource"] else ""
    return AnsweredError(
        f"{who} may not {action}{on} in {place}",
        "ask whoever runs the environment for the policies of its submitters: the target names them "
        "(roles.submitter_policy_arns)",
    )
