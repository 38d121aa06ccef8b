"""AWS Backup in the sandbox: what it refuses, and what its jobs really make."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from modelyard_sandbox.sandbox import Sandbox

REGION, RECOVERY_REGION = "eu-central-1", "eu-west-1"
RULE = {"RuleName": "daily", "TargetBackupVaultName": "vault"}
PARAMETER = "InvalidParameterValueException"
REQUEST = "InvalidRequestException"
MISSING = "ResourceNotFoundException"


class Account:
    """An account with its vaults."""

    def __init__(self, sandbox: Sandbox, account_id: str) -> None:
        self.id = account_id
        self._sandbox = sandbox
        self.role = f"arn:aws:iam::{account_id}:role/backup"
        self.backup = self.client("backup")
        self.s3 = self.client("s3")

    def client(self, service: str, region: str = REGION) -> Any:
        """A client of the account."""
        return self._sandbox.client(service, region, self.id)

    def vault(self, name: str = "vault", region: str = REGION) -> str:
        """A new vault's arn."""
        return self.client("backup", region).create_backup_vault(BackupVaultName=name)["BackupVaultArn"]

    def bucket(self, name: str, region: str = REGION, *, versioned: bool = True, **objects: bytes) -> str:
        """A new bucket with objects; its name."""
        s3, full = self.client("s3", region), f"{name}-{self.id}"
        s3.create_bucket(Bucket=full, CreateBucketConfiguration={"LocationConstraint": region})
        if versioned:
            s3.put_bucket_versioning(Bucket=full, VersioningConfiguration={"Status": "Enabled"})
        for key, body in objects.items():
            s3.put_object(Bucket=full, Key=key, Body=body, Metadata={"made": "by"}, Tagging="kind=data")
        return full

    def back_up(self, bucket: str, vault: str = "vault", **request: Any) -> dict[str, Any]:
        """The job that backs a bucket up."""
        arn = f"arn:aws:s3:::{bucket}"
        started = self.backup.start_backup_job(
            BackupVaultName=vault, ResourceArn=arn, IamRoleArn=self.role, **request
        )
        return self.backup.describe_backup_job(BackupJobId=started["BackupJobId"])

    def restore(self, point: str, region: str = REGION, **metadata: str) -> dict[str, Any]:
        """The job that restores a recovery point."""
        backup = self.client("backup", region)
        started = backup.start_restore_job(
            RecoveryPointArn=point, Metadata=metadata, IamRoleArn=self.role, ResourceType="S3"
        )
        return backup.describe_restore_job(RestoreJobId=started["RestoreJobId"])

    def contents(self, bucket: str, region: str = REGION) -> dict[str, bytes]:
        """What lies in a bucket."""
        s3 = self.client("s3", region)
        listed = s3.list_objects_v2(Bucket=bucket).get("Contents", [])
        return {item["Key"]: s3.get_object(Bucket=bucket, Key=item["Key"])["Body"].read() for item in listed}


@pytest.fixture
def account(sandbox: Sandbox, account_id: str) -> Account:
    return Account(sandbox, account_id)


def refused(call: Any, **request: Any) -> tuple[str, str]:
    """Code and message of the error that a call ends with."""
    with pytest.raises(ClientError) as error:
        call(**request)
    said = error.value.response["Error"]
    return said["Code"], said["Message"]


def test_a_vault_is_made_described_and_deleted_once_empty(account: Account) -> None:
    arn = account.vault()
    code, message = refused(account.backup.create_backup_vault, BackupVaultName="vault")
    assert (code, message) == ("AlreadyExistsException", "Backup vault with the same name already exists")
    code, message = refused(account.backup.create_backup_vault, BackupVaultName="a vault")
    assert (code, message) == (PARAMETER, "Invalid backup vault name: a vault")
    described = account.backup.describe_backup_vault(BackupVaultName="vault")
    assert (described["BackupVaultArn"], described["NumberOfRecoveryPoints"], described["Locked"]) == (
        arn,
        0,
        False,
    )
    point = account.back_up(account.bucket("data", a=b"1"))["RecoveryPointArn"]
    code, message = refused(account.backup.delete_backup_vault, BackupVaultName="vault")
    assert code == REQUEST
    assert message == "Backup vault cannot be deleted: vault is not empty (1 recovery points)"
    account.backup.delete_recovery_point(BackupVaultName="vault", RecoveryPointArn=point)
    account.backup.delete_backup_vault(BackupVaultName="vault")
    assert account.backup.list_backup_vaults()["BackupVaultList"] == []
    assert refused(account.backup.delete_backup_vault, BackupVaultName="vault")[0] == MISSING


