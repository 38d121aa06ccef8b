"""What AWS Backup may do with what it backs up, and what nobody may do with a vault.

The actions are those of the managed policies AWSBackupServiceRolePolicyForBackup (v29, 2026-02-12),
…ForRestores (v25, 2025-11-10), …ForS3Backup (v5, 2026-08-24) and …ForS3Restore (v2, 2023-02-07) for S3, EFS
and FSx, bounded to the buckets named, to file systems with the tag, to the vaults and to the regions of one
plan.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from modelyard.planning.arns import Place, bucket_arn
from modelyard.planning.policies.document import Statement, document, statement

RESTORE_TEST_BUCKETS = "awsbackup-restore-test-*"
"""Buckets that restore tests make (AWS Backup Developer Guide, "Restore testing inferred metadata",
2026-11)."""

RESTORED_TAG = "aws:backup:source-resource"
"""Tag that AWS Backup gives to what it restores (the managed policies bound deletions of FSx by it)."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a backup role reaches."""

    account_id: str
    regions: tuple[str, ...]
    """The vault's region, then the one that copies go to."""
    tag_key: str
    tag_value: str
    """Tag of what is backed up."""

    def arns(self, service: str, resource: str) -> list[str]:
        """ARNs of a resource in each region."""
        return [Place(self.account_id, region).arn(service, resource) for region in self.regions]

    @property
    def tagged(self) -> dict[str, dict[str, str]]:
        """The condition that a resource has the tag."""
        return {"StringEquals": {f"aws:ResourceTag/{self.tag_key}": self.tag_value}}


def backup_buckets_policy(reach: Reach, buckets: Sequence[str], *, tests: bool) -> str:
    """Backups of buckets, and restores of their objects into them. IAM bounds buckets by name only: S3 tells
    no tags of a bucket unless it is set to. `tests` lets restore tests make buckets of their own.
    """
    arns = [bucket_arn(bucket) for bucket in buckets]
    restored = [*arns, *([bucket_arn(RESTORE_TEST_BUCKETS)] if tests else [])]
    return document(
        [
            statement(
                "WatchBuckets",
                [
                    "s3:GetBucketAcl",
                    "s3:GetBucketLocation",
                    "s3:GetBucketNotification",
                    "s3:GetBucketOwnershipControls",
                    "s3:GetBucketTagging",
                    "s3:GetBucketVersioning",
                    "s3:GetInventoryConfiguration",
                    "s3:ListBucket",
                    "s3:ListBucketVersions",
                    "s3:ListTagsForResource",
                    "s3:PutBucketNotification",
                    "s3:PutInventoryConfiguration",
                ],
                arns,
            ),
            statement(
                "ReadObjects",
                [
                    "s3:GetObject",
                    "s3:GetObjectAcl",
                    "s3:GetObjectTagging",
                    "s3:GetObjectVersion",
                    "s3:GetObjectVersionAcl",
                    "s3:GetObjectVersionTagging",
                ],
                [f"{arn}/*" for arn in restored],
            ),
            statement(
                "RestoreObjects",
                [
                    "s3:DeleteObject",
                    "s3:ListMultipartUploadParts",
                    "s3:PutObject",
                    "s3:PutObjectAcl",
                    "s3:PutObjectTagging",
                    "s3:PutObjectVersionAcl",
                ],
                [f"{arn}/*" for arn in restored],
            ),
            *([_test_buckets()] if tests else []),
            statement(
                "WatchChanges",
                [
                    "events:DeleteRule",
                    "events:DescribeRule",
                    "events:DisableRule",
                    "events:EnableRule",
                    "events:ListTargetsByRule",
                    "events:PutRule",
                    "events:PutTargets",
                    "events:RemoveTargets",
                ],
                reach.arns("events", "rule/AwsBackupManagedRule*"),
            ),
            # These take no resource (Service Authorization Reference, 2026-11).
            statement(
                "SeeMetricsRulesAndBuckets",
                ["cloudwatch:GetMetricData", "events:ListRules", "s3:ListAllMyBuckets"],
            ),
        ]
    )


