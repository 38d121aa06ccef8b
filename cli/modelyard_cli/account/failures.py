"""What an account refuses, said for the person who has to mend it. Each answers a SurroundingsError to raise.

Codes and exceptions are botocore's and those of the services' API references ("Common errors"), 2026-11.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from modelyard.errors import SurroundingsError

if TYPE_CHECKING:
    from botocore.exceptions import BotoCoreError, ClientError

SANDBOX = 'to try it without an account: `modelyard sandbox start && eval "$(modelyard sandbox env ENV)"`'

EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})
INVALID = frozenset(
    {
        "AuthFailure",
        "IncompleteSignature",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "InvalidToken",
        "MissingAuthenticationToken",
        "MissingAuthenticationTokenException",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
DENIED = frozenset(
    {"AccessDenied", "AccessDeniedException", "NotAuthorized", "UnauthorizedOperation", "403", "Forbidden"}
)
THROTTLED = frozenset(
    {
        "EC2ThrottledException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "Throttling",
        "ThrottledException",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
"""What botocore's standard mode takes for throttling, but for what services use for quotas as well."""

CONFIGURATION = frozenset(
    {
        "ConfigNotFound",
        "ConfigParseError",
        "CredentialRetrievalError",
        "InfiniteLoopConfigError",
        "InvalidConfigError",
        "MetadataRetrievalError",
        "PartialCredentialsError",
        "ProfileNotFound",
        "RefreshWithMFAUnsupportedError",
        "UnknownCredentialError",
    }
)
"""What botocore raises where the configuration of credentials can't be used."""

CALL = "modelyardCall"
"""Where a session's clients note the call in an error's answer: service, operation and region."""

ACTIONS = {
    ("s3", "HeadBucket"): "s3:ListBucket",
    ("s3", "GetBucketEncryption"): "s3:GetEncryptionConfiguration",
    ("s3", "PutBucketEncryption"): "s3:PutEncryptionConfiguration",
    ("s3", "GetBucketLifecycleConfiguration"): "s3:GetLifecycleConfiguration",
    ("s3", "PutBucketLifecycleConfiguration"): "s3:PutLifecycleConfiguration",
    ("s3", "GetPublicAccessBlock"): "s3:GetBucketPublicAccessBlock",
    ("s3", "PutPublicAccessBlock"): "s3:PutBucketPublicAccessBlock",
    ("s3", "ListObjectsV2"): "s3:ListBucket",
    ("s3", "ListObjectVersions"): "s3:ListBucketVersions",
}
"""IAM's name of calls whose action isn't called like them (Service Authorization Reference, 2026-11)."""

PREFIXES = {"service-quotas": "servicequotas", "efs": "elasticfilesystem"}
"""IAM's prefix of services that botocore calls by another name (same reference)."""


def no_credentials() -> SurroundingsError:
    """Nothing on the machine says who is asking."""
    return SurroundingsError(
        "there are no AWS credentials here",
        "sign in (`aws sso login`, `aws login`), choose a profile with AWS_PROFILE, or set "
        f"AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; {SANDBOX}",
    )


def incomplete_credentials(reason: str) -> SurroundingsError:
    """What says who is asking can't be used: a profile that isn't there, half a key, a broken file."""
    return SurroundingsError(
        f"the AWS credentials here can't be used: {reason}",
        "check AWS_PROFILE, the variables AWS_* and ~/.aws/config; `aws configure list` shows what is in use",
    )


def expired_credentials(reason: str) -> SurroundingsError:
    """They were right once."""
    return SurroundingsError(
        f"the AWS credentials here have expired: {reason}",
        "sign in again (`aws sso login`, `aws login`), or ask for new ones where they came from",
    )


def invalid_credentials(reason: str) -> SurroundingsError:
    """AWS doesn't know them."""
    return SurroundingsError(
        f"AWS doesn't accept the credentials here: {reason}",
        "check for a key that was deleted or copied incompletely, and this machine's clock; "
        "`aws configure list` shows what is in use",
    )


def wrong_account(
    identity_arn: str, account_id: str, expected_id: str, environment: str
) -> SurroundingsError:
    """The credentials are good, and another account's."""
    return SurroundingsError(
        f"these credentials are of account {account_id} ({identity_arn}), and the environment "
        f"{environment} belongs to account {expected_id}",
        f"choose a profile of account {expected_id} with AWS_PROFILE, "
        "or correct account_id in the environment",
    )