def test_vaults_are_listed_page_by_page(account: Account) -> None:
    for name in ("one", "two", "three"):
        account.vault(name)
    first = account.backup.list_backup_vaults(MaxResults=2)
    second = account.backup.list_backup_vaults(MaxResults=2, NextToken=first["NextToken"])
    names = [vault["BackupVaultName"] for page in (first, second) for vault in page["BackupVaultList"]]
    assert (names, "NextToken" in second) == (["one", "two", "three"], False)
    assert refused(account.backup.list_backup_vaults, NextToken="x") == (PARAMETER, "Invalid NextToken: x")


def test_a_vaults_access_policy_denies(account: Account) -> None:
    arn = account.vault()
    kept = {"BackupVaultName": "vault"}
    assert refused(account.backup.get_backup_vault_access_policy, **kept) == (
        MISSING,
        "Backup vault vault has no access policy",
    )
    deny = {"Effect": "Deny", "Principal": "*", "Action": "backup:DeleteBackupVault", "Resource": arn}
    policy = {"Version": "2012-10-17", "Statement": [deny]}
    account.backup.put_backup_vault_access_policy(BackupVaultName="vault", Policy=json.dumps(policy))
    assert json.loads(account.backup.get_backup_vault_access_policy(**kept)["Policy"]) == policy
    code, message = refused(account.backup.delete_backup_vault, **kept)
    assert code == "AccessDeniedException"
    assert message.endswith(
        "is not authorized to perform: backup:DeleteBackupVault on resource: "
        f"{arn} with an explicit deny in a resource-based policy"
    )
    account.backup.delete_backup_vault_access_policy(**kept)
    account.backup.delete_backup_vault(**kept)
    account.vault("other")
    code, message = refused(
        account.backup.put_backup_vault_access_policy, BackupVaultName="other", Policy="no policy"
    )
    assert (code, message.startswith("Invalid policy document: ")) == (PARAMETER, True)


def test_a_vaults_notifications_are_kept(account: Account) -> None:
    account.vault()
    topic = f"arn:aws:sns:{REGION}:{account.id}:backups"
    request = {"BackupVaultName": "vault", "SNSTopicArn": topic, "BackupVaultEvents": ["COPY_JOB_FAILED"]}
    account.backup.put_backup_vault_notifications(**request)
    found = account.backup.get_backup_vault_notifications(BackupVaultName="vault")
    assert (found["SNSTopicArn"], found["BackupVaultEvents"]) == (topic, ["COPY_JOB_FAILED"])
    wrong = {**request, "BackupVaultEvents": ["FULL_MOON"]}
    assert refused(account.backup.put_backup_vault_notifications, **wrong) == (
        PARAMETER,
        "Invalid backup vault event: FULL_MOON",
    )
    wrong = {**request, "SNSTopicArn": "topic"}
    assert refused(account.backup.put_backup_vault_notifications, **wrong) == (
        PARAMETER,
        "Invalid SNS topic ARN: topic",
    )
    account.backup.delete_backup_vault_notifications(BackupVaultName="vault")
    gone = {"BackupVaultName": "vault"}
    assert refused(account.backup.get_backup_vault_notifications, **gone)[0] == MISSING


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"ScheduleExpression": "daily"}, "Invalid schedule expression: daily"),
        ({"ScheduleExpression": "cron(0 5 * *)"}, "A cron expression has 6 fields: cron(0 5 * *)"),
        ({"ScheduleExpression": "cron(*/10 * * * ? *)"}, "more often than once an hour"),
        ({"ScheduleExpression": "cron(0 5 1 * 2 *)"}, "One of day of month and day of week must be ?"),
        ({"ScheduleExpression": "rate(30 minutes)"}, "more often than once an hour"),
        ({"StartWindowMinutes": 59}, "StartWindowMinutes must be from 60 to 52560000, not 59"),
        (
            {"StartWindowMinutes": 120, "CompletionWindowMinutes": 179},
            "Completion window must be at least 60 minutes greater than start window: 179 for 120",
        ),
        ({"Lifecycle": {"DeleteAfterDays": 0}}, "DeleteAfterDays cannot be less than 1 or more than 36500"),
        ({"Lifecycle": {"DeleteAfterDays": 36501}}, "DeleteAfterDays cannot be less than 1"),
        (
            {"Lifecycle": {"MoveToColdStorageAfterDays": 29}},
            "MoveToColdStorageAfterDays cannot be less than 30",
        ),
        (
            {"Lifecycle": {"MoveToColdStorageAfterDays": 30, "DeleteAfterDays": 119}},
            "DeleteAfterDays cannot be less than 90 days apart from MoveToColdStorageAfterDays",
        ),
        (
            {"EnableContinuousBackup": True, "Lifecycle": {"MoveToColdStorageAfterDays": 30}},
            "Invalid lifecycle. MoveToColdStorageAfterDays is unavailable",
        ),
        (
            {"EnableContinuousBackup": True, "Lifecycle": {"DeleteAfterDays": 36}},
            "DeleteAfterDays of a continuous backup is 35 at most, not 36",
        ),
        ({"RuleName": "every day"}, "Invalid rule name: every day"),
        ({"TargetBackupVaultName": "v"}, "Invalid backup vault name: v"),
        (
            {"TargetBackupVaultName": "elsewhere"},
            "Error in rule daily : Backup vault elsewhere does not exist",
        ),
        ({"CopyActions": [{"DestinationBackupVaultArn": "vault"}]}, "Invalid backup vault ARN: vault"),
    ],
)
def test_a_plan_that_aws_documents_as_invalid_is_refused(
    account: Account, change: dict[str, Any], message: str
) -> None:
    account.vault()
    plan = {"BackupPlanName": "plan", "Rules": [{**RULE, **change}]}
    code, said = refused(account.backup.create_backup_plan, BackupPlan=plan)
    assert (code, message in said) == (PARAMETER, True), said


