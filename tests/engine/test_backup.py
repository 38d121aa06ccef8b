"""Backups in two regions, copied and locked, under the real engine; and their end, once time lets them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from rehearsing import ACCOUNT, REGION, Rehearsal, rehearse_toy

if TYPE_CHECKING:
    from conftest import Engine

ELSEWHERE = "eu-west-1"
PROGRAM = f"""
from modelyard.aws.backup import Backup

key = aws.kms.Key("backups", multi_region=True, enable_key_rotation=True)
replica = aws.kms.ReplicaKey("backups", primary_key_arn=key.arn, region="{ELSEWHERE}")
data = aws.s3.Bucket(
    "data", bucket="web-data-{ACCOUNT}-{REGION}", force_destroy=True, tags={{"modelyard:backup": "web"}}
)
aws.s3.BucketVersioning("data", bucket=data.bucket, versioning_configuration={{"status": "Enabled"}})
backup = Backup(
    "web-backup",
    {{
        "environment": "web",
        "account_id": "{ACCOUNT}",
        "region": "{REGION}",
        "vault_key_arn": key.arn,
        "every_hours": 6,
        "retention_days": 10,
        "copy_region": "{ELSEWHERE}",
        "copy_vault_key_arn": replica.arn,
        "copy_retention_days": 20,
        "lock_mode": "compliance",
        "lock_min_retention_days": 7,
        "lock_max_retention_days": 90,
        "restore_test_every": "week",
        "restore_test_types": ["S3"],
        "tags": {{"owner": "web"}},
    }},
)
pulumi.export("role", backup.role_arn)
pulumi.export("vault", backup.vault_name)
pulumi.export("copies", backup.copy_vault_arn)
"""


@pytest.fixture
def toy(engine: Engine, tmp_path: Path) -> Iterator[Rehearsal]:
    with rehearse_toy(engine, tmp_path, PROGRAM) as made:
        yield made


@pytest.mark.slow
def test_backups_are_copied_and_locked_and_go_when_their_time_is_over(toy: Rehearsal) -> None:
    toy.up()
    toy.up("--expect-no-changes")
    outputs, here, there = toy.outputs(), toy.client("backup"), toy.client("backup", region=ELSEWHERE)
    point = _back_up(toy, outputs)
    assert _lock(here, "web-backup") == _lock(there, "web-backup-copies") == (7, 90)
    for client, vault in ((here, "web-backup"), (there, "web-backup-copies")):
        (kept,) = client.list_recovery_points_by_backup_vault(BackupVaultName=vault)["RecoveryPoints"]
        with pytest.raises(ClientError, match="AccessDeniedException"):
            client.delete_recovery_point(BackupVaultName=vault, RecoveryPointArn=kept["RecoveryPointArn"])
    # What is tried is the newest backup of what carries the tag.
    (selection,) = here.list_restore_testing_selections(RestoreTestingPlanName="web_backup")[
        "RestoreTestingSelections"
    ]
    assert (selection["ProtectedResourceType"], selection["IamRoleArn"]) == ("S3", outputs["role"])

    # Within its grace the lock can be changed, and is there afterwards.
    toy.write(PROGRAM.replace('"lock_min_retention_days": 7', '"lock_min_retention_days": 8'))
    toy.up()
    assert _lock(here, "web-backup") == _lock(there, "web-backup-copies") == (8, 90)
    toy.up("--expect-no-changes")

    # After it nobody changes it, and nobody destroys what is in it.
    toy.sandbox.clock(timedelta(days=4))
    toy.write(PROGRAM.replace('"lock_min_retention_days": 7', '"lock_min_retention_days": 9'))
    said = toy.fails("up", "--yes", "--skip-preview")
    assert "InvalidRequestException: Vault Lock configuration of web-backup" in said
    assert "is immutable and cannot be deleted" in said
    toy.write(PROGRAM.replace('"lock_min_retention_days": 7', '"lock_min_retention_days": 8'))
    said = toy.fails("destroy", "--yes", "--skip-preview")
    # Of the two vaults the engine stops at the one that answers first.
    refused = (
        r"Backup vault cannot be deleted: web-backup(-copies)? is not empty \(1 recovery points\) and is"
    )
    assert re.search(rf"InvalidRequestException: {refused} locked in compliance mode", said), said
    assert here.describe_recovery_point(BackupVaultName="web-backup", RecoveryPointArn=point)["Status"]
    assert _lock(here, "web-backup") == (8, 90)

    # The backups have expired: after 10 days here, and after 20 there.
    toy.sandbox.clock(timedelta(days=11))
    assert "web-backup-copies is not empty" in toy.fails("destroy", "--yes", "--skip-preview")
    toy.sandbox.clock(timedelta(days=10))
    toy.must("destroy", "--yes", "--skip-preview")
    assert toy.listed() == set()
    assert there.list_backup_vaults()["BackupVaultList"] == []


@pytest.mark.slow
def test_a_destruction_that_is_refused_leaves_a_governance_lock_where_it_is(toy: Rehearsal) -> None:
    toy.write(PROGRAM.replace('"compliance"', '"governance"'))
    toy.up()
    toy.must("refresh", "--yes", "--skip-preview", "--expect-no-changes")
    _back_up(toy, toy.outputs())
    assert "is not empty (1 recovery points)" in toy.fails("destroy", "--yes", "--skip-preview")
    for region, vault in ((REGION, "web-backup"), (ELSEWHERE, "web-backup-copies")):
        client = toy.client("backup", region=region)
        assert _lock(client, vault) == (7, 90)
        assert (
            "NobodyDeletesBackups" in client.get_backup_vault_access_policy(BackupVaultName=vault)["Policy"]
        )
    toy.sandbox.clock(timedelta(days=25))
    toy.must("destroy", "--yes", "--skip-preview")
    assert toy.listed() == set()


def _back_up(toy: Rehearsal, outputs: dict[str, Any]) -> str:
    """What the plan would do by itself: a backup, and its copy. The backup's ARN."""
    s3, backup = toy.client("s3"), toy.client("backup")
    bucket = f"web-data-{ACCOUNT}-{REGION}"
    s3.put_object(Bucket=bucket, Key="a", Body=b"1")
    (plan,) = backup.list_backup_plans()["BackupPlansList"]
    (rule,) = backup.get_backup_plan(BackupPlanId=plan["BackupPlanId"])["BackupPlan"]["Rules"]
    (copy,) = rule["CopyActions"]
    assert copy["DestinationBackupVaultArn"] == outputs["copies"]
    started = backup.start_backup_job(
        BackupVaultName=rule["TargetBackupVaultName"],
        ResourceArn=f"arn:aws:s3:::{bucket}",
        IamRoleArn=outputs["role"],
        Lifecycle=rule["Lifecycle"],
    )
    job = backup.describe_backup_job(BackupJobId=started["BackupJobId"])
    assert job["State"] == "COMPLETED", job["StatusMessage"]
    copied = backup.start_copy_job(
        RecoveryPointArn=started["RecoveryPointArn"],
        SourceBackupVaultName=rule["TargetBackupVaultName"],
        DestinationBackupVaultArn=copy["DestinationBackupVaultArn"],
        IamRoleArn=outputs["role"],
        Lifecycle=copy["Lifecycle"],
    )
    assert backup.describe_copy_job(CopyJobId=copied["CopyJobId"])["CopyJob"]["State"] == "COMPLETED"
    return started["RecoveryPointArn"]


def _lock(client: Any, vault: str) -> tuple[int, int]:
    found = client.describe_backup_vault(BackupVaultName=vault)
    assert found["Locked"]
    return found["MinRetentionDays"], found["MaxRetentionDays"]
