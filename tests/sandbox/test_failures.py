"""Throttling, time-outs and lost answers: what is made again, what is found again, and what users are told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from modelyard.errors import SurroundingsError
from modelyard_sandbox import retrying
from modelyard_sandbox.accounts import subscription_of
from modelyard_sandbox.aws.cloud import Clients, Cloud
from modelyard_sandbox.aws.registry import handler_of
from modelyard_sandbox.azure.client import AzureCloud
from modelyard_sandbox.errors import CloudError, NoAnswerError
from modelyard_sandbox.faults import Fault
from modelyard_sandbox.provider.creation import create
from modelyard_sandbox.provider.journal import Journal
from modelyard_sandbox.sandbox import Sandbox

REGION = "eu-central-1"
URN = "urn:pulumi:try::toy::aws:ec2/vpc:Vpc::net"
VPC = handler_of("aws:ec2/vpc:Vpc")
NETWORK = {"cidrBlock": "10.0.0.0/16"}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No waiting between attempts."""
    monkeypatch.setattr(retrying, "FIRST_WAIT_SECONDS", 0.001)


@pytest.fixture
def faulty(sandbox: Sandbox) -> Iterator[Callable[..., None]]:
    """Sets faults, which end with the test."""
    yield sandbox.set_faults
    sandbox.set_faults()


