"""AWS Backup: what it refuses."""

from __future__ import annotations

from typing import Any

from documented_refusals.case import READ_ON, Acceptance, Account, Refusal, Request, repeated

API = f"AWS Backup API Reference, {READ_ON}"
VALUE = "InvalidParameterValueException"
LOCK = f"{API}, PutBackupVaultLockConfiguration"


def vault(account: Account, name: str = "copies") -> str:
    """Name of a new vault."""
    account.client("backup").create_backup_vault(BackupVaultName=name)
    return name


def plan(account: Account, rule: Request | None = None, name: str = "daily") -> Request:
    """A plan of one rule to create, into a new vault."""
    usual = {
        "RuleName": "daily",
        "TargetBackupVaultName": "copies",
        "ScheduleExpression": "cron(0 5 ? * * *)",
    }
    if not rule or "TargetBackupVaultName" not in rule:
        vault(account)
    return {"BackupPlan": {"BackupPlanName": name, "Rules": [{**usual, **(rule or {})}]}}


def planned(account: Account) -> str:
    """Id of a new plan."""
    return account.client("backup").create_backup_plan(**plan(account))["BackupPlanId"]


def selection(account: Account, name: str = "data", **changes: Any) -> Request:
    """A selection to create for a new plan."""
    chosen = {
        "SelectionName": name,
        "IamRoleArn": account.role("keeper"),
        "Resources": ["arn:aws:s3:::data*"],
    }
    return {"BackupPlanId": planned(account), "BackupSelection": {**chosen, **changes}}


def selecting_plan(account: Account) -> Request:
    """A plan that has a selection."""
    made = account.client("backup").create_backup_selection(**selection(account))
    return {"BackupPlanId": made["BackupPlanId"]}


def full_vault(account: Account) -> Request:
    """A vault with a recovery point."""
    backup = account.client("backup")
    volume = account.client("ec2").create_volume(AvailabilityZone=f"{account.region}a", Size=8)["VolumeId"]
    backup.start_backup_job(
        BackupVaultName=vault(account),
        ResourceArn=f"arn:aws:ec2:{account.region}:{account.account_id}:volume/{volume}",
        IamRoleArn=account.role("keeper"),
    )
    return {"BackupVaultName": "copies"}


def testing(account: Account, **changes: Any) -> Request:
    """A restore testing plan to create."""
    usual = {
        "RestoreTestingPlanName": "proof",
        "ScheduleExpression": "cron(0 5 ? * * *)",
        "RecoveryPointSelection": {
            "Algorithm": "LATEST_WITHIN_WINDOW",
            "IncludeVaults": ["*"],
            "RecoveryPointTypes": ["SNAPSHOT"],
        },
    }
    return {"RestoreTestingPlan": {**usual, **changes}}