def test_a_plan_is_updated_under_a_new_version_and_its_name_is_taken(account: Account) -> None:
    account.vault()
    vault = f"arn:aws:backup:{RECOVERY_REGION}:{account.id}:backup-vault:copies"
    copies = [{"DestinationBackupVaultArn": vault, "Lifecycle": {"DeleteAfterDays": 35}}]
    plan = {"BackupPlanName": "plan", "Rules": [{**RULE, "CopyActions": copies}]}
    made = account.backup.create_backup_plan(BackupPlan=plan, BackupPlanTags={"Owner": "a"})
    id_ = made["BackupPlanId"]
    assert account.backup.list_tags(ResourceArn=made["BackupPlanArn"])["Tags"] == {"Owner": "a"}
    assert refused(account.backup.create_backup_plan, BackupPlan=plan)[0] == "AlreadyExistsException"
    rule = account.backup.get_backup_plan(BackupPlanId=id_)["BackupPlan"]["Rules"][0]
    assert (rule["StartWindowMinutes"], rule["CompletionWindowMinutes"]) == (480, 10080)
    assert rule["CopyActions"] == copies
    weekly = {"BackupPlanName": "plan", "Rules": [{**RULE, "ScheduleExpression": "cron(0 5 ? * 1 *)"}]}
    updated = account.backup.update_backup_plan(BackupPlanId=id_, BackupPlan=weekly)
    assert updated["VersionId"] != made["VersionId"]
    old = {"BackupPlanId": id_, "VersionId": made["VersionId"]}
    assert refused(account.backup.get_backup_plan, **old)[0] == MISSING
    twice = {"BackupPlanName": "other", "Rules": [RULE, RULE]}
    assert refused(account.backup.create_backup_plan, BackupPlan=twice) == (
        PARAMETER,
        "The names of rules must be unique: daily, daily",
    )
    account.backup.delete_backup_plan(BackupPlanId=id_)
    assert account.backup.list_backup_plans()["BackupPlansList"] == []
    deleted = account.backup.list_backup_plans(IncludeDeleted=True)["BackupPlansList"]
    assert [plan["BackupPlanId"] for plan in deleted] == [id_]
    assert refused(account.backup.delete_backup_plan, BackupPlanId=id_)[0] == MISSING


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"Resources": []}, "A selection needs resources, a list of tags or conditions"),
        ({"Resources": ["bucket"]}, "Invalid resource ARN: bucket"),
        ({"Resources": ["arn:aws:s3:::*-logs"]}, "The wildcard of an ARN must be its end"),
        ({"SelectionName": "a b"}, "Invalid selection name: a b"),
        ({"IamRoleArn": "role"}, "Invalid role ARN: role"),
        (
            {"ListOfTags": [{"ConditionType": "LIKE", "ConditionKey": "a", "ConditionValue": "b"}]},
            "ConditionType must be STRINGEQUALS, not LIKE",
        ),
        (
            {"Conditions": {"StringEquals": [{"ConditionKey": "Owner", "ConditionValue": "b"}]}},
            "A condition's key begins with aws:ResourceTag/: Owner",
        ),
    ],
)
def test_a_selection_that_aws_documents_as_invalid_is_refused(
    account: Account, change: dict[str, Any], message: str
) -> None:
    account.vault()
    plan = account.backup.create_backup_plan(BackupPlan={"BackupPlanName": "plan", "Rules": [RULE]})
    selection = {"SelectionName": "all", "IamRoleArn": account.role, "Resources": ["*"], **change}
    code, said = refused(
        account.backup.create_backup_selection,
        BackupPlanId=plan["BackupPlanId"],
        BackupSelection=selection,
    )
    assert (code, message in said) == (PARAMETER, True), said


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"Resources": [f"arn:aws:s3:::b{n}-*" for n in range(31)]},
            "Resources takes 30 ARNs at most, not 31",
        ),
        ({"NotResources": [f"arn:aws:s3:::b{n}" for n in range(501)]}, "NotResources takes 500 ARNs at most"),
    ],
)
def test_a_selection_names_so_many_resources_and_no_more(
    account: Account, change: dict[str, Any], message: str
) -> None:
    account.vault()
    plan = account.backup.create_backup_plan(BackupPlan={"BackupPlanName": "plan", "Rules": [RULE]})
    selection = {"SelectionName": "all", "IamRoleArn": account.role, "Resources": ["*"], **change}
    request = {"BackupPlanId": plan["BackupPlanId"], "BackupSelection": selection}
    code, said = refused(account.backup.create_backup_selection, **request)
    assert (code, message in said) == ("LimitExceededException", True), said


