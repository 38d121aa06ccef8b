"""What the sandbox adds to moto, checked as the cloud documents it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from modelyard_sandbox.moto_extensions.s3_logging import may_deliver_logs
from modelyard_sandbox.moto_extensions.s3_policies import denies
from modelyard_sandbox.sandbox import Sandbox

REGION = "eu-central-1"
ACCOUNT = "222233334444"


@pytest.fixture
def client(sandbox: Sandbox) -> Any:
    """Makes a client of the account by the service's name."""
    return lambda service: sandbox.client(service, REGION, ACCOUNT)


def refused(call: Any, **request: Any) -> str:
    """The code of the error that the call ends with."""
    with pytest.raises(ClientError) as error:
        call(**request)
    return error.value.response["Error"]["Code"]


def test_placement_groups_are_refused_as_documented(client: Any) -> None:
    ec2 = client("ec2")
    ec2.create_placement_group(GroupName="a", Strategy="partition", PartitionCount=3)
    assert refused(ec2.create_placement_group, GroupName="a") == "InvalidPlacementGroup.Duplicate"
    assert refused(ec2.describe_placement_groups, GroupNames=["b"]) == "InvalidPlacementGroup.Unknown"
    assert refused(ec2.delete_placement_group, GroupName="b") == "InvalidPlacementGroup.Unknown"
    combination = {"GroupName": "c", "Strategy": "cluster", "PartitionCount": 2}
    assert refused(ec2.create_placement_group, **combination) == "InvalidParameterCombination"
    many = {"GroupName": "c", "Strategy": "partition", "PartitionCount": 8}
    assert refused(ec2.create_placement_group, **many) == "InvalidParameterValue"
    level = {"GroupName": "c", "Strategy": "cluster", "SpreadLevel": "rack"}
    assert refused(ec2.create_placement_group, **level) == "InvalidParameterCombination"
    assert refused(ec2.create_placement_group, Strategy="cluster") == "MissingParameter"
    found = ec2.describe_placement_groups(Filters=[{"Name": "strategy", "Values": ["partition"]}])
    assert [(group["GroupName"], group["PartitionCount"]) for group in found["PlacementGroups"]] == [("a", 3)]
    assert (
        ec2.describe_placement_groups(Filters=[{"Name": "strategy", "Values": ["cluster"]}])[
            "PlacementGroups"
        ]
        == []
    )
    ec2.delete_placement_group(GroupName="a")


