"""What AWS's refusals mean, and which failures leave it open whether a call was carried out."""

from __future__ import annotations

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
    TokenRetrievalError,
)

from modelyard_launcher.backends.aws_batch.errors import (
    CLIENT_ERRORS,
    ThrottledError,
    failure,
    is_unclear,
    refusal,
)
from modelyard_launcher.outcomes import AnsweredError

PLACE = "AWS in eu-central-1"


def client_error(code: str, message: str = "", status: int = 400) -> ClientError:
    return ClientError(
        {
            "Error": {"Code": code, "Message": message},
            "ResponseMetadata": {"HTTPStatusCode": status},  # type: ignore[typeddict-item]
        },
        "SubmitJob",
    )


ROWS = (
    (
        client_error("TooManyRequestsException", status=429),
        "AWS in eu-central-1 takes no more calls of SubmitJob for now: the account's rate is used up",
        "try again in a minute; if it lasts, see who else calls Batch in this account",
    ),
    (
        client_error("ExpiredTokenException", "The security token included in the request is expired"),
        "your credentials for AWS in eu-central-1 have expired",
        "sign in again (`aws sso login`, or whatever gave them to you); what was submitted goes on meanwhile",
    ),
    (
        client_error("UnrecognizedClientException", "The security token is invalid"),
        "AWS in eu-central-1 doesn't know your credentials",
        "check them with `aws sts get-caller-identity`, and AWS_PROFILE",
    ),
    (
        client_error(
            "AccessDeniedException",
            (
                "User: arn:aws:sts::1:assumed-role/dev/ada is not authorized to perform: batch:SubmitJob on "
                "resource: arn:aws:batch:eu-central-1:1:job-queue/cpu because no identity-based policy allows it"
            ),
        ),
        (
            "arn:aws:sts::1:assumed-role/dev/ada may not batch:SubmitJob on "
            "arn:aws:batch:eu-central-1:1:job-queue/cpu in AWS in eu-central-1"
        ),
        (
            "ask whoever runs the environment for the policies of its submitters: the target names them "
            "(roles.submitter_policy_arns)"
        ),
    ),
    (
        client_error("AccessDeniedException", "no"),
        "you may not batch:SubmitJob in AWS in eu-central-1",
        (
            "ask whoever runs the environment for the policies of its submitters: the target names them "
            "(roles.submitter_policy_arns)"
        ),
    ),
    (
        client_error("ClientException", "JobQueue arn:q not found"),
        "the queue arn:q isn't there: the pool was replaced or removed since the target was written",
        "take the environment's newest target: leave --target out, or bring it up with `pulumi up`",
    ),
    (
        client_error("ClientException", "JobQueue arn:q is not ENABLED"),
        (
            "the queue arn:q is closed: it takes no jobs outside of the environment's working hours, over its "
            "budget, or while the environment is retired"
        ),
        "wait until it opens, or ask whoever runs the environment to open it",
    ),
    (
        client_error("ClientException", "JobDefinition name dev-a does not exist or is not in ACTIVE status"),
        "the job definition dev-a was deregistered just now",
        "submit again: it is registered anew",
    ),
    (
        client_error(
            "ClientException",
            "Error executing request, Exception : Job size must be less than 30 KiB, got 47 KiB, RequestId: 1",
        ),
        "Batch takes no submission of more than 30 KiB or bytes",
        "wait for fewer runs (depends_on)",
    ),
    (
        client_error(
            "ClientException",
            "dependsOn names the job 5b2aa26b-6458-418c-94ac-0521e7648217, which does not exist",
        ),
        (
            "Batch has forgotten the job 5b2aa26b-6458-418c-94ac-0521e7648217, which the job waits for: it does "
            "so a week after its end"
        ),
        "look at `modelyard job status` of that run; leave it out of depends_on if it has succeeded",
    ),
    (
        client_error("ClientException", "executionRoleArn arn:aws:iam::1:role/x is not assumable"),
        "Batch can't use the role arn:aws:iam::1:role/x",
        "bring the environment up with `pulumi up`, which makes its roles",
    ),
    (
        client_error("ClientException", "Something new"),
        "SubmitJob in AWS in eu-central-1 was refused: Something new",
        "mend what it says; `modelyard job plan` shows the whole request",
    ),
)


