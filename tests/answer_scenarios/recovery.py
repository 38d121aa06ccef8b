"""AWS Backup: vaults, plans, jobs, recovery points, restore tests, settings."""

from __future__ import annotations

import json
from typing import Any

from botocore.exceptions import ClientError
from documented_refusals.backup import plan, selection, testing
from documented_refusals.case import AWAY, Account

SELECTION = {
    "RestoreTestingSelectionName": "buckets",
    "ProtectedResourceType": "S3",
    "ProtectedResourceArns": ["*"],
    "ValidationWindowHours": 4,
}


def run(account: Account) -> None:
    """Every operation of AWS Backup."""
    backup = account.client("backup")
    vaults(account, backup)
    plans(account, backup)
    settings(backup)
    point = jobs(account, backup)
    restores(account, backup, point)
    restore_tests(account, backup)


def vaults(account: Account, backup: Any) -> None:
    """A vault that is locked, watched and guarded, and let go of again."""
    name = {"BackupVaultName": "spare"}
    arn = backup.create_backup_vault(**name, BackupVaultTags={"team": "training"})["BackupVaultArn"]
    deny = {"Effect": "Deny", "Principal": "*", "Action": "backup:StartCopyJob", "Resource": arn}
    topic = f"arn:aws:sns:{account.region}:{account.account_id}:alarms"
    backup.put_backup_vault_lock_configuration(**name, MinRetentionDays=7, MaxRetentionDays=90)
    backup.put_backup_vault_access_policy(
        **name, Policy=json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    )
    backup.put_backup_vault_notifications(**name, SNSTopicArn=topic, BackupVaultEvents=["BACKUP_JOB_FAILED"])
    for read in ("describe_backup_vault", "get_backup_vault_access_policy", "get_backup_vault_notifications"):
        getattr(backup, read)(**name)
    backup.list_backup_vaults()
    backup.delete_backup_vault_notifications(**name)
    backup.delete_backup_vault_access_policy(**name)
    backup.delete_backup_vault_lock_configuration(**name)
    backup.delete_backup_vault(**name)


def plans(account: Account, backup: Any) -> None:
    """A plan with a selection."""
    chosen = selection(account)
    id_ = {"BackupPlanId": chosen["BackupPlanId"]}
    one = {**id_, "SelectionId": backup.create_backup_selection(**chosen)["SelectionId"]}
    backup.get_backup_plan(**id_)
    backup.update_backup_plan(**id_, **plan(account, {"TargetBackupVaultName": "copies"}, "nightly"))
    backup.list_backup_plans()
    backup.get_backup_selection(**one)
    backup.list_backup_selections(**id_)
    backup.delete_backup_selection(**one)
    backup.delete_backup_plan(**id_)


def settings(backup: Any) -> None:
    """What a region backs up, and what an account does across accounts."""
    preferences = backup.describe_region_settings()["ResourceTypeOptInPreference"]
    backup.update_region_settings(ResourceTypeOptInPreference={**preferences, "EBS": False})
    backup.update_global_settings(GlobalSettings={"isCrossAccountBackupEnabled": "false"})
    backup.describe_global_settings()
    backup.get_supported_resource_types()


def jobs(account: Account, backup: Any) -> str:
    """A bucket backed up and copied to another region; ARN of the recovery point."""
    bucket = account.object(account.bucket("kept", versioned=True))["Bucket"]
    vault, role = {"BackupVaultName": "copies"}, account.role("worker")
    job = backup.start_backup_job(
        **vault, ResourceArn=f"arn:aws:s3:::{bucket}", IamRoleArn=role, Lifecycle={"DeleteAfterDays": 30}
    )
    point = job["RecoveryPointArn"]
    backup.describe_backup_job(BackupJobId=job["BackupJobId"])
    backup.list_backup_jobs()
    refused(backup.stop_backup_job, BackupJobId=job["BackupJobId"])
    backup.describe_recovery_point(**vault, RecoveryPointArn=point)
    backup.update_recovery_point_lifecycle(**vault, RecoveryPointArn=point, Lifecycle={"DeleteAfterDays": 60})
    backup.list_recovery_points_by_backup_vault(**vault)
    backup.list_recovery_points_by_resource(ResourceArn=f"arn:aws:s3:::{bucket}")
    backup.list_protected_resources()
    backup.describe_protected_resource(ResourceArn=f"arn:aws:s3:::{bucket}")
    away = account.client("backup", AWAY).create_backup_vault(BackupVaultName="away")["BackupVaultArn"]
    copy = backup.start_copy_job(
        RecoveryPointArn=point,
        SourceBackupVaultName="copies",
        DestinationBackupVaultArn=away,
        IamRoleArn=role,
    )
    backup.describe_copy_job(CopyJobId=copy["CopyJobId"])
    backup.list_copy_jobs()
    return point


def restores(account: Account, backup: Any, point: str) -> None:
    """The recovery point restored, and deleted."""
    vault = {"BackupVaultName": "copies"}
    backup.get_recovery_point_restore_metadata(**vault, RecoveryPointArn=point)
    target = account.bucket("restored", versioned=True)
    job = backup.start_restore_job(
        RecoveryPointArn=point,
        Metadata={"DestinationBucketName": target, "NewBucket": "false"},
        IamRoleArn=account.role("restorer"),
        ResourceType="S3",
    )
    backup.describe_restore_job(RestoreJobId=job["RestoreJobId"])
    backup.list_restore_jobs()
    backup.put_restore_validation_result(RestoreJobId=job["RestoreJobId"], ValidationStatus="SUCCESSFUL")
    backup.delete_recovery_point(**vault, RecoveryPointArn=point)


def restore_tests(account: Account, backup: Any) -> None:
    """A plan that tests restores."""
    name = {"RestoreTestingPlanName": "proof"}
    chosen = {**SELECTION, "IamRoleArn": account.role("tester")}
    one = {**name, "RestoreTestingSelectionName": "buckets"}
    backup.create_restore_testing_plan(**testing(account, StartWindowHours=4))
    backup.create_restore_testing_selection(**name, RestoreTestingSelection=chosen)
    backup.get_restore_testing_plan(**name)
    backup.list_restore_testing_plans()
    backup.update_restore_testing_plan(**name, RestoreTestingPlan={"StartWindowHours": 2})
    backup.get_restore_testing_selection(**one)
    backup.list_restore_testing_selections(**name)
    backup.update_restore_testing_selection(**one, RestoreTestingSelection={"ValidationWindowHours": 8})
    backup.delete_restore_testing_selection(**one)
    backup.delete_restore_testing_plan(**name)


def refused(call: Any, **request: Any) -> None:
    """A call that can only be refused."""
    try:
        call(**request)
    except ClientError:
        return
    raise AssertionError(f"{call.__name__} was not refused")