def test_a_selection_may_stand_for_all_resources_of_a_type(account: Account) -> None:
    account.vault()
    plan = account.backup.create_backup_plan(BackupPlan={"BackupPlanName": "plan", "Rules": [RULE]})
    resources = ["arn:aws:s3:::*", "arn:aws:elasticfilesystem:*:*:file-system/*"]
    selection = {"SelectionName": "all", "IamRoleArn": account.role, "Resources": resources}
    id_ = {"BackupPlanId": plan["BackupPlanId"]}
    made = account.backup.create_backup_selection(**id_, BackupSelection=selection)
    found = account.backup.get_backup_selection(**id_, SelectionId=made["SelectionId"])
    assert found["BackupSelection"]["Resources"] == resources


def test_a_backup_of_a_bucket_is_restored_with_its_contents(account: Account) -> None:
    account.vault()
    source = account.bucket("data", a=b"first", b=b"second")
    job = account.back_up(source, RecoveryPointTags={"Owner": "a"}, Lifecycle={"DeleteAfterDays": 35})
    assert (job["State"], job["ResourceType"], job["BackupSizeInBytes"]) == ("COMPLETED", "S3", 11)
    point = job["RecoveryPointArn"]
    found = account.backup.describe_recovery_point(BackupVaultName="vault", RecoveryPointArn=point)
    assert (found["Status"], found["Lifecycle"]) == ("COMPLETED", {"DeleteAfterDays": 35})
    assert (found["CalculatedLifecycle"]["DeleteAt"] - found["CreationDate"]).days == 35
    assert account.backup.list_tags(ResourceArn=point)["Tags"] == {"Owner": "a"}

    # What is written after the backup isn't in it.
    account.s3.put_object(Bucket=source, Key="a", Body=b"overwritten")
    target = account.bucket("restored")
    job = account.restore(point, DestinationBucketName=target)
    assert (job["Status"], job["CreatedResourceArn"]) == ("COMPLETED", f"arn:aws:s3:::{target}")
    assert account.contents(target) == {"a": b"first", "b": b"second"}
    head = account.s3.head_object(Bucket=target, Key="a")
    assert (head["Metadata"], head["TagCount"]) == ({"made": "by"}, 1)
    job = account.restore(point, DestinationBucketName=source, ItemsToRestore='["a"]')
    assert account.contents(source) == {"a": b"first", "b": b"second"}
    jobs = account.backup.list_restore_jobs(ByStatus="COMPLETED")["RestoreJobs"]
    assert len(jobs) == 2
    account.backup.put_restore_validation_result(
        RestoreJobId=job["RestoreJobId"], ValidationStatus="SUCCESSFUL"
    )
    job = account.backup.describe_restore_job(RestoreJobId=job["RestoreJobId"])
    assert job["ValidationStatus"] == "SUCCESSFUL"


