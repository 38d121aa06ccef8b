"""Locks lock: vaults, objects and keys that are protected refuse deletion, `down` says what remains and why."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest
from botocore.exceptions import ClientError
from patience import eventually

from modelyard_sandbox.sandbox import Sandbox

REGION, RECOVERY_REGION = "eu-central-1", "eu-west-1"
ACCOUNT = "111122223333"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/backup"
SERVER = """
import sys
from datetime import timedelta
from pathlib import Path
from modelyard_sandbox import server
from modelyard_sandbox.moto_extensions import clock

real, days = clock.now, Path(sys.argv[1]) / "days"
clock.now = lambda: real() + timedelta(days=float(days.read_text()))
sys.argv = ["server", sys.argv[1], "--lifeline"]
server.main()
"""


class Future:
    """A sandbox in which days can pass."""

    def __init__(self, directory: Path) -> None:
        self.sandbox = Sandbox(directory)
        self._days = directory / "days"
        self.be(0)

    def be(self, days: float) -> None:
        """Let so many days have passed since now."""
        self._days.write_text(str(days))

    def client(self, service: str, region: str = REGION) -> Any:
        """A client of the account."""
        return self.sandbox.client(service, region, ACCOUNT)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Future]:
    directory = tmp_path_factory.mktemp("future")
    future = Future(directory)
    process = subprocess.Popen([sys.executable, "-c", SERVER, str(directory)], stdin=subprocess.PIPE)
    eventually(lambda: future.sandbox.server() is not None or process.poll() is not None)
    assert process.poll() is None, "the server has ended"
    yield future
    process.terminate()
    process.communicate()


@pytest.fixture
def future(server: Future) -> Iterator[Future]:
    server.be(0)
    yield server
    server.be(0)


def refused(call: Any, **request: Any) -> tuple[str, str]:
    """Code and message of the error that a call ends with."""
    with pytest.raises(ClientError) as error:
        call(**request)
    said = error.value.response["Error"]
    return said["Code"], said["Message"]


def locked_vault(future: Future, name: str, bucket: str, **lock: int) -> str:
    """A vault with a lock, and a recovery point in it of 30 days; the point's arn."""
    backup = future.client("backup")
    locked_bucket(future, bucket)
    backup.create_backup_vault(BackupVaultName=name)
    backup.put_backup_vault_lock_configuration(BackupVaultName=name, **lock)
    job = backup.start_backup_job(
        BackupVaultName=name,
        ResourceArn=f"arn:aws:s3:::{bucket}",
        IamRoleArn=ROLE,
        Lifecycle={"DeleteAfterDays": 30},
    )
    return job["RecoveryPointArn"]


def locked_bucket(future: Future, name: str, **default: Any) -> Any:
    """A bucket with object lock, and a default retention if one is given; the client."""
    s3 = future.client("s3")
    s3.create_bucket(
        Bucket=name,
        CreateBucketConfiguration={"LocationConstraint": REGION},
        ObjectLockEnabledForBucket=True,
    )
    if default:
        rule = {"DefaultRetention": default}
        s3.put_object_lock_configuration(
            Bucket=name, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": rule}
        )
    return s3