def test_a_rotation_has_its_period(client: Any) -> None:
    kms = client("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    assert "RotationPeriodInDays" not in kms.get_key_rotation_status(KeyId=key)
    kms.enable_key_rotation(KeyId=key)
    assert kms.get_key_rotation_status(KeyId=key)["RotationPeriodInDays"] == 365
    kms.enable_key_rotation(KeyId=key, RotationPeriodInDays=90)
    assert kms.get_key_rotation_status(KeyId=key)["RotationPeriodInDays"] == 90
    kms.disable_key_rotation(KeyId=key)
    assert "RotationPeriodInDays" not in kms.get_key_rotation_status(KeyId=key)


def test_batch_checks_what_a_compute_environment_refers_to(client: Any) -> None:
    batch = client("batch")

    def create(**resources: Any) -> str:
        return refused(
            batch.create_compute_environment,
            computeEnvironmentName="a",
            type="MANAGED",
            computeResources={
                "type": "EC2",
                "minvCpus": 0,
                "maxvCpus": 1,
                "subnets": [],
                "securityGroupIds": [],
                "instanceTypes": ["c7i.large"],
                **resources,
            },
        )

    assert create(allocationStrategy="SPOT_CAPACITY_OPTIMIZED") == "ClientException"
    assert create(launchTemplate={"launchTemplateId": "lt-12345678"}) == "ClientException"
    assert create(placementGroup="none") == "ClientException"


def test_batch_deletes_nothing_that_is_enabled_or_in_use(client: Any) -> None:
    batch, ec2, iam = client("batch"), client("ec2"), client("iam")
    subnet = ec2.describe_subnets()["Subnets"][0]
    group = ec2.describe_security_groups()["SecurityGroups"][0]
    iam.create_instance_profile(InstanceProfileName="nodes")
    batch.create_compute_environment(
        computeEnvironmentName="pool",
        type="MANAGED",
        computeResources={
            "type": "EC2",
            "minvCpus": 0,
            "maxvCpus": 8,
            "subnets": [subnet["SubnetId"]],
            "securityGroupIds": [group["GroupId"]],
            "instanceTypes": ["c7i.large"],
            "instanceRole": "nodes",
        },
    )
    pool = batch.describe_compute_environments()["computeEnvironments"][0]
    assert pool["updatePolicy"] == {"terminateJobsOnUpdate": False, "jobExecutionTimeoutMinutes": 30}
    batch.create_job_queue(
        jobQueueName="queue",
        priority=1,
        state="ENABLED",
        computeEnvironmentOrder=[{"order": 1, "computeEnvironment": pool["computeEnvironmentArn"]}],
    )
    assert refused(batch.delete_compute_environment, computeEnvironment="pool") == "ClientException"
    batch.update_compute_environment(computeEnvironment="pool", state="DISABLED")
    with pytest.raises(ClientError, match="Cannot delete, found existing JobQueue relationship"):
        batch.delete_compute_environment(computeEnvironment="pool")
    with pytest.raises(ClientError, match="must be in the state DISABLED"):
        batch.delete_job_queue(jobQueue="queue")
    minutes = {"updatePolicy": {"jobExecutionTimeoutMinutes": 7201}}
    assert (
        refused(batch.update_compute_environment, computeEnvironment="pool", **minutes) == "ClientException"
    )
    batch.update_job_queue(jobQueue="queue", state="DISABLED")
    batch.delete_job_queue(jobQueue="queue")
    batch.delete_compute_environment(computeEnvironment="pool")
    assert batch.describe_compute_environments()["computeEnvironments"] == []


def test_a_backup_plan_with_selections_stays(client: Any) -> None:
    backup = client("backup")
    backup.create_backup_vault(BackupVaultName="vault")
    rules = [{"RuleName": "daily", "TargetBackupVaultName": "vault"}]
    plan = backup.create_backup_plan(BackupPlan={"BackupPlanName": "plan", "Rules": rules})["BackupPlanId"]
    selection = {
        "SelectionName": "all",
        "IamRoleArn": f"arn:aws:iam::{ACCOUNT}:role/backup",
        "Resources": ["*"],
    }
    made = backup.create_backup_selection(BackupPlanId=plan, BackupSelection=selection)["SelectionId"]
    again = {"BackupPlanId": plan, "BackupSelection": selection}
    assert refused(backup.create_backup_selection, **again) == "AlreadyExistsException"
    wrong = {
        "BackupPlanId": plan,
        "BackupSelection": {**selection, "SelectionName": "b", "IamRoleArn": "role"},
    }
    assert refused(backup.create_backup_selection, **wrong) == "InvalidParameterValueException"
    listed = backup.list_backup_selections(BackupPlanId=plan)["BackupSelectionsList"]
    assert [item["SelectionName"] for item in listed] == ["all"]
    assert refused(backup.delete_backup_plan, BackupPlanId=plan) == "InvalidRequestException"
    backup.delete_backup_selection(BackupPlanId=plan, SelectionId=made)
    gone = {"BackupPlanId": plan, "SelectionId": made}
    assert refused(backup.get_backup_selection, **gone) == "ResourceNotFoundException"
    backup.delete_backup_plan(BackupPlanId=plan)
    # The name is free again.
    backup.create_backup_plan(BackupPlan={"BackupPlanName": "plan", "Rules": rules})


def test_an_upload_that_the_buckets_policy_denies_is_refused(client: Any) -> None:
    s3 = client("s3")
    s3.create_bucket(Bucket="guarded", CreateBucketConfiguration={"LocationConstraint": REGION})
    right, wrong = (f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{name}" for name in ("right", "wrong"))
    header = "s3:x-amz-server-side-encryption-aws-kms-key-id"
    # A negated operator holds for a header that isn't there, so an upload that says nothing is let off by itself.
    condition = {"StringNotEquals": {header: right}, "Null": {header: "false"}}
    s3.put_bucket_policy(Bucket="guarded", Policy=_deny(condition, "arn:aws:s3:::guarded/*"))

    def put(**encryption: Any) -> Any:
        return s3.put_object(Bucket="guarded", Key="a", Body=b"1", **encryption)

    put()
    put(ServerSideEncryption="aws:kms", SSEKMSKeyId=right)
    assert refused(put, ServerSideEncryption="aws:kms", SSEKMSKeyId=wrong) == "AccessDenied"
    upload = {"Bucket": "guarded", "Key": "b", "ServerSideEncryption": "aws:kms", "SSEKMSKeyId": wrong}
    assert refused(s3.create_multipart_upload, **upload) == "AccessDenied"
    assert s3.get_object(Bucket="guarded", Key="a")["Body"].read() == b"1"


KEY = "s3:x-amz-server-side-encryption"


@pytest.mark.parametrize(
    ("condition", "value", "denied"),
    [
        ({"Null": {KEY: "true"}}, None, True),
        ({"Null": {KEY: "true"}}, "aws:kms", False),
        ({"Null": {KEY: False}}, "aws:kms", True),
        ({"StringEquals": {KEY: ["AES256", "none"]}}, "AES256", True),
        ({"StringEquals": {KEY: "AES256"}}, None, False),
        ({"StringNotEquals": {KEY: "aws:kms"}}, "AES256", True),
        ({"StringNotEquals": {KEY: "aws:kms"}}, "aws:kms", False),
        ({"StringNotEquals": {KEY: "aws:kms"}}, None, True),
        ({"StringNotEquals": {KEY: ["aws:kms", "aws:kms:dsse"]}}, "aws:kms:dsse", False),
        ({"StringEqualsIfExists": {KEY: "AES256"}}, None, True),
        ({"StringLike": {KEY: "aws:*"}}, "aws:kms", True),
        ({"ArnNotLike": {KEY: "arn:aws:kms:*"}}, "arn:aws:kms:eu-central-1:1:key/a", False),
        ({"Bool": {"aws:SecureTransport": "false"}}, None, False),
        ({"Bool": {"aws:SecureTransport": True}}, None, True),
        ({"NumericLessThan": {"s3:TlsVersion": 1.2}}, None, False),
        ({"StringEquals": {KEY: "a"}, "Bool": {"aws:SecureTransport": "false"}}, "a", False),
        ({}, None, True),
    ],
)
def test_a_denial_holds_if_all_its_conditions_do(
    condition: dict[str, Any], value: str | None, denied: bool
) -> None:
    context = {"aws:SecureTransport": "true"} | ({KEY: value} if value else {})
    policy = _deny(condition, "arn:aws:s3:::a/*")
    assert _denied(policy, context=context) is denied


@pytest.mark.parametrize(
    ("change", "denied"),
    [
        ({}, True),
        ({"Action": "s3:*"}, True),
        ({"Action": ["s3:GetObject", "s3:putobject"]}, True),
        ({"Action": "s3:GetObject"}, False),
        ({"Resource": "arn:aws:s3:::b/*"}, False),
        ({"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}}, True),
        ({"Principal": {"AWS": ["999999999999"]}}, False),
        ({"Principal": {"Service": "logging.s3.amazonaws.com"}}, False),
        ({"Effect": "Allow"}, False),
    ],
)
def test_a_denial_concerns_its_principals_actions_and_resources(change: dict[str, Any], denied: bool) -> None:
    statement = json.loads(_deny({}, "arn:aws:s3:::a/*"))["Statement"]
    assert _denied(json.dumps({"Statement": [{**statement, **change}]})) is denied


@pytest.mark.parametrize(
    ("statement", "may"),
    [
        ({}, True),
        ({"Principal": {"Service": ["other.amazonaws.com", "logging.s3.amazonaws.com"]}}, True),
        ({"Resource": ["arn:aws:s3:::logs/*", "arn:aws:s3:::other/*"]}, True),
        ({"Resource": "arn:aws:s3:::logs/b/*"}, False),
        ({"Principal": "*"}, False),
        ({"Effect": "Deny"}, False),
        ({"Action": "s3:GetObject"}, False),
    ],
)
def test_logs_are_delivered_where_a_statement_allows_it(statement: dict[str, Any], may: bool) -> None:
    allowed = {
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::logs/a/*",
    }

    class Bucket:
        name = "logs"
        partition = "aws"
        policy = json.dumps({"Statement": [{**allowed, **statement}]}).encode()

    assert may_deliver_logs(Bucket, "a/") is may


def _deny(condition: dict[str, Any], resource: str) -> str:
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:PutObject",
        "Resource": resource,
        "Condition": condition,
    }
    return json.dumps({"Version": "2012-10-17", "Statement": statement})


def _denied(policy: str, *, context: dict[str, str] | None = None) -> bool:
    return denies(
        policy, account_id=ACCOUNT, action="s3:PutObject", resource="arn:aws:s3:::a/b", context=context or {}
    )