def test_a_restore_makes_a_bucket_where_it_is_asked_to(account: Account) -> None:
    account.vault()
    point = account.back_up(account.bucket("data", a=b"1"))["RecoveryPointArn"]
    name = f"new-{account.id}"
    job = account.restore(point, DestinationBucketName=name, NewBucket="true")
    assert (job["Status"], account.contents(name)) == ("COMPLETED", {"a": b"1"})
    job = account.restore(point, DestinationBucketName=name, NewBucket="true")
    assert (job["Status"], "could not be created" in job["StatusMessage"]) == ("FAILED", True)
    job = account.restore(point, DestinationBucketName="nowhere")
    assert job["StatusMessage"] == f"Bucket nowhere does not exist in {REGION}"
    job = account.restore(point, DestinationBucketName=account.bucket("plain", versioned=False))
    assert (job["Status"], "is not versioned" in job["StatusMessage"]) == ("FAILED", True)


def test_a_restore_that_says_too_little_is_refused(account: Account) -> None:
    account.vault()
    point = account.back_up(account.bucket("data", a=b"1"))["RecoveryPointArn"]
    start = account.backup.start_restore_job
    assert refused(start, RecoveryPointArn=point, Metadata={}) == (
        "MissingParameterValueException",
        "The request lacks DestinationBucketName",
    )
    assert refused(start, RecoveryPointArn=f"{point}0", Metadata={})[0] == MISSING
    code, message = refused(start, RecoveryPointArn=point, Metadata={}, ResourceType="EFS")
    assert (code, message.endswith("is a recovery point of S3, not EFS")) == (PARAMETER, True)
    metadata = {"DestinationBucketName": "a", "ItemsToRestore": "everything"}
    code, message = refused(start, RecoveryPointArn=point, Metadata=metadata)
    assert (code, message) == (PARAMETER, "ItemsToRestore is not a list in JSON: everything")


@pytest.mark.parametrize(
    ("request_", "code", "message"),
    [
        ({"ResourceArn": "arn:aws:s3:::none"}, MISSING, "Resource arn:aws:s3:::none does not exist in"),
        ({"ResourceArn": "bucket"}, PARAMETER, "Invalid resource ARN: bucket"),
        ({"IamRoleArn": "role"}, PARAMETER, "Invalid role ARN: role"),
        ({"BackupVaultName": "none"}, MISSING, "Backup vault none does not exist"),
        ({"StartWindowMinutes": 30}, PARAMETER, "StartWindowMinutes must be from 60 to"),
        ({"CompleteWindowMinutes": 59}, PARAMETER, "Completion window must be at least 60 minutes"),
        ({"Lifecycle": {"DeleteAfterDays": 0}}, PARAMETER, "DeleteAfterDays cannot be less than 1"),
    ],
)
def test_a_backup_that_aws_documents_as_invalid_is_refused(
    account: Account, request_: dict[str, Any], code: str, message: str
) -> None:
    account.vault()
    arn = f"arn:aws:s3:::{account.bucket('data')}"
    asked = {"BackupVaultName": "vault", "ResourceArn": arn, "IamRoleArn": account.role, **request_}
    found, said = refused(account.backup.start_backup_job, **asked)
    assert (found, message in said) == (code, True), said


def test_a_bucket_without_versioning_can_not_be_backed_up(account: Account) -> None:
    account.vault()
    job = account.back_up(account.bucket("plain", versioned=False))
    assert (job["State"], "is not versioned" in job["StatusMessage"]) == ("FAILED", True)
    assert "RecoveryPointArn" not in job


def test_file_systems_and_volumes_have_recovery_points(account: Account) -> None:
    account.vault()
    system = account.client("efs").create_file_system(CreationToken="a")["FileSystemArn"]
    zone = f"{REGION}a"
    volume = account.client("ec2").create_volume(AvailabilityZone=zone, Size=10)["VolumeId"]
    volume = f"arn:aws:ec2:{REGION}:{account.id}:volume/{volume}"
    for arn in (system, volume):
        account.backup.start_backup_job(BackupVaultName="vault", ResourceArn=arn, IamRoleArn=account.role)
    listed = account.backup.list_recovery_points_by_backup_vault(BackupVaultName="vault")
    found = {point["ResourceType"]: point["BackupSizeInBytes"] for point in listed["RecoveryPoints"]}
    assert found == {"EFS": 0, "EBS": 10 * 2**30}
    for arn in (system, volume):
        by_resource = account.backup.list_recovery_points_by_resource(ResourceArn=arn)["RecoveryPoints"]
        assert [point["Status"] for point in by_resource] == ["COMPLETED"]
        protected = account.backup.describe_protected_resource(ResourceArn=arn)
        assert protected["LastRecoveryPointArn"] == by_resource[0]["RecoveryPointArn"]
    assert len(account.backup.list_protected_resources()["Results"]) == 2
    point = listed["RecoveryPoints"][0]
    metadata = account.backup.get_recovery_point_restore_metadata(
        BackupVaultName="vault", RecoveryPointArn=point["RecoveryPointArn"]
    )
    assert metadata["RestoreMetadata"] == {"file-system-id": system.rpartition("/")[2]}