def test_a_compliance_lock_is_for_good_once_its_grace_is_over(future: Future) -> None:
    backup = future.client("backup")
    point = locked_vault(future, "compliance", "compliance-data", ChangeableForDays=3, MinRetentionDays=7)
    vault = {"BackupVaultName": "compliance"}
    described = backup.describe_backup_vault(**vault)
    assert (described["Locked"], described["MinRetentionDays"]) == (True, 7)
    assert (described["LockDate"] - datetime.now(UTC)).days == 2
    backup.put_backup_vault_lock_configuration(**vault, ChangeableForDays=4, MinRetentionDays=14)

    future.be(4.1)
    code, message = refused(backup.delete_backup_vault_lock_configuration, **vault)
    assert (code, message) == (
        "InvalidRequestException",
        "Vault Lock configuration of compliance is immutable and cannot be deleted",
    )
    code, message = refused(backup.put_backup_vault_lock_configuration, **vault, MinRetentionDays=1)
    assert (code, message.endswith("is immutable and cannot be modified")) == (
        "InvalidRequestException",
        True,
    )
    code, message = refused(backup.delete_backup_vault, **vault)
    assert code == "InvalidRequestException"
    assert message == (
        "Backup vault cannot be deleted: compliance is not empty (1 recovery points) "
        "and is locked in compliance mode"
    )
    code, message = refused(backup.delete_recovery_point, **vault, RecoveryPointArn=point)
    assert code == "InvalidRequestException"
    assert message == (
        f"Recovery point {point} cannot be deleted: "
        "backup vault compliance is protected by AWS Backup Vault Lock"
    )
    longer = {**vault, "RecoveryPointArn": point, "Lifecycle": {"DeleteAfterDays": 60}}
    code, message = refused(backup.update_recovery_point_lifecycle, **longer)
    assert (code, message.startswith("The lifecycle of a recovery point can't be changed")) == (
        "InvalidRequestException",
        True,
    )

    # Its retention over, the recovery point goes by itself; and an empty vault can be deleted.
    future.be(31)
    assert backup.list_recovery_points_by_backup_vault(**vault)["RecoveryPoints"] == []
    backup.delete_backup_vault(**vault)


def test_a_governance_lock_holds_until_it_is_taken_off(future: Future) -> None:
    backup = future.client("backup")
    point = locked_vault(future, "governance", "governance-data", MinRetentionDays=7)
    vault = {"BackupVaultName": "governance"}
    future.be(10)
    assert "LockDate" not in backup.describe_backup_vault(**vault)
    code, _ = refused(backup.delete_recovery_point, **vault, RecoveryPointArn=point)
    assert code == "InvalidRequestException"
    backup.delete_backup_vault_lock_configuration(**vault)
    assert backup.describe_backup_vault(**vault)["Locked"] is False
    backup.update_recovery_point_lifecycle(**vault, RecoveryPointArn=point, Lifecycle={"DeleteAfterDays": 60})
    backup.delete_recovery_point(**vault, RecoveryPointArn=point)
    backup.delete_backup_vault(**vault)


@pytest.mark.parametrize(
    ("lock", "message"),
    [
        ({"ChangeableForDays": 2}, "ChangeableForDays must be from 3 to 36500, not 2"),
        ({"MinRetentionDays": 0}, "MinRetentionDays must be 1 or more, not 0"),
        ({"MaxRetentionDays": 36501}, "MaxRetentionDays must be from 1 to 36500, not 36501"),
        (
            {"MinRetentionDays": 30, "MaxRetentionDays": 7},
            "MinRetentionDays 30 can't be greater than MaxRetentionDays 7",
        ),
    ],
)
def test_a_lock_that_aws_documents_as_invalid_is_refused(
    future: Future, lock: dict[str, int], message: str
) -> None:
    backup = future.client("backup")
    backup.create_backup_vault(BackupVaultName="unlocked")
    request = {"BackupVaultName": "unlocked", **lock}
    assert refused(backup.put_backup_vault_lock_configuration, **request) == (
        "InvalidParameterValueException",
        message,
    )
    backup.delete_backup_vault(BackupVaultName="unlocked")
    code, _ = refused(backup.put_backup_vault_lock_configuration, **request)
    assert code == "ResourceNotFoundException"


