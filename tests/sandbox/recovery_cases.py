"""Cases of what keeps data recoverable, for the tests that go through every type."""

from __future__ import annotations

import json
from typing import Any

from modelyard_sandbox.aws.cloud import Cloud

RECOVERY_REGION = "eu-west-1"
TAGS = {"tags": {"Owner": "a"}, "tagsAll": {"Owner": "a", "Default": "x"}}
NEW_TAGS = {"tags": {"Owner": "b"}, "tagsAll": {"Owner": "b"}}


def keep_backups(action: str) -> str:
    """A vault's policy that denies an action."""
    statement = {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": action, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def primary_key_arn(cloud: Cloud) -> str:
    """A multi-Region key of another region than the cases'."""
    made = cloud.in_region(RECOVERY_REGION).call("kms", "CreateKey", MultiRegion=True)
    return made["KeyMetadata"]["Arn"]


def opted_in(cloud: Cloud) -> dict[str, bool]:
    """Every type, but for one."""
    settings = cloud.call("backup", "DescribeRegionSettings")["ResourceTypeOptInPreference"]
    return {**settings, "EBS": False}


RECOVERY_CASES: dict[str, dict[str, Any]] = {
    "vault_lock": {
        "type": "aws:backup/vaultLockConfiguration:VaultLockConfiguration",
        "inputs": {"backupVaultName": "{vault}", "minRetentionDays": 7, "maxRetentionDays": 365},
        "needs": ("vault",),
        "outputs": ("backupVaultArn",),
    },
    "vault_policy": {
        "type": "aws:backup/vaultPolicy:VaultPolicy",
        "inputs": {"backupVaultName": "{vault}", "policy": keep_backups("backup:DeleteRecoveryPoint")},
        "update": {"policy": keep_backups("backup:UpdateRecoveryPointLifecycle")},
        "needs": ("vault",),
        "outputs": ("backupVaultArn",),
    },
    "region_settings": {
        "type": "aws:backup/regionSettings:RegionSettings",
        "inputs": {"resourceTypeOptInPreference": opted_in},
        "outputs": ("resourceTypeManagementPreference",),
    },
    "testing_plan": {
        "type": "aws:backup/restoreTestingPlan:RestoreTestingPlan",
        "inputs": {
            "name": "weekly",
            "scheduleExpression": "cron(0 5 ? * 1 *)",
            "startWindowHours": 4,
            "recoveryPointSelection": {
                "algorithm": "LATEST_WITHIN_WINDOW",
                "includeVaults": ["*"],
                "recoveryPointTypes": ["SNAPSHOT"],
            },
            **TAGS,
        },
        "update": {"scheduleExpression": "cron(0 6 ? * 1 *)", "startWindowHours": 2, **NEW_TAGS},
    },
    "testing_selection": {
        "type": "aws:backup/restoreTestingSelection:RestoreTestingSelection",
        "inputs": {
            "name": "buckets",
            "restoreTestingPlanName": "{testing_plan}",
            "protectedResourceType": "S3",
            "iamRoleArn": "{role.arn}",
            "protectedResourceArns": ["*"],
            "protectedResourceConditions": {"stringEquals": [{"key": "aws:ResourceTag/Owner", "value": "a"}]},
            "validationWindowHours": 4,
        },
        "update": {"validationWindowHours": 8},
        "needs": ("testing_plan", "role"),
        "outputs": ("name",),
    },
    "copies": {
        "type": "aws:s3/bucket:Bucket",
        "inputs": {"bucket": "copies-{account}", "objectLockEnabled": True},
    },
    "object_lock": {
        "type": "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
        "inputs": {
            "bucket": "{copies}",
            "objectLockEnabled": "Enabled",
            "rule": {"defaultRetention": {"mode": "GOVERNANCE", "days": 7}},
        },
        "update": {"rule": {"defaultRetention": {"mode": "GOVERNANCE", "years": 1}}},
        "needs": ("copies",),
        "outputs": ("bucket",),
    },
    "replication": {
        "type": "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
        "inputs": {
            "bucket": "{bucket}",
            "role": "{role.arn}",
            "rules": [
                {
                    "id": "data",
                    "priority": 1,
                    "status": "Enabled",
                    "filter": {"prefix": "data/"},
                    "deleteMarkerReplication": {"status": "Enabled"},
                    "sourceSelectionCriteria": {"sseKmsEncryptedObjects": {"status": "Enabled"}},
                    "destination": {
                        "bucket": "{copies.arn}",
                        "storageClass": "STANDARD_IA",
                        "encryptionConfiguration": {"replicaKmsKeyId": "{key.arn}"},
                        "replicationTime": {"status": "Enabled", "time": {"minutes": 15}},
                        "metrics": {"status": "Enabled", "eventThreshold": {"minutes": 15}},
                    },
                },
                {
                    "id": "tagged",
                    "priority": 2,
                    "status": "Enabled",
                    "filter": {"and": {"prefix": "a", "tags": {"keep": "yes"}}},
                    "deleteMarkerReplication": {"status": "Disabled"},
                    "destination": {"bucket": "{copies.arn}"},
                },
            ],
        },
        "update": {
            "rules": [
                {
                    "id": "all",
                    "priority": 1,
                    "status": "Enabled",
                    "filter": {},
                    "deleteMarkerReplication": {"status": "Disabled"},
                    "destination": {"bucket": "{copies.arn}"},
                }
            ]
        },
        "needs": ("versioning", "bucket", "copies", "role", "key"),
        "outputs": ("bucket",),
    },
    "replica_key": {
        "type": "aws:kms/replicaKey:ReplicaKey",
        "inputs": {
            "primaryKeyArn": primary_key_arn,
            "description": "first",
            "deletionWindowInDays": 7,
            **TAGS,
        },
        "update": {"description": "second", "enabled": False, **NEW_TAGS},
        "outputs": ("arn", "keyId", "keySpec", "keyUsage"),
    },
}