def region_not_opted_in(region: str, field: str, account_id: str) -> SurroundingsError:
    """The account hasn't enabled the region."""
    return SurroundingsError(
        f"the region {region} ({field}) isn't enabled in account {account_id}",
        f"enable it: `aws account enable-region --region-name {region}` (takes minutes to hours), "
        "or choose another region in the environment",
    )


def unknown_region(region: str, field: str) -> SurroundingsError:
    """AWS doesn't have the region, as far as this account can see."""
    return SurroundingsError(
        f"AWS has no region {region} ({field})",
        "correct it in the environment; `aws ec2 describe-regions --all-regions` lists them",
    )


def not_permitted(action: str, region: str, reason: str) -> SurroundingsError:
    """The identity may not make a call."""
    return SurroundingsError(
        f"{action} in {region} is refused: {reason}",
        f"let this identity do {action}, or use one that may; a permissions boundary or an organisation's "
        "policy can refuse it as well",
    )


def unreachable(reason: str) -> SurroundingsError:
    """No answer came."""
    return SurroundingsError(
        f"AWS can't be reached: {reason.rstrip('.')}",
        "check the network, the proxy (HTTPS_PROXY) and AWS_ENDPOINT_URL, and try again",
    )


def throttled(call: str, attempts: int) -> SurroundingsError:
    """Too many calls, however often it was tried."""
    return SurroundingsError(
        f"AWS throttles {call}, and still did at attempt {attempts}",
        "try again in some minutes; others of the account may be calling as well",
    )


def refused(call: str, code: str, reason: str) -> SurroundingsError:
    """AWS refuses a call for a reason of the account's own: a quota, a state, a fault of the service."""
    return SurroundingsError(f"{call} failed: {code}: {reason}", "mend that in the account, and try again")


def not_yet(reason: str) -> SurroundingsError:
    """What was asked for hasn't come about in the time that it takes."""
    return SurroundingsError(
        f"AWS was asked, and it hasn't come about yet: {reason}", "wait some minutes, and try again"
    )


def failure(error: BotoCoreError | ClientError) -> SurroundingsError:
    """What botocore raised, for people."""
    from botocore.exceptions import ClientError

    return _of_answer(error) if isinstance(error, ClientError) else _of_machine(error)


@contextmanager
def failures_told() -> Generator[None]:
    """Turn what botocore raises inside into SurroundingsError."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise failure(error) from error


def error_code(error: ClientError) -> str:
    """AWS's code of an error."""
    return error.response.get("Error", {}).get("Code", "")


def _of_answer(error: ClientError) -> SurroundingsError:
    code = error_code(error)
    reason = error.response.get("Error", {}).get("Message", "") or code
    call: dict[str, str] = getattr(error, "response", {}).get(CALL) or {}
    service, region = call.get("service", ""), call.get("region", "its region")
    spoken = f"{service}:{error.operation_name}" if service else error.operation_name
    if code in EXPIRED:
        return expired_credentials(reason)
    if code in INVALID:
        return invalid_credentials(reason)
    if code in DENIED:
        return not_permitted(_action(service, error.operation_name), region, reason)
    if code in THROTTLED:
        return throttled(spoken, _attempts(error.response))
    return refused(f"{spoken} in {region}", code, reason)


def _attempts(answer: Any) -> int:
    return int(answer.get("ResponseMetadata", {}).get("RetryAttempts", 0)) + 1


def _action(service: str, operation: str) -> str:
    prefix = PREFIXES.get(service, service) or "the call"
    return ACTIONS.get((service, operation), f"{prefix}:{operation}")


def _of_machine(error: BotoCoreError) -> SurroundingsError:
    from botocore import exceptions as raised

    reason = str(error)
    if isinstance(error, (raised.NoCredentialsError, raised.NoAuthTokenError)):
        return no_credentials()
    if isinstance(error, (raised.SSOError, raised.LoginError, raised.TokenRetrievalError)):
        return expired_credentials(reason)
    if isinstance(error, (raised.ConnectionError, raised.HTTPClientError)):
        return unreachable(reason)
    if isinstance(error, raised.WaiterError):
        return not_yet(reason)
    if type(error).__name__ in CONFIGURATION:
        return incomplete_credentials(reason)
    return SurroundingsError(
        f"AWS's SDK gives up: {reason}", "mend that, or report it with the whole of this message"
    )