def test_a_locked_vault_takes_only_what_is_kept_long_enough_and_not_too_long(future: Future) -> None:
    backup = future.client("backup")
    locked_vault(future, "bounded", "bounded-data", MinRetentionDays=7, MaxRetentionDays=30)

    def job(**lifecycle: int) -> dict[str, Any]:
        started = backup.start_backup_job(
            BackupVaultName="bounded",
            ResourceArn="arn:aws:s3:::bounded-data",
            IamRoleArn=ROLE,
            Lifecycle=lifecycle,
        )
        return backup.describe_backup_job(BackupJobId=started["BackupJobId"])

    short, long, forever = job(DeleteAfterDays=6), job(DeleteAfterDays=31), job()
    assert [item["State"] for item in (short, long, forever)] == ["FAILED"] * 3
    assert short["StatusMessage"] == (
        "Retention of 6 days is shorter than the vault's minimum retention of 7 days"
    )
    assert long["StatusMessage"] == (
        "Retention of 31 days is longer than the vault's maximum retention of 30 days"
    )
    assert forever["StatusMessage"].startswith("Retention forever is longer than")
    assert job(DeleteAfterDays=7)["State"] == "COMPLETED"
    there = future.client("backup", RECOVERY_REGION)
    copies = there.create_backup_vault(BackupVaultName="copies")["BackupVaultArn"]
    there.put_backup_vault_lock_configuration(BackupVaultName="copies", MinRetentionDays=90)
    points = backup.list_recovery_points_by_backup_vault(BackupVaultName="bounded")["RecoveryPoints"]
    copy = backup.start_copy_job(
        RecoveryPointArn=points[0]["RecoveryPointArn"],
        SourceBackupVaultName="bounded",
        DestinationBackupVaultArn=copies,
        IamRoleArn=ROLE,
    )
    copied = backup.describe_copy_job(CopyJobId=copy["CopyJobId"])["CopyJob"]
    assert (copied["State"], "minimum retention of 90 days" in copied["StatusMessage"]) == ("FAILED", True)


def days_from_now(days: int) -> datetime:
    """A time without microseconds, as S3 keeps it."""
    return (datetime.now(UTC) + timedelta(days=days)).replace(microsecond=0)


def test_an_object_in_compliance_mode_stays_until_its_time(future: Future) -> None:
    s3 = locked_bucket(future, "strict")
    until = days_from_now(5)
    lock = {"ObjectLockMode": "COMPLIANCE", "ObjectLockRetainUntilDate": until}
    version = s3.put_object(Bucket="strict", Key="a", Body=b"1", **lock)["VersionId"]
    place = {"Bucket": "strict", "Key": "a", "VersionId": version}
    protected = ("AccessDenied", "Access Denied because object protected by object lock.")
    assert refused(s3.delete_object, **place) == protected
    assert refused(s3.delete_object, **place, BypassGovernanceRetention=True) == protected
    sooner = {"Mode": "COMPLIANCE", "RetainUntilDate": days_from_now(2)}
    softer = {"Mode": "GOVERNANCE", "RetainUntilDate": days_from_now(9)}
    for retention in (sooner, softer):
        assert refused(s3.put_object_retention, **place, Retention=retention) == protected
    later = {"Mode": "COMPLIANCE", "RetainUntilDate": days_from_now(8)}
    s3.put_object_retention(**place, Retention=later)
    assert s3.get_object_retention(**place)["Retention"] == later
    # A marker hides the object, and deletes nothing.
    s3.delete_object(Bucket="strict", Key="a")
    future.be(7)
    assert refused(s3.delete_object, **place) == protected
    future.be(8.1)
    s3.delete_object(**place)


def test_an_object_in_governance_mode_goes_with_the_bypass(future: Future) -> None:
    s3 = locked_bucket(future, "lenient")
    until = days_from_now(5)
    lock = {"ObjectLockMode": "GOVERNANCE", "ObjectLockRetainUntilDate": until}
    version = s3.put_object(Bucket="lenient", Key="a", Body=b"1", **lock)["VersionId"]
    place = {"Bucket": "lenient", "Key": "a", "VersionId": version}
    assert refused(s3.delete_object, **place)[0] == "AccessDenied"
    assert refused(s3.delete_object, **place, BypassGovernanceRetention=False)[0] == "AccessDenied"
    sooner = {"Mode": "GOVERNANCE", "RetainUntilDate": days_from_now(2)}
    assert refused(s3.put_object_retention, **place, Retention=sooner)[0] == "AccessDenied"
    s3.put_object_retention(**place, Retention=sooner, BypassGovernanceRetention=True)
    assert refused(s3.put_object_retention, **place, Retention={})[0] == "AccessDenied"
    s3.put_object_retention(**place, Retention={}, BypassGovernanceRetention=True)
    assert refused(s3.get_object_retention, **place)[0] == "NoSuchObjectLockConfiguration"
    s3.delete_object(**place)