@pytest.mark.parametrize(("error", "message", "mend"), ROWS, ids=[row[1][:50] for row in ROWS])
def test_a_refusal_says_what_is_wrong_and_what_to_do(error: ClientError, message: str, mend: str) -> None:
    told = refusal(error, "SubmitJob", PLACE)
    assert (told.message, told.mend) == (message, mend)
    assert not is_unclear(error)


def test_each_text_of_batchs_own_is_tried() -> None:
    assert len(CLIENT_ERRORS) == sum(
        1 for error, message, _ in ROWS if _is_batchs(error) and "new" not in message
    )


def _is_batchs(error: ClientError) -> bool:
    return error.response["Error"]["Code"] == "ClientException" and "Something" not in str(error)


def test_only_a_call_that_was_throttled_may_be_sent_again() -> None:
    assert isinstance(refusal(client_error("Throttling"), "SubmitJob", PLACE), ThrottledError)
    assert not isinstance(refusal(client_error("ClientException"), "SubmitJob", PLACE), ThrottledError)


NEVER_SENT = (
    EndpointConnectionError(endpoint_url="https://batch"),
    ConnectTimeoutError(endpoint_url="https://batch"),
    NoCredentialsError(),
)
UNCLEAR = (
    ReadTimeoutError(endpoint_url="https://batch"),
    ConnectionClosedError(endpoint_url="https://batch"),
    client_error("ServerException", status=500),
    client_error("InternalFailure", status=503),
)


@pytest.mark.parametrize("error", NEVER_SENT, ids=lambda error: type(error).__name__)
def test_what_never_left_this_machine_was_not_carried_out(error: Exception) -> None:
    assert not is_unclear(error)


@pytest.mark.parametrize("error", UNCLEAR, ids=str)
def test_what_had_no_answer_may_have_been_carried_out(error: Exception) -> None:
    assert is_unclear(error)


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (NoCredentialsError(), "there are no AWS credentials here for SubmitJob in AWS in eu-central-1"),
        (
            TokenRetrievalError(provider="sso", error_msg="expired"),
            "your credentials for AWS in eu-central-1 have expired",
        ),
        (
            EndpointConnectionError(endpoint_url="https://batch"),
            (
                "SubmitJob: AWS in eu-central-1 can't be reached: Could not connect to the endpoint URL: "
                '"https://batch"'
            ),
        ),
    ],
    ids=["no credentials", "expired", "no network"],
)
def test_a_call_that_got_no_answer_says_why(error: Exception, message: str) -> None:
    assert failure(error, "SubmitJob", PLACE).message == message  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("error", "answered"),
    [
        (client_error("ExpiredTokenException"), True),
        (client_error("UnrecognizedClientException"), True),
        (client_error("AccessDeniedException", status=403), True),
        (client_error("ClientException", "JobQueue arn:q not found"), True),
        (client_error("ClientException", "something new"), True),
        (client_error("ServerException", status=500), False),
        (client_error("TooManyRequestsException", status=429), False),
    ],
    ids=lambda value: str(value),
)
def test_what_a_region_says_isnt_taken_for_its_loss(error: ClientError, answered: bool) -> None:
    assert isinstance(refusal(error, "DescribeJobs", PLACE), AnsweredError) is answered


def test_without_credentials_a_region_isnt_lost_and_without_a_network_it_may_be() -> None:
    assert isinstance(failure(NoCredentialsError(), "DescribeJobs", PLACE), AnsweredError)
    away = EndpointConnectionError(endpoint_url="https://batch")
    assert not isinstance(failure(away, "DescribeJobs", PLACE), AnsweredError)