REFUSALS = (
    Refusal(
        "a vault's name taken",
        "backup.create_backup_vault",
        "AlreadyExistsException",
        f"{API}, CreateBackupVault, errors",
        lambda a: repeated(a, "backup.create_backup_vault", {"BackupVaultName": "copies"}),
    ),
    Refusal(
        "a vault's name of one character",
        "backup.create_backup_vault",
        VALUE,
        f"{API}, CreateBackupVault, BackupVaultName (2 to 50)",
        lambda _: {"BackupVaultName": "c"},
    ),
    Refusal(
        "a vault's name with a period",
        "backup.create_backup_vault",
        VALUE,
        f"{API}, CreateBackupVault, BackupVaultName (pattern)",
        lambda _: {"BackupVaultName": "my.copies"},
    ),
    Refusal(
        "a vault that is not there",
        "backup.describe_backup_vault",
        "ResourceNotFoundException",
        f"{API}, DescribeBackupVault, errors",
        lambda _: {"BackupVaultName": "copies"},
    ),
    Refusal(
        "a vault that is not empty, deleted",
        "backup.delete_backup_vault",
        "InvalidRequestException",
        f"{API}, DeleteBackupVault (only if it is empty)",
        full_vault,
    ),
    Refusal(
        "a vault lock that closes in two days",
        "backup.put_backup_vault_lock_configuration",
        VALUE,
        f"{LOCK}, ChangeableForDays (3 or more)",
        lambda a: {"BackupVaultName": vault(a), "ChangeableForDays": 2, "MinRetentionDays": 7},
    ),
    Refusal(
        "a vault lock that closes after a hundred years",
        "backup.put_backup_vault_lock_configuration",
        VALUE,
        f"{LOCK}, ChangeableForDays (36,500 at most)",
        lambda a: {"BackupVaultName": vault(a), "ChangeableForDays": 36501, "MinRetentionDays": 7},
    ),
    Refusal(
        "a vault lock of no day",
        "backup.put_backup_vault_lock_configuration",
        VALUE,
        f"{LOCK}, MinRetentionDays (1 day or more)",
        lambda a: {"BackupVaultName": vault(a), "MinRetentionDays": 0},
    ),
    Refusal(
        "a vault lock of more than a hundred years",
        "backup.put_backup_vault_lock_configuration",
        VALUE,
        f"{LOCK}, MaxRetentionDays (36,500 at most)",
        lambda a: {"BackupVaultName": vault(a), "MaxRetentionDays": 36501},
    ),
    Refusal(
        "a vault lock whose least is above its most",
        "backup.put_backup_vault_lock_configuration",
        VALUE,
        f"{LOCK}, MinRetentionDays and MaxRetentionDays",
        lambda a: {"BackupVaultName": vault(a), "MinRetentionDays": 30, "MaxRetentionDays": 7},
    ),
    Refusal(
        "a lock of a vault that is not there",
        "backup.put_backup_vault_lock_configuration",
        "ResourceNotFoundException",
        f"{LOCK}, errors",
        lambda _: {"BackupVaultName": "copies", "MinRetentionDays": 7},
    ),
    Refusal(
        "a plan that is there already",
        "backup.create_backup_plan",
        "AlreadyExistsException",
        f"{API}, CreateBackupPlan",
        lambda a: repeated(a, "backup.create_backup_plan", plan(a)),
    ),
    Refusal(
        "a plan's start window of 59 minutes",
        "backup.create_backup_plan",
        VALUE,
        f"{API}, BackupRuleInput, StartWindowMinutes (60 or more)",
        lambda a: plan(a, {"StartWindowMinutes": 59}),
    ),
    Refusal(
        "a plan that keeps less than 90 days in the cold",
        "backup.create_backup_plan",
        VALUE,
        f"{API}, Lifecycle, DeleteAfterDays",
        lambda a: plan(a, {"Lifecycle": {"MoveToColdStorageAfterDays": 30, "DeleteAfterDays": 119}}),
    ),
    Refusal(
        "a rule's name with a space",
        "backup.create_backup_plan",
        VALUE,
        f"{API}, BackupRuleInput, RuleName",
        lambda a: plan(a, {"RuleName": "each day"}),
    ),
    Refusal(
        "a plan's schedule that is none",
        "backup.create_backup_plan",
        VALUE,
        f"{API}, BackupRuleInput, ScheduleExpression",
        lambda a: plan(a, {"ScheduleExpression": "each day"}),
    ),
    Refusal(
        "a plan into a vault that is not there",
        "backup.create_backup_plan",
        VALUE,
        f"{API}, CreateBackupPlan, errors (no other fits)",
        lambda a: plan(a, {"TargetBackupVaultName": "elsewhere"}),
    ),
    Refusal(
        "a plan that is not there",
        "backup.get_backup_plan",
        "ResourceNotFoundException",
        f"{API}, GetBackupPlan, errors",
        lambda _: {"BackupPlanId": "9b2d0d44-1111-2222-3333-444455556666"},
    ),
    Refusal(
        "a plan with a selection, deleted",
        "backup.delete_backup_plan",
        "InvalidRequestException",
        f"{API}, DeleteBackupPlan (all selections first)",
        selecting_plan,
    ),
    Refusal(
        "a selection's name with a space",
        "backup.create_backup_selection",
        VALUE,
        f"{API}, BackupSelection, SelectionName",
        lambda a: selection(a, "the data"),
    ),
    Refusal(
        "a selection of 501 resources",
        "backup.create_backup_selection",
        "LimitExceededException",
        f"{API}, BackupSelection, Resources (500 without wildcards); CreateBackupSelection, errors",
        lambda a: selection(a, Resources=[f"arn:aws:s3:::data-{number}" for number in range(501)]),
    ),
    Refusal(
        "a selection that is not there",
        "backup.get_backup_selection",
        "ResourceNotFoundException",
        f"{API}, GetBackupSelection, errors",
        lambda a: {"BackupPlanId": planned(a), "SelectionId": "9b2d0d44-1111-2222-3333-444455556666"},
    ),
    Refusal(
        "a restore test's name with a hyphen",
        "backup.create_restore_testing_plan",
        VALUE,
        f"{API}, RestoreTestingPlanForCreate, RestoreTestingPlanName",
        lambda a: testing(a, RestoreTestingPlanName="our-proof"),
    ),
    Refusal(
        "a restore test's window of 169 hours",
        "backup.create_restore_testing_plan",
        VALUE,
        f"{API}, RestoreTestingPlanForCreate, StartWindowHours (168 at most)",
        lambda a: testing(a, StartWindowHours=169),
    ),
    Refusal(
        "a restore test that is there already",
        "backup.create_restore_testing_plan",
        "AlreadyExistsException",
        f"{API}, CreateRestoreTestingPlan, errors",
        lambda a: repeated(a, "backup.create_restore_testing_plan", testing(a)),
    ),
    Refusal(
        "a restore test that is not there",
        "backup.get_restore_testing_plan",
        "ResourceNotFoundException",
        f"{API}, GetRestoreTestingPlan, errors",
        lambda _: {"RestoreTestingPlanName": "proof"},
    ),
)

ACCEPTED = (
    Acceptance(
        "backup.create_backup_plan",
        lambda a: plan(
            a,
            {
                "StartWindowMinutes": 60,
                "Lifecycle": {"MoveToColdStorageAfterDays": 30, "DeleteAfterDays": 120},
            },
        ),
    ),
    Acceptance("backup.create_backup_selection", selection),
    Acceptance(
        "backup.put_backup_vault_lock_configuration",
        lambda a: {
            "BackupVaultName": vault(a),
            "ChangeableForDays": 3,
            "MinRetentionDays": 1,
            "MaxRetentionDays": 36500,
        },
    ),
    Acceptance("backup.create_restore_testing_plan", testing),
)