def test_a_legal_hold_stays_until_it_is_lifted(future: Future) -> None:
    s3 = locked_bucket(future, "held")
    version = s3.put_object(Bucket="held", Key="a", Body=b"1")["VersionId"]
    place = {"Bucket": "held", "Key": "a", "VersionId": version}
    assert refused(s3.get_object_legal_hold, **place)[0] == "NoSuchObjectLockConfiguration"
    s3.put_object_legal_hold(**place, LegalHold={"Status": "ON"})
    assert s3.get_object_legal_hold(**place)["LegalHold"] == {"Status": "ON"}
    future.be(1000)
    assert refused(s3.delete_object, **place, BypassGovernanceRetention=True)[0] == "AccessDenied"
    assert refused(s3.put_object_legal_hold, **place, LegalHold={"Status": "MAYBE"})[0] == "MalformedXML"
    nowhere = {**place, "Key": "b"}
    assert refused(s3.put_object_legal_hold, **nowhere, LegalHold={"Status": "ON"})[0] == "NoSuchVersion"
    s3.put_object_legal_hold(**place, LegalHold={"Status": "OFF"})
    s3.delete_object(**place)


def test_a_buckets_default_retention_holds_for_every_way_to_write(future: Future) -> None:
    s3 = locked_bucket(future, "defaults", Mode="GOVERNANCE", Days=3)
    found = s3.get_object_lock_configuration(Bucket="defaults")["ObjectLockConfiguration"]
    assert found["Rule"]["DefaultRetention"] == {"Mode": "GOVERNANCE", "Days": 3}
    s3.put_object(Bucket="defaults", Key="put", Body=b"1")
    s3.copy_object(Bucket="defaults", Key="copied", CopySource="defaults/put")
    place = {"Bucket": "defaults", "Key": "parts"}
    upload = s3.create_multipart_upload(**place)["UploadId"]
    etag = s3.upload_part(**place, UploadId=upload, PartNumber=1, Body=b"1")["ETag"]
    parts = {"Parts": [{"PartNumber": 1, "ETag": etag}]}
    s3.complete_multipart_upload(**place, UploadId=upload, MultipartUpload=parts)
    for key in ("put", "copied", "parts"):
        retention = s3.get_object_retention(Bucket="defaults", Key=key)["Retention"]
        assert retention["Mode"] == "GOVERNANCE"
        assert (retention["RetainUntilDate"] - datetime.now(UTC)).days == 2


def test_of_many_deletions_the_locked_ones_are_reported(future: Future) -> None:
    s3 = locked_bucket(future, "many")
    lock = {"ObjectLockMode": "COMPLIANCE", "ObjectLockRetainUntilDate": days_from_now(5)}
    locked = s3.put_object(Bucket="many", Key="locked", Body=b"1", **lock)["VersionId"]
    free = s3.put_object(Bucket="many", Key="free", Body=b"1")["VersionId"]
    objects = [{"Key": "locked", "VersionId": locked}, {"Key": "free", "VersionId": free}, {"Key": "locked"}]
    answer = s3.delete_objects(Bucket="many", Delete={"Objects": objects}, BypassGovernanceRetention=True)
    assert answer["Errors"] == [
        {
            "Key": "locked",
            "VersionId": locked,
            "Code": "AccessDenied",
            "Message": "Access Denied because object protected by object lock.",
        }
    ]
    assert answer["Deleted"][0] == {"Key": "free", "VersionId": free}
    assert (answer["Deleted"][1]["Key"], answer["Deleted"][1]["DeleteMarker"]) == ("locked", True)
    quiet = s3.delete_objects(Bucket="many", Delete={"Objects": objects[:1], "Quiet": True})
    assert (len(quiet["Errors"]), "Deleted" in quiet) == (1, False)