def backup_file_systems_policy(reach: Reach) -> str:
    """Backups of the EFS and FSx file systems with the tag, and restores into new ones.

    Of file systems only those are deleted that a restore has made: never one that carries the tag.
    """
    efs = reach.arns("elasticfilesystem", "file-system/*")
    fsx, backups = reach.arns("fsx", "file-system/*"), reach.arns("fsx", "backup/*")
    return document(
        [
            statement(
                "BackUpTagged",
                ["elasticfilesystem:Backup", "elasticfilesystem:DescribeTags", "fsx:CreateBackup"],
                [*efs, *fsx],
                conditions=reach.tagged,
            ),
            statement(
                "KeepFsxBackups",
                [
                    "fsx:CopyBackup",
                    "fsx:CreateBackup",
                    "fsx:CreateFileSystemFromBackup",
                    "fsx:DeleteBackup",
                    "fsx:DescribeBackups",
                    "fsx:ListTagsForResource",
                    "fsx:TagResource",
                ],
                backups,
            ),
            statement(
                "SeeFileSystems",
                [
                    "elasticfilesystem:DescribeFileSystems",
                    "fsx:DescribeFileSystems",
                    "fsx:ListTagsForResource",
                ],
                [*efs, *fsx],
            ),
            statement(
                "RestoreToNew",
                [
                    "elasticfilesystem:CreateFileSystem",
                    "elasticfilesystem:Restore",
                    "elasticfilesystem:TagResource",
                    "fsx:CreateFileSystemFromBackup",
                    "fsx:TagResource",
                ],
                [*efs, *fsx],
            ),
            statement(
                "DeleteWhatFailedToBeRestoredToEfs",
                ["elasticfilesystem:DeleteFileSystem"],
                efs,
                conditions={"Null": {f"aws:ResourceTag/{reach.tag_key}": "true"}},
            ),
            statement(
                "DeleteWhatFailedToBeRestoredToFsx",
                ["fsx:DeleteFileSystem", "fsx:UntagResource"],
                fsx,
                conditions={"Null": {f"aws:ResourceTag/{RESTORED_TAG}": "false"}},
            ),
            # These take no resource (Service Authorization Reference, 2026-11).
            statement(
                "SeePlacesForFsx", ["ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs"]
            ),
        ]
    )


def backup_vaults_policy(reach: Reach, vaults: Sequence[str]) -> str:
    """Use of the vaults, whose ARNs these are: the plan's own, then the one that copies go to."""
    statements = [
        statement("UseVaults", ["backup:CopyIntoBackupVault", "backup:DescribeBackupVault"], vaults),
        statement("TagBackups", ["backup:TagResource"], reach.arns("backup", "recovery-point:*")),
        # It takes no resource (Service Authorization Reference, 2026-11).
        statement("FindTagged", ["tag:GetResources"]),
    ]
    if copies := list(vaults[1:]):
        statements.append(
            # The action takes no vault as its resource; its condition key names where copies may go.
            statement(
                "CopyToTheOtherVaultOnly",
                ["backup:CopyFromBackupVault"],
                conditions={"ForAllValues:ArnEquals": {"backup:CopyTargets": copies}},
            )
        )
    return document(statements)


def backup_keys_policy(reach: Reach, data_keys: Sequence[str], vault_keys: Sequence[str]) -> str:
    """Use of keys, given by their ARNs. Without it backups of buckets succeed and hold nothing (AWS Backup
    Developer Guide, "Encryption for backups", 2026-11).
    """
    through = [f"{service}.{region}.amazonaws.com" for service in ("elasticfilesystem", "s3")
               for region in reach.regions]  # fmt: skip
    statements = [
        statement("SeeKeys", ["kms:DescribeKey"], [*data_keys, *vault_keys]),
        statement(
            "LetServicesUseKeysForBackupsAndFileSystems",
            ["kms:CreateGrant"],
            [*data_keys, *vault_keys],
            conditions={"Bool": {"kms:GrantIsForAWSResource": "true"}},
        ),
        # Restore tests write under the vault's key.
        statement(
            "ReadAndRestoreUnderTheDatasKeys",
            ["kms:Decrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext"],
            [*data_keys, *vault_keys],
            conditions={"StringEquals": {"kms:ViaService": through}},
        ),
    ]
    return document(statements)


def vault_policy(account_id: str, administrator_arns: Sequence[str]) -> str:
    """Access policy of a vault: what is in it goes when its retention is over, and not before.

    Nobody deletes a recovery point or changes how long it is kept; AWS Backup's own lifecycle asks no policy.
    Only administrators, and the account's root user, change the lock and this policy; without administrators
    that is left to IAM, since otherwise nobody could ever change them again. AWS Backup takes no wildcard for
    actions, and AWS Config's rule backup-recovery-point-manual-deletion-disabled wants wildcards for who and
    what (AWS Backup Developer Guide, "Vault access policies", 2026-11).
    """
    statements = [
        _deny("NobodyDeletesBackups", ["backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle"])
    ]
    if administrator_arns:
        allowed = [*administrator_arns, Place(account_id, "").iam("root")]
        statements.append(
            {
                **_deny(
                    "OnlyAdministratorsUnlock",
                    [
                        "backup:DeleteBackupVaultAccessPolicy",
                        "backup:DeleteBackupVaultLockConfiguration",
                        "backup:PutBackupVaultAccessPolicy",
                        "backup:PutBackupVaultLockConfiguration",
                    ],
                ),
                "Condition": {"ArnNotLike": {"aws:PrincipalArn": allowed}},
            }
        )
    return document(statements)


def _deny(sid: str, actions: Sequence[str]) -> Statement:
    return statement(sid, actions, effect="Deny", principal="*")


def _test_buckets() -> Statement:
    return statement(
        "MakeBucketsForRestoreTests",
        [
            "s3:CreateBucket",
            "s3:GetBucketLocation",
            "s3:GetBucketOwnershipControls",
            "s3:GetBucketVersioning",
            "s3:ListBucket",
            "s3:ListBucketVersions",
            "s3:PutBucketOwnershipControls",
            "s3:PutBucketVersioning",
        ],
        [bucket_arn(RESTORE_TEST_BUCKETS)],
    )