def test_jobs_are_listed_by_what_they_are_about(account: Account) -> None:
    account.vault()
    account.vault("other")
    bucket = account.bucket("data", a=b"1")
    first, second = account.back_up(bucket), account.back_up(bucket, "other")
    jobs = account.backup.list_backup_jobs()["BackupJobs"]
    assert [job["BackupJobId"] for job in jobs] == [second["BackupJobId"], first["BackupJobId"]]
    found = account.backup.list_backup_jobs(ByBackupVaultName="other")["BackupJobs"]
    assert [job["BackupJobId"] for job in found] == [second["BackupJobId"]]
    assert account.backup.list_backup_jobs(ByState="FAILED")["BackupJobs"] == []
    later = second["CreationDate"] + timedelta(seconds=1)
    assert account.backup.list_backup_jobs(ByCreatedAfter=later)["BackupJobs"] == []
    assert len(account.backup.list_backup_jobs(ByCreatedBefore=later)["BackupJobs"]) == 2
    arn = f"arn:aws:s3:::{bucket}"
    assert len(account.backup.list_recovery_points_by_resource(ResourceArn=arn)["RecoveryPoints"]) == 2
    code, message = refused(account.backup.stop_backup_job, BackupJobId=first["BackupJobId"])
    assert (code, message.endswith("is COMPLETED and can't be stopped")) == (REQUEST, True)
    assert refused(account.backup.describe_backup_job, BackupJobId="none")[0] == MISSING


def test_the_same_token_starts_one_job(account: Account) -> None:
    account.vault()
    bucket = account.bucket("data", a=b"1")
    jobs = {account.back_up(bucket, IdempotencyToken="one")["BackupJobId"] for _ in range(2)}
    assert len(jobs) == 1


def test_a_copy_appears_in_the_vault_of_the_other_region(account: Account) -> None:
    account.vault()
    copies = account.vault("copies", RECOVERY_REGION)
    point = account.back_up(account.bucket("data", a=b"1"), Lifecycle={"DeleteAfterDays": 35})[
        "RecoveryPointArn"
    ]
    request = {
        "RecoveryPointArn": point,
        "SourceBackupVaultName": "vault",
        "DestinationBackupVaultArn": copies,
        "IamRoleArn": account.role,
    }
    id_ = account.backup.start_copy_job(**request, Lifecycle={"DeleteAfterDays": 90})["CopyJobId"]
    job = account.backup.describe_copy_job(CopyJobId=id_)["CopyJob"]
    assert (job["State"], job["SourceRecoveryPointArn"]) == ("COMPLETED", point)
    there = account.client("backup", RECOVERY_REGION)
    listed = there.list_recovery_points_by_backup_vault(BackupVaultName="copies")["RecoveryPoints"]
    assert [item["RecoveryPointArn"] for item in listed] == [job["DestinationRecoveryPointArn"]]
    assert listed[0]["Lifecycle"] == {"DeleteAfterDays": 90}
    assert listed[0]["SourceBackupVaultArn"].endswith(":backup-vault:vault")

    # The copy outlives what it was made from.
    account.backup.delete_recovery_point(BackupVaultName="vault", RecoveryPointArn=point)
    target = account.bucket("restored", RECOVERY_REGION)
    account.restore(listed[0]["RecoveryPointArn"], RECOVERY_REGION, DestinationBucketName=target)
    assert account.contents(target, RECOVERY_REGION) == {"a": b"1"}
    assert len(account.backup.list_copy_jobs(ByDestinationVaultArn=copies)["CopyJobs"]) == 1

    assert refused(account.backup.start_copy_job, **request)[0] == MISSING
    fresh = account.back_up(account.bucket("more", a=b"1"))["RecoveryPointArn"]
    request["RecoveryPointArn"] = fresh
    nowhere = {**request, "DestinationBackupVaultArn": copies.replace("copies", "none")}
    assert refused(account.backup.start_copy_job, **nowhere) == (
        MISSING,
        "Backup vault none does not exist",
    )
    itself = {**request, "DestinationBackupVaultArn": copies.replace(RECOVERY_REGION, REGION)}
    itself["DestinationBackupVaultArn"] = itself["DestinationBackupVaultArn"].replace("copies", "vault")
    assert refused(account.backup.start_copy_job, **itself) == (
        REQUEST,
        "The destination vault is the source vault",
    )