@pytest.mark.parametrize(
    ("rule", "code", "message"),
    [
        ({"Mode": "FOREVER", "Days": 1}, "MalformedXML", ""),
        ({"Mode": "GOVERNANCE", "Days": 1, "Years": 1}, "MalformedXML", ""),
        ({"Mode": "GOVERNANCE", "Days": 0}, "InvalidArgument", "must be a positive integer value"),
        ({"Mode": "GOVERNANCE", "Days": 36501}, "InvalidArgument", "Default retention period is too large"),
        ({"Mode": "GOVERNANCE", "Years": 101}, "InvalidArgument", "Default retention period is too large"),
    ],
)
def test_a_default_retention_that_aws_documents_as_invalid_is_refused(
    future: Future, rule: dict[str, Any], code: str, message: str
) -> None:
    s3 = locked_bucket(future, "plain-lock") if "plain-lock" not in buckets(future) else future.client("s3")
    configuration = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": rule}}
    found, said = refused(
        s3.put_object_lock_configuration, Bucket="plain-lock", ObjectLockConfiguration=configuration
    )
    assert (found, message in said) == (code, True), said


def buckets(future: Future) -> set[str]:
    """The names of the account's buckets."""
    return {bucket["Name"] for bucket in future.client("s3").list_buckets()["Buckets"]}


def test_locks_need_versions_and_versions_stay_with_locks(future: Future) -> None:
    s3 = future.client("s3")
    place = {"LocationConstraint": REGION}
    s3.create_bucket(Bucket="unversioned", CreateBucketConfiguration=place)
    enabled = {"ObjectLockEnabled": "Enabled"}
    lock = {"Bucket": "unversioned", "ObjectLockConfiguration": enabled}
    assert refused(s3.put_object_lock_configuration, **lock) == (
        "InvalidBucketState",
        "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration",
    )
    retain = {"Mode": "GOVERNANCE", "RetainUntilDate": days_from_now(5)}
    s3.put_object(Bucket="unversioned", Key="a", Body=b"1")
    code, message = refused(s3.put_object_retention, Bucket="unversioned", Key="a", Retention=retain)
    assert (code, message) == ("InvalidRequest", "Bucket is missing ObjectLockConfiguration")
    versioning = {"Bucket": "unversioned", "VersioningConfiguration": {"Status": "Enabled"}}
    s3.put_bucket_versioning(**versioning)
    # A bucket that holds objects already takes a lock for those to come.
    s3.put_object_lock_configuration(**lock)
    suspend = {**versioning, "VersioningConfiguration": {"Status": "Suspended"}}
    assert refused(s3.put_bucket_versioning, **suspend) == (
        "InvalidBucketState",
        "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.",
    )


@pytest.mark.parametrize(
    ("lock", "message"),
    [
        ({"ObjectLockMode": "COMPLIANCE"}, "must both be supplied"),
        ({"ObjectLockRetainUntilDate": datetime(2100, 1, 1, tzinfo=UTC)}, "must both be supplied"),
        (
            {
                "ObjectLockMode": "COMPLIANCE",
                "ObjectLockRetainUntilDate": datetime(2020, 1, 1, tzinfo=UTC),
            },
            "The retain until date must be in the future!",
        ),
        (
            {"ObjectLockMode": "FOREVER", "ObjectLockRetainUntilDate": datetime(2100, 1, 1, tzinfo=UTC)},
            "Unknown wormMode directive.",
        ),
    ],
)
def test_an_upload_with_a_lock_that_is_none_is_refused(
    future: Future, lock: dict[str, Any], message: str
) -> None:
    s3 = locked_bucket(future, "uploads") if "uploads" not in buckets(future) else future.client("s3")
    code, said = refused(s3.put_object, Bucket="uploads", Key="a", Body=b"1", **lock)
    assert (code, message in said) == ("InvalidArgument", True), said


