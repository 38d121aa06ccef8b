"""Backup in the in-process engine: brought up, left alone, locked otherwise, taken down."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pulumi_aws as aws

from modelyard.aws.backup import Backup

ELSEWHERE = "eu-west-1"


def program(account_id: str, **args: Any) -> Callable[[], None]:
    def make() -> None:
        key = aws.kms.Key("backups", multi_region=True)
        replica = aws.kms.ReplicaKey("backups", primary_key_arn=key.arn, region=ELSEWHERE)
        Backup(
            "web-backup",
            {
                "environment": "web",
                "account_id": account_id,
                "region": "eu-central-1",
                "vault_key_arn": key.arn,
                "every_hours": 24,
                "retention_days": 35,
                "copy_region": ELSEWHERE,
                "copy_vault_key_arn": replica.arn,
                "lock_mode": "governance",
                "lock_min_retention_days": 7,
                "lock_max_retention_days": 90,
                "restore_test_every": "day",
                "restore_test_types": ["S3", "EFS", "FSx"],
                "restore_test_subnet_id": "subnet-0123456789abcdef0",
                "restore_test_security_group_ids": ["sg-0123456789abcdef0"],
                **args,
            },
        )

    return make


def test_what_stands_is_left_alone_and_its_lock_changed_in_place_of_the_old(toy: Any) -> None:
    made = toy.up(program(toy.account_id))
    assert made.unchanged == 0
    again = toy.up(program(toy.account_id))
    assert (again.created, again.replaced, again.unchanged) == (0, 0, made.created)
    changed = toy.up(program(toy.account_id, lock_max_retention_days=120))
    assert (changed.replaced, changed.created, changed.deleted) == (2, 0, 0)
    vault = toy.client("backup").describe_backup_vault(BackupVaultName="web-backup")
    assert (vault["Locked"], vault["MinRetentionDays"], vault["MaxRetentionDays"]) == (True, 7, 120)
    tests = toy.client("backup").list_restore_testing_selections(RestoreTestingPlanName="web_backup")
    overrides = {
        item["ProtectedResourceType"]: item["RestoreTestingSelectionName"]
        for item in tests["RestoreTestingSelections"]
    }
    assert overrides == {"S3": "web_backup_s3", "EFS": "web_backup_efs", "FSx": "web_backup_fsx"}
    gone = toy.down()
    assert (gone.remaining, gone.others) == ((), ())


def test_with_administrators_others_change_neither_lock_nor_policy(toy: Any) -> None:
    deployer = f"arn:aws:iam::{toy.account_id}:role/deployer"
    toy.up(program(toy.account_id, administrator_arns=[deployer]))
    # The sandbox is asked by the account's root user, which is never locked out.
    toy.up(program(toy.account_id, administrator_arns=[deployer], lock_max_retention_days=120))
    vault = toy.client("backup").describe_backup_vault(BackupVaultName="web-backup")
    assert vault["MaxRetentionDays"] == 120
    assert toy.down().remaining == ()
