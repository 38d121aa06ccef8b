"""Locks, replication, replica keys and restore tests as Pulumi's resources: brought up, changed, taken down."""

from __future__ import annotations

import json
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest
from sandbox.recovery_cases import RECOVERY_REGION, keep_backups

from modelyard_sandbox.aws.cloud import Cloud
from modelyard_sandbox.aws.registry import handler_of
from modelyard_sandbox.errors import CloudError, UnsupportedError

LOCK = "aws:backup/vaultLockConfiguration:VaultLockConfiguration"
VAULT = "aws:backup/vault:Vault"
TESTING_PLAN = "aws:backup/restoreTestingPlan:RestoreTestingPlan"
TESTING_SELECTION = "aws:backup/restoreTestingSelection:RestoreTestingSelection"
REPLICATION = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
OBJECT_LOCK = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"
REPLICA_KEY = "aws:kms/replicaKey:ReplicaKey"
BUCKET = "aws:s3/bucket:Bucket"


@pytest.mark.parametrize(
    ("type_", "changes", "replacing"),
    [
        (LOCK, {"minRetentionDays": 8}, {"minRetentionDays"}),
        (LOCK, {"changeableForDays": 4}, {"changeableForDays"}),
        ("aws:backup/vaultPolicy:VaultPolicy", {"policy": "{}"}, set()),
        ("aws:backup/vaultPolicy:VaultPolicy", {"backupVaultName": "b"}, {"backupVaultName"}),
        ("aws:backup/regionSettings:RegionSettings", {"resourceTypeOptInPreference": {"S3": True}}, set()),
        (TESTING_PLAN, {"scheduleExpression": "cron(0 1 * * ? *)"}, set()),
        (TESTING_PLAN, {"name": "other"}, {"name"}),
        (TESTING_SELECTION, {"protectedResourceType": "EFS"}, {"protectedResourceType"}),
        (TESTING_SELECTION, {"validationWindowHours": 1}, set()),
        (REPLICATION, {"rules": []}, set()),
        (REPLICATION, {"bucket": "b"}, {"bucket"}),
        (OBJECT_LOCK, {"rule": {}}, set()),
        (OBJECT_LOCK, {"bucket": "b"}, {"bucket"}),
        (REPLICA_KEY, {"description": "b"}, set()),
        (REPLICA_KEY, {"primaryKeyArn": "b"}, {"primaryKeyArn"}),
    ],
)
def test_a_change_replaces_where_pulumi_aws_replaces(
    type_: str, changes: dict[str, Any], replacing: set[str]
) -> None:
    assert handler_of(type_).replaces(dict.fromkeys(changes, "before"), changes) == replacing


def test_a_made_up_name_is_one_that_restore_testing_takes() -> None:
    for type_ in (TESTING_PLAN, TESTING_SELECTION):
        assert handler_of(type_).automatic_name("my-plan", "0123456789") == "my_plan_0123456"