def test_another_accounts_vault_takes_a_copy_only_if_its_policy_allows(
    sandbox: Sandbox, account: Account
) -> None:
    other = Account(sandbox, str(int(account.id) + 10**10))
    account.vault()
    there = other.vault("foreign", RECOVERY_REGION)
    point = account.back_up(account.bucket("data", a=b"1"))["RecoveryPointArn"]

    def copy() -> dict[str, Any]:
        started = account.backup.start_copy_job(
            RecoveryPointArn=point,
            SourceBackupVaultName="vault",
            DestinationBackupVaultArn=there,
            IamRoleArn=account.role,
        )
        return account.backup.describe_copy_job(CopyJobId=started["CopyJobId"])["CopyJob"]

    job = copy()
    assert (job["State"], "doesn't allow backup:CopyIntoBackupVault" in job["StatusMessage"]) == (
        "FAILED",
        True,
    )
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{account.id}:root"},
        "Action": "backup:CopyIntoBackupVault",
        "Resource": "*",
    }
    other.client("backup", RECOVERY_REGION).put_backup_vault_access_policy(
        BackupVaultName="foreign", Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    )
    assert copy()["State"] == "COMPLETED"


TESTING_PLAN = {
    "RestoreTestingPlanName": "weekly",
    "ScheduleExpression": "cron(0 5 ? * 1 *)",
    "RecoveryPointSelection": {
        "Algorithm": "LATEST_WITHIN_WINDOW",
        "IncludeVaults": ["*"],
        "RecoveryPointTypes": ["SNAPSHOT"],
    },
}


def test_a_restore_testing_plan_is_made_changed_and_deleted(account: Account) -> None:
    backup = account.backup
    made = backup.create_restore_testing_plan(RestoreTestingPlan=TESTING_PLAN, Tags={"Owner": "a"})
    assert backup.list_tags(ResourceArn=made["RestoreTestingPlanArn"])["Tags"] == {"Owner": "a"}
    plan = backup.get_restore_testing_plan(RestoreTestingPlanName="weekly")["RestoreTestingPlan"]
    assert (plan["StartWindowHours"], plan["RecoveryPointSelection"]["SelectionWindowDays"]) == (24, 30)
    code, _ = refused(backup.create_restore_testing_plan, RestoreTestingPlan=TESTING_PLAN)
    assert code == "AlreadyExistsException"
    changes = {"ScheduleExpression": "cron(0 6 ? * * *)", "StartWindowHours": 2}
    backup.update_restore_testing_plan(RestoreTestingPlanName="weekly", RestoreTestingPlan=changes)
    plan = backup.list_restore_testing_plans()["RestoreTestingPlans"][0]
    assert (plan["ScheduleExpression"], plan["StartWindowHours"]) == ("cron(0 6 ? * * *)", 2)

    selection = {
        "RestoreTestingSelectionName": "buckets",
        "ProtectedResourceType": "S3",
        "IamRoleArn": account.role,
        "ProtectedResourceArns": ["*"],
    }
    named = {"RestoreTestingPlanName": "weekly", "RestoreTestingSelectionName": "buckets"}
    request = {"RestoreTestingPlanName": "weekly", "RestoreTestingSelection": selection}
    backup.create_restore_testing_selection(**request)
    assert refused(backup.create_restore_testing_selection, **request)[0] == "AlreadyExistsException"
    backup.update_restore_testing_selection(**named, RestoreTestingSelection={"ValidationWindowHours": 4})
    found = backup.get_restore_testing_selection(**named)["RestoreTestingSelection"]
    assert (found["ProtectedResourceType"], found["ValidationWindowHours"]) == ("S3", 4)
    code, message = refused(backup.delete_restore_testing_plan, RestoreTestingPlanName="weekly")
    assert (code, message) == (REQUEST, "Restore testing plan weekly has selections: delete them first")
    backup.delete_restore_testing_selection(**named)
    assert refused(backup.get_restore_testing_selection, **named)[0] == MISSING
    listed = backup.list_restore_testing_selections(RestoreTestingPlanName="weekly")
    assert listed["RestoreTestingSelections"] == []
    backup.delete_restore_testing_plan(RestoreTestingPlanName="weekly")
    assert refused(backup.get_restore_testing_plan, RestoreTestingPlanName="weekly")[0] == MISSING