def test_a_primary_goes_once_its_replicas_are_gone(future: Future) -> None:
    here, there = future.client("kms"), future.client("kms", RECOVERY_REGION)
    key = here.create_key(MultiRegion=True)["KeyMetadata"]["KeyId"]
    here.replicate_key(KeyId=key, ReplicaRegion=RECOVERY_REGION)
    here.schedule_key_deletion(KeyId=key, PendingWindowInDays=10)
    there.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    future.be(6)
    assert here.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "PendingReplicaDeletion"
    future.be(8)
    described = here.describe_key(KeyId=key)["KeyMetadata"]
    assert (described["KeyState"], described["MultiRegionConfiguration"]["ReplicaKeys"]) == (
        "PendingDeletion",
        [],
    )
    assert refused(there.describe_key, KeyId=key)[0] == "NotFoundException"
    future.be(17)
    here.describe_key(KeyId=key)
    future.be(18.1)
    assert refused(here.describe_key, KeyId=key)[0] == "NotFoundException"


def protected_stack(toy: Any) -> None:
    """A vault, a bucket and a key that Pulumi and the cloud both protect."""
    protect = pulumi.ResourceOptions(protect=True)
    vault = aws.backup.Vault("kept", name="kept", opts=protect)
    aws.backup.VaultLockConfiguration("lock", backup_vault_name=vault.name, min_retention_days=7)
    aws.s3.Bucket("evidence", bucket=f"evidence-{toy.account_id}", object_lock_enabled=True, opts=protect)
    root = f"arn:aws:iam::{toy.account_id}:root"
    allow = {"Effect": "Allow", "Principal": {"AWS": root}, "Action": "kms:*", "Resource": "*"}
    deny = {"Effect": "Deny", "Principal": "*", "Action": "kms:ScheduleKeyDeletion", "Resource": "*"}
    policy = pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": [allow, deny]})
    aws.kms.Key("sealed", policy=policy, opts=protect)


def test_down_takes_what_pulumi_protects_and_says_what_the_cloud_keeps(toy: Any) -> None:
    toy.up(lambda: protected_stack(toy))
    s3, backup = toy.client("s3"), toy.client("backup")
    bucket = f"evidence-{toy.account_id}"
    lock = {"ObjectLockMode": "COMPLIANCE", "ObjectLockRetainUntilDate": days_from_now(5)}
    s3.put_object(Bucket=bucket, Key="a", Body=b"1", **lock)
    s3.put_object(Bucket=bucket, Key="b", Body=b"1", ObjectLockLegalHoldStatus="OFF")
    arn = f"arn:aws:s3:::{bucket}"
    role = f"arn:aws:iam::{toy.account_id}:role/backup"
    kept = {"BackupVaultName": "kept"}
    backup.start_backup_job(**kept, ResourceArn=arn, IamRoleArn=role, Lifecycle={"DeleteAfterDays": 30})
    # Somebody makes the lock one that can't be taken off: after its grace nothing but time opens the vault.
    policy = (
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": '
        '["backup:DeleteBackupVaultLockConfiguration"], "Resource": "*"}]}'
    )
    backup.put_backup_vault_access_policy(**kept, Policy=policy)

    result = toy.down()
    said = "\n".join(result.remaining)
    assert any(note.startswith("protected, but this is a sandbox: deleted ") for note in result.notes)
    assert len(result.remaining) == 4, said
    assert (
        "s3:DeleteObjects answered AccessDenied: Access Denied because object protected by object lock."
        in said
    )
    assert "(1 versions, first a)" in said
    assert "kms:ScheduleKeyDeletion answered AccessDeniedException: User: " in said
    assert "backup:DeleteBackupVaultLockConfiguration answered AccessDeniedException: User: " in said
    assert "backup:DeleteRecoveryPoint answered InvalidRequestException: Recovery point " in said
    assert "is protected by AWS Backup Vault Lock" in said
    versions = s3.list_object_versions(Bucket=bucket)["Versions"]
    assert [version["Key"] for version in versions] == ["a"]

    # What held them lifted, the next `down` leaves nothing.
    backup.delete_backup_vault_access_policy(**kept)
    key = next(iter(toy.client("kms").list_keys()["Keys"]))["KeyId"]
    toy.client("kms").put_key_policy(
        KeyId=key,
        PolicyName="default",
        Policy=toy.client("kms").get_key_policy(KeyId=key)["Policy"].replace("Deny", "Allow"),
    )
    again = toy.down()
    assert [line for line in again.remaining if "evidence" not in line] == []