@pytest.fixture
def journal(sandbox: Sandbox, tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal", sandbox.must_run().name)


def networks(cloud: Cloud) -> list[str]:
    return [vpc["CidrBlock"] for vpc in cloud.call("ec2", "DescribeVpcs")["Vpcs"] if not vpc["IsDefault"]]


def notes(journal: Journal) -> list[Path]:
    return list(journal.directory.glob("*.json"))


def test_a_throttled_call_is_made_again(cloud: Cloud, faulty: Callable[..., None]) -> None:
    faulty(Fault("ec2:CreateVpc", "refuse", times=5, code="RequestLimitExceeded"))
    cloud.call("ec2", "CreateVpc", CidrBlock="10.0.0.0/16")
    assert networks(cloud) == ["10.0.0.0/16"]


@pytest.mark.parametrize(
    ("service", "operation", "request_", "fault", "code"),
    [
        ("ec2", "CreateVpc", {"CidrBlock": "10.0.0.0/16"}, "ec2:CreateVpc", "Throttling"),
        ("s3", "CreateBucket", {"Bucket": "throttled"}, "s3:PUT /throttled", "SlowDown"),
        ("kms", "CreateKey", {}, "kms:CreateKey", "ThrottlingException"),
        ("iam", "ListRoles", {}, "iam:ListRoles", "Throttling"),
        (
            "batch",
            "DescribeJobQueues",
            {},
            "batch:POST /v1/describejobqueues",
            "TooManyRequestsException",
        ),
    ],
)
def test_throttling_that_lasts_is_told_in_the_clouds_own_code(
    cloud: Cloud,
    faulty: Callable[..., None],
    service: str,
    operation: str,
    request_: dict[str, Any],
    fault: str,
    code: str,
) -> None:
    faulty(Fault(fault, "refuse", times=retrying.ATTEMPTS_THROTTLED, code=code))
    with pytest.raises(CloudError, match="the sandbox was asked to refuse this") as error:
        cloud.call(service, operation, **request_)
    assert error.value.code == code
    cloud.call(
        service, "ListBuckets" if service == "s3" else operation, **({} if service == "s3" else request_)
    )


def test_what_is_no_throttling_is_not_made_again(cloud: Cloud, faulty: Callable[..., None]) -> None:
    faulty(Fault("ec2:CreateVpc", "refuse", times=1, code="VpcLimitExceeded"))
    with pytest.raises(CloudError, match="VpcLimitExceeded"):
        cloud.call("ec2", "CreateVpc", CidrBlock="10.0.0.0/16")
    assert networks(cloud) == []


def test_a_lost_answer_to_a_read_is_asked_for_again(cloud: Cloud, faulty: Callable[..., None]) -> None:
    faulty(Fault("ec2:DescribeVpcs", "lose", times=2))
    assert networks(cloud) == []


def test_a_lost_answer_to_a_change_is_asked_for_again_and_the_change_made_once(
    cloud: Cloud, faulty: Callable[..., None]
) -> None:
    faulty(Fault("ec2:CreateVpc", "lose", times=retrying.ATTEMPTS_WITHOUT_ANSWER - 1))
    cloud.call("ec2", "CreateVpc", CidrBlock="10.0.0.0/16")
    assert networks(cloud) == ["10.0.0.0/16"]


def test_a_lost_answer_to_a_change_is_told_with_what_is_not_known(
    cloud: Cloud, faulty: Callable[..., None]
) -> None:
    faulty(Fault("ec2:CreateVpc", "lose", times=retrying.ATTEMPTS_WITHOUT_ANSWER))
    with pytest.raises(NoAnswerError, match="no answer to ec2:CreateVpc, which may have been carried out"):
        cloud.call("ec2", "CreateVpc", CidrBlock="10.0.0.0/16")
    assert networks(cloud) == ["10.0.0.0/16"]


def test_a_creation_whose_answer_is_lost_is_made_once(
    cloud: Cloud, faulty: Callable[..., None], journal: Journal
) -> None:
    faulty(Fault("ec2:CreateVpc", "lose", times=2))
    id_, outputs = create(VPC, cloud, URN, NETWORK, journal)
    assert outputs["id"] == id_
    assert networks(cloud) == ["10.0.0.0/16"]
    assert notes(journal) == []


def test_a_creation_that_nobody_heard_of_is_found_again_by_the_next(
    cloud: Cloud, faulty: Callable[..., None], journal: Journal
) -> None:
    faulty(Fault("ec2:CreateVpc", "lose", times=retrying.ATTEMPTS_WITHOUT_ANSWER))
    with pytest.raises(NoAnswerError):
        create(VPC, cloud, URN, NETWORK, journal)
    made = [vpc["VpcId"] for vpc in cloud.call("ec2", "DescribeVpcs")["Vpcs"] if not vpc["IsDefault"]]
    assert len(made) == 1
    assert len(notes(journal)) == 1
    assert notes(journal)[0].stat().st_mode & 0o777 == 0o600

    assert create(VPC, cloud, URN, NETWORK, journal)[0] == made[0]
    assert networks(cloud) == ["10.0.0.0/16"]
    assert notes(journal) == []


def test_what_was_begun_with_other_inputs_is_brought_to_the_new_ones(
    cloud: Cloud, faulty: Callable[..., None], journal: Journal
) -> None:
    def lose(**inputs: Any) -> None:
        faulty(Fault("ec2:CreateVpc", "lose", times=retrying.ATTEMPTS_WITHOUT_ANSWER))
        with pytest.raises(NoAnswerError):
            create(VPC, cloud, URN, {**NETWORK, **inputs}, journal)

    lose()
    (first,) = cloud.call("ec2", "DescribeVpcs", Filters=[{"Name": "is-default", "Values": ["false"]}])[
        "Vpcs"
    ]
    id_, _ = create(VPC, cloud, URN, {**NETWORK, "tags": {"owner": "me"}}, journal)
    assert id_ == first["VpcId"]
    (vpc,) = cloud.call("ec2", "DescribeVpcs", VpcIds=[id_])["Vpcs"]
    assert vpc["Tags"] == [{"Key": "owner", "Value": "me"}]
    VPC.delete(cloud, id_, NETWORK)

    lose()
    create(VPC, cloud, URN, {"cidrBlock": "10.1.0.0/16"}, journal)
    assert networks(cloud) == ["10.1.0.0/16"]


def test_a_creation_that_was_refused_leaves_no_note(
    cloud: Cloud, faulty: Callable[..., None], journal: Journal
) -> None:
    faulty(Fault("ec2:CreateVpc", "refuse", code="VpcLimitExceeded"))
    with pytest.raises(CloudError):
        create(VPC, cloud, URN, NETWORK, journal)
    assert notes(journal) == []


def test_what_was_begun_in_another_server_went_with_it(cloud: Cloud, journal: Journal) -> None:
    Journal(journal.directory, "another").begin(URN, NETWORK)
    assert journal.left(URN) is None


def test_an_answer_that_comes_too_late_is_no_answer(
    sandbox: Sandbox, account_id: str, faulty: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODELYARD_SANDBOX_TIMEOUT_SECONDS", "0.2")
    hasty = Cloud(Clients(sandbox.endpoint, account_id), REGION)
    faulty(Fault("kms:CreateKey", "delay", times=retrying.ATTEMPTS_WITHOUT_ANSWER, seconds=1.0))
    with pytest.raises(NoAnswerError, match="Read timeout"):
        hasty.call("kms", "CreateKey")


def azure(sandbox: Sandbox, account_id: str) -> AzureCloud:
    return AzureCloud(sandbox.must_run().azure_endpoint, subscription_of(account_id))


GROUPS = "2024-03-01"


def test_azures_faults_are_rehearsed_as_well(
    sandbox: Sandbox, account_id: str, faulty: Callable[..., None]
) -> None:
    cloud = azure(sandbox, account_id)
    group = f"/subscriptions/{cloud.subscription_id}/resourceGroups/data"
    faulty(Fault(f"azure:PUT {group}", "refuse", times=5, code="TooManyRequests"))
    cloud.put(group, GROUPS, {"location": "westeurope"})
    faulty(Fault("azure:GET", "refuse", code="AuthorizationFailed"))
    with pytest.raises(CloudError, match="the sandbox was asked to refuse this") as error:
        cloud.get(group, GROUPS)
    assert error.value.code == "AuthorizationFailed"
    faulty(Fault("azure:DELETE", "lose", times=retrying.ATTEMPTS_WITHOUT_ANSWER))
    with pytest.raises(NoAnswerError, match=f"no answer to DELETE {group}, which may have been carried out"):
        cloud.delete(group, GROUPS)
    with pytest.raises(CloudError, match="ResourceGroupNotFound"):
        cloud.get(group, GROUPS)


def test_a_server_that_has_ended_is_named_with_what_to_do() -> None:
    gone = Cloud(Clients("http://127.0.0.1:1"), REGION)
    with pytest.raises(SurroundingsError) as error:
        gone.call("kms", "CreateKey")
    assert not isinstance(error.value, NoAnswerError)
    assert "has ended, and with it all that stood in it: kms:CreateKey was not done" in str(error.value)
    assert "`modelyard sandbox start`" in error.value.mend


def test_a_name_that_begins_with_a_prefix_is_the_same_when_its_creation_is_ended_later(
    cloud: Cloud, faulty: Callable[..., None], journal: Journal
) -> None:
    groups = handler_of("aws:cloudwatch/logGroup:LogGroup")
    urn = URN.replace("aws:ec2/vpc:Vpc", groups.type)
    faulty(Fault("logs:CreateLogGroup", "lose", times=retrying.ATTEMPTS_WITHOUT_ANSWER))
    with pytest.raises(NoAnswerError):
        create(groups, cloud, urn, {"namePrefix": "/toy/"}, journal)
    faulty()
    id_, outputs = create(groups, cloud, urn, {"namePrefix": "/toy/"}, journal)
    assert id_.startswith("/toy/")
    assert outputs["name"] == id_
    found = cloud.call("logs", "DescribeLogGroups")["logGroups"]
    assert [group["logGroupName"] for group in found] == [id_]


def test_a_bucket_that_stands_is_not_made_again_where_s3_would_not_say_so(
    sandbox: Sandbox, account_id: str, faulty: Callable[..., None], journal: Journal
) -> None:
    cloud = sandbox.cloud("us-east-1", account_id)
    bucket, inputs = handler_of("aws:s3/bucket:Bucket"), {"bucket": f"twice-{account_id}"}
    first, second = (f"urn:pulumi:try::toy::{bucket.type}::{name}" for name in ("first", "second"))
    faulty(Fault(f"s3:PUT /twice-{account_id}", "lose", times=retrying.ATTEMPTS_WITHOUT_ANSWER))
    with pytest.raises(NoAnswerError):
        create(bucket, cloud, first, inputs, journal)
    faulty()
    # Its own creation is ended, and another one refused.
    assert create(bucket, cloud, first, inputs, journal)[0] == f"twice-{account_id}"
    with pytest.raises(CloudError) as refused:
        create(bucket, cloud, second, inputs, journal)
    assert str(refused.value) == (
        f"s3:CreateBucket answered BucketAlreadyExists: there is a bucket twice-{account_id} already"
    )
    assert notes(journal) == []