@pytest.mark.parametrize(
    ("change", "points", "message"),
    [
        ({"RestoreTestingPlanName": "weekly-plan"}, {}, "Invalid restore testing plan name: weekly-plan"),
        ({"ScheduleExpression": "weekly"}, {}, "Invalid schedule expression: weekly"),
        ({"StartWindowHours": 169}, {}, "StartWindowHours must be from 1 to 168, not 169"),
        ({}, {"Algorithm": "LATEST"}, "Algorithm must be one of LATEST_WITHIN_WINDOW, RANDOM_WITHIN_WINDOW"),
        ({}, {"SelectionWindowDays": 366}, "SelectionWindowDays must be from 1 to 365, not 366"),
        ({}, {"RecoveryPointTypes": ["TAPE"]}, "RecoveryPointTypes holds CONTINUOUS and SNAPSHOT"),
        ({}, {"IncludeVaults": ["vault"]}, "Invalid backup vault ARN: vault"),
    ],
)
def test_a_restore_testing_plan_that_aws_documents_as_invalid_is_refused(
    account: Account, change: dict[str, Any], points: dict[str, Any], message: str
) -> None:
    chosen = {**TESTING_PLAN["RecoveryPointSelection"], **points}  # pyright: ignore (a dictionary among others)
    plan = {**TESTING_PLAN, "RecoveryPointSelection": chosen, **change}
    code, said = refused(account.backup.create_restore_testing_plan, RestoreTestingPlan=plan)
    assert (code, message in said) == (PARAMETER, True), said


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"RestoreTestingSelectionName": "my-buckets"}, "Invalid restore testing selection name: my-buckets"),
        ({"ProtectedResourceType": "Tape"}, "ProtectedResourceType must be one of Aurora, "),
        ({"IamRoleArn": "role"}, "Invalid role ARN: role"),
        ({"ValidationWindowHours": 169}, "ValidationWindowHours must be from 0 to 168, not 169"),
        ({"ProtectedResourceArns": ["*", "arn:aws:s3:::a"]}, "takes * or ARNs, not both"),
        ({"ProtectedResourceArns": []}, "ProtectedResourceArns or ProtectedResourceConditions must be given"),
        (
            {
                "ProtectedResourceArns": ["arn:aws:s3:::a"],
                "ProtectedResourceConditions": {"StringEquals": [{"Key": "a", "Value": "b"}]},
            },
            "Conditions go with the wildcard *, not with ARNs",
        ),
    ],
)
def test_a_restore_testing_selection_that_aws_documents_as_invalid_is_refused(
    account: Account, change: dict[str, Any], message: str
) -> None:
    account.backup.create_restore_testing_plan(RestoreTestingPlan=TESTING_PLAN)
    selection = {
        "RestoreTestingSelectionName": "buckets",
        "ProtectedResourceType": "S3",
        "IamRoleArn": account.role,
        "ProtectedResourceArns": ["*"],
        **change,
    }
    code, said = refused(
        account.backup.create_restore_testing_selection,
        RestoreTestingPlanName="weekly",
        RestoreTestingSelection=selection,
    )
    assert (code, message in said) == (PARAMETER, True), said


def test_settings_of_region_and_account_are_kept(account: Account) -> None:
    backup = account.backup
    assert backup.describe_region_settings()["ResourceTypeOptInPreference"]["S3"] is True
    backup.update_region_settings(ResourceTypeOptInPreference={"EBS": False})
    found = backup.describe_region_settings()["ResourceTypeOptInPreference"]
    assert (found["EBS"], found["S3"]) == (False, True)
    there = account.client("backup", RECOVERY_REGION).describe_region_settings()
    assert there["ResourceTypeOptInPreference"]["EBS"] is True
    assert refused(backup.update_region_settings, ResourceTypeOptInPreference={"Tape": True}) == (
        PARAMETER,
        "Invalid resource type in ResourceTypeOptInPreference: Tape",
    )
    backup.update_global_settings(GlobalSettings={"isCrossAccountBackupEnabled": "true"})
    there = account.client("backup", RECOVERY_REGION).describe_global_settings()["GlobalSettings"]
    assert there["isCrossAccountBackupEnabled"] == "true"
    wrong = {"GlobalSettings": {"isCrossAccountBackupEnabled": "yes"}}
    assert refused(backup.update_global_settings, **wrong) == (
        PARAMETER,
        "isCrossAccountBackupEnabled must be true or false, not yes",
    )
    assert "S3" in backup.get_supported_resource_types()["ResourceTypes"]