def back_up(cloud: Cloud, vault: str) -> None:
    """Put a recovery point of a new bucket into a vault."""
    bucket = f"{vault}-data-{cloud.account_id}"
    handler_of(BUCKET).create(cloud, {"bucket": bucket})
    cloud.call("s3", "PutBucketVersioning", Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    role = f"arn:aws:iam::{cloud.account_id}:role/backup"
    cloud.call(
        "backup",
        "StartBackupJob",
        BackupVaultName=vault,
        ResourceArn=f"arn:aws:s3:::{bucket}",
        IamRoleArn=role,
        Lifecycle={"DeleteAfterDays": 30},
    )


def test_a_vault_with_recovery_points_goes_only_if_that_is_asked_for(cloud: Cloud, make: Any) -> None:
    id_, _ = make(VAULT, name="full")
    back_up(cloud, "full")
    handler = handler_of(VAULT)
    outputs = handler.read(cloud, id_, {})
    assert outputs is not None
    assert outputs["recoveryPoints"] == 1
    with pytest.raises(CloudError, match=r"InvalidRequestException: Backup vault cannot be deleted: full is"):
        handler.delete(cloud, id_, {})
    handler.delete(cloud, id_, {"forceDestroy": True})
    assert handler.read(cloud, id_, {}) is None


def test_a_locked_vault_stays_even_if_its_destruction_is_asked_for(cloud: Cloud, make: Any) -> None:
    id_, _ = make(VAULT, name="locked")
    make(LOCK, backupVaultName="locked", minRetentionDays=7)
    back_up(cloud, "locked")
    with pytest.raises(
        CloudError, match=r"DeleteRecoveryPoint answered InvalidRequestException: .* Vault Lock"
    ):
        handler_of(VAULT).delete(cloud, id_, {"forceDestroy": True})
    handler_of(LOCK).delete(cloud, id_, {"backupVaultName": "locked"})
    assert handler_of(LOCK).read(cloud, id_, {"backupVaultName": "locked"}) is None
    handler_of(VAULT).delete(cloud, id_, {"forceDestroy": True})


def test_a_vaults_policy_may_keep_its_own_removal_from_happening(cloud: Cloud, make: Any) -> None:
    type_ = "aws:backup/vaultPolicy:VaultPolicy"
    make(VAULT, name="sealed")
    inputs = {"backupVaultName": "sealed", "policy": keep_backups("backup:DeleteBackupVaultAccessPolicy")}
    id_, outputs = make(type_, **inputs)
    assert outputs["backupVaultArn"].endswith(":backup-vault:sealed")
    with pytest.raises(CloudError, match="AccessDeniedException: User: "):
        handler_of(type_).delete(cloud, id_, inputs)


def test_a_replica_is_made_from_the_primarys_region(cloud: Cloud, make: Any) -> None:
    key, primary = make("aws:kms/key:Key", multiRegion=True, enableKeyRotation=True)
    there = cloud.in_region(RECOVERY_REGION)
    handler = handler_of(REPLICA_KEY)
    inputs = {"primaryKeyArn": primary["arn"], "description": "copy"}
    id_, outputs = handler.create(there, inputs)
    assert (id_, outputs["region"], outputs["keyRotationEnabled"]) == (key, RECOVERY_REGION, True)
    assert outputs["arn"] == primary["arn"].replace(cloud.region, RECOVERY_REGION)
    # A replica is listed as such, and not as a key of its own.
    keys = handler_of("aws:kms/key:Key")
    assert list(handler.list_ids(there) or ()) == [key] == list(keys.list_ids(cloud) or ())
    assert list(keys.list_ids(there) or ()) == []

    # Deleted first, the primary counts as gone while it waits for its replica.
    keys.delete(cloud, key, {})
    assert keys.read(cloud, key, {}) is None
    handler.delete(there, id_, inputs)
    assert handler.read(there, id_, inputs) is None
    handler.delete(there, id_, inputs)
    with pytest.raises(UnsupportedError, match="primaryKeyArn takes the arn of a key, not 'alias/one'"):
        handler.create(there, {"primaryKeyArn": "alias/one"})


def test_object_lock_without_its_rule_is_still_object_lock(cloud: Cloud, make: Any) -> None:
    bucket, _ = make(BUCKET, bucket=f"locked-{cloud.account_id}", objectLockEnabled=True)
    rule = {"defaultRetention": {"mode": "GOVERNANCE", "days": 7}}
    inputs = {"bucket": bucket, "rule": rule}
    id_, _ = make(OBJECT_LOCK, **inputs)
    handler_of(OBJECT_LOCK).delete(cloud, id_, inputs)
    assert handler_of(OBJECT_LOCK).read(cloud, id_, inputs) is None
    found = cloud.call("s3", "GetObjectLockConfiguration", Bucket=bucket)
    assert found["ObjectLockConfiguration"] == {"ObjectLockEnabled": "Enabled"}
    versioning = {"bucket": bucket, "versioningConfiguration": {"status": "Enabled"}}
    make("aws:s3/bucketVersioning:BucketVersioning", **versioning)
    handler_of("aws:s3/bucketVersioning:BucketVersioning").delete(cloud, bucket, versioning)
    assert cloud.call("s3", "GetBucketVersioning", Bucket=bucket)["Status"] == "Enabled"


def test_a_replication_that_s3_refuses_is_refused_in_its_words(cloud: Cloud, make: Any) -> None:
    source, _ = make(BUCKET, bucket=f"source-{cloud.account_id}")
    role = f"arn:aws:iam::{cloud.account_id}:role/copy"
    rule = {"status": "Enabled", "destination": {"bucket": "arn:aws:s3:::nowhere-at-all"}, "prefix": ""}
    with pytest.raises(CloudError) as refused:
        make(REPLICATION, bucket=source, role=role, rules=[rule])
    assert str(refused.value) == (
        "s3:PutBucketReplication answered InvalidRequest: "
        "Versioning must be 'Enabled' on the bucket to apply a replication configuration"
    )
    cloud.call("s3", "PutBucketVersioning", Bucket=source, VersioningConfiguration={"Status": "Enabled"})
    with pytest.raises(CloudError, match=r"InvalidRequest: Destination bucket must exist\."):
        make(REPLICATION, bucket=source, role=role, rules=[rule])


def recoverable(account_id: str) -> None:
    """Checkpoints that outlive a region: replicated under a key of both regions, backed up under a lock."""
    key = aws.kms.Key("data", multi_region=True, enable_key_rotation=True)
    copy_key = aws.kms.ReplicaKey("data-copy", primary_key_arn=key.arn, region=RECOVERY_REGION)
    enabled = {"status": "Enabled"}
    source = aws.s3.Bucket("checkpoints", bucket=f"checkpoints-{account_id}")
    target = aws.s3.Bucket("copies", bucket=f"copies-{account_id}", region=RECOVERY_REGION)
    versioned = [
        aws.s3.BucketVersioning(name, bucket=bucket.bucket, versioning_configuration=enabled, region=region)
        for name, bucket, region in (("checkpoints", source, None), ("copies", target, RECOVERY_REGION))
    ]
    trust = {"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = aws.iam.Role(
        "replication",
        name="replication",
        assume_role_policy=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
    )
    aws.s3.BucketReplicationConfig(
        "checkpoints",
        bucket=source.bucket,
        role=role.arn,
        rules=[
            {
                "id": "all",
                "priority": 1,
                "status": "Enabled",
                "filter": {},
                "delete_marker_replication": enabled,
                "source_selection_criteria": {"sse_kms_encrypted_objects": enabled},
                "destination": {
                    "bucket": target.arn,
                    "encryption_configuration": {"replica_kms_key_id": copy_key.arn},
                },
            }
        ],
        opts=pulumi.ResourceOptions(depends_on=versioned),
    )
    vault = aws.backup.Vault("backups", name="backups", force_destroy=True)
    aws.backup.VaultLockConfiguration(
        "backups", backup_vault_name=vault.name, min_retention_days=7, max_retention_days=365
    )
    plan = aws.backup.RestoreTestingPlan(
        "weekly",
        schedule_expression="cron(0 5 ? * 1 *)",
        recovery_point_selection={
            "algorithm": "LATEST_WITHIN_WINDOW",
            "include_vaults": [vault.arn],
            "recovery_point_types": ["SNAPSHOT"],
        },
    )
    aws.backup.RestoreTestingSelection(
        "buckets",
        restore_testing_plan_name=plan.name,
        protected_resource_type="S3",
        iam_role_arn=role.arn,
        protected_resource_arns=["*"],
    )


def test_what_keeps_data_recoverable_comes_up_works_and_goes(toy: Any) -> None:
    up = toy.up(lambda: recoverable(toy.account_id))
    assert up.created == 12
    again = toy.up(lambda: recoverable(toy.account_id))
    assert (again.unchanged, again.created, again.updated, again.replaced) == (12, 0, 0, 0)

    s3, bucket = toy.client("s3"), f"checkpoints-{toy.account_id}"
    s3.put_object(Bucket=bucket, Key="step-1", Body=b"weights", ServerSideEncryption="aws:kms")
    there = toy.sandbox.client("s3", RECOVERY_REGION, toy.account_id)
    copy = there.get_object(Bucket=f"copies-{toy.account_id}", Key="step-1")
    assert (copy["Body"].read(), copy["ReplicationStatus"]) == (b"weights", "REPLICA")
    assert f":kms:{RECOVERY_REGION}:" in copy["SSEKMSKeyId"]

    down = toy.down()
    assert (down.remaining, down.others) == ((), ())
