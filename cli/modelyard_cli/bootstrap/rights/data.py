"""Rights on what keeps data: buckets, file systems, backups, keys. None of them reads the data itself."""

from __future__ import annotations

from modelyard.outputs import RECOVERY_TARGET_OBJECT_KEY, TARGET_OBJECT_KEY
from modelyard.planning.policies.file_systems import FSX_S3_ROLE
from modelyard_cli.bootstrap.rights.scope import Grant, Scope

BUCKETS = (
    "s3.Bucket",
    "s3.BucketLifecycleConfiguration",
    "s3.BucketLogging",
    "s3.BucketMetric",
    "s3.BucketNotification",
    "s3.BucketObjectLockConfiguration",
    "s3.BucketOwnershipControls",
    "s3.BucketPolicy",
    "s3.BucketPublicAccessBlock",
    "s3.BucketReplicationConfig",
    "s3.BucketServerSideEncryptionConfiguration",
    "s3.BucketVersioning",
)
BACKUPS = (
    "backup.Plan",
    "backup.RestoreTestingPlan",
    "backup.RestoreTestingSelection",
    "backup.Selection",
    "backup.Vault",
    "backup.VaultLockConfiguration",
    "backup.VaultPolicy",
)
FILE_SYSTEMS = (
    "efs.BackupPolicy",
    "efs.FileSystem",
    "efs.FileSystemPolicy",
    "efs.MountTarget",
    "fsx.Backup",
    "fsx.DataRepositoryAssociation",
    "fsx.LustreFileSystem",
)
KEYS = ("kms.Alias", "kms.Grant", "kms.Key", "kms.ReplicaKey")


def bucket_grants(scope: Scope) -> list[Grant]:
    """The grants of S3: settings of the environment's buckets, and the one object that `up` writes."""
    return [
        Grant(
            "OwnBuckets",
            BUCKETS,
            [
                "s3:CreateBucket",
                "s3:DeleteBucket",
                "s3:DeleteBucketPolicy",
                "s3:GetAccelerateConfiguration",
                "s3:GetBucket*",
                "s3:GetEncryptionConfiguration",
                "s3:GetLifecycleConfiguration",
                "s3:GetMetricsConfiguration",
                "s3:GetReplicationConfiguration",
                "s3:ListBucket",
                "s3:ListBucketVersions",
                "s3:ListTagsForResource",
                "s3:PutBucket*",
                "s3:PutEncryptionConfiguration",
                "s3:PutLifecycleConfiguration",
                "s3:PutMetricsConfiguration",
                "s3:PutReplicationConfiguration",
                "s3:TagResource",
                "s3:UntagResource",
            ],
            [scope.buckets],
        ),
        Grant(
            "LaunchTarget",
            ("s3.BucketObjectv2",),
            [
                "s3:DeleteObject",
                "s3:DeleteObjectVersion",
                "s3:GetObject",
                "s3:GetObjectAttributes",
                "s3:GetObjectTagging",
                "s3:GetObjectVersion",
                "s3:PutObject",
                "s3:PutObjectTagging",
            ],
            [f"{scope.buckets}/{key}" for key in (TARGET_OBJECT_KEY, RECOVERY_TARGET_OBJECT_KEY)],
        ),
    ]


def key_grants(scope: Scope) -> list[Grant]:
    """The grants of KMS: keys with the environment's tag, and the services that use them for it."""
    keys, aliases = scope.all_of("kms", "key/*"), scope.named("kms", "alias/")
    return [
        Grant("MakeKeys", KEYS, ["kms:CreateKey", "kms:TagResource"], conditions=scope.to_be_tagged),
        Grant(
            "OwnKeys",
            KEYS,
            [
                "kms:CancelKeyDeletion",
                "kms:CreateAlias",
                "kms:DeleteAlias",
                "kms:DescribeKey",
                "kms:DisableKey",
                "kms:EnableKey",
                "kms:EnableKeyRotation",
                "kms:GetKeyPolicy",
                "kms:GetKeyRotationStatus",
                "kms:ListGrants",
                "kms:ListResourceTags",
                "kms:PutKeyPolicy",
                "kms:ReplicateKey",
                "kms:RevokeGrant",
                "kms:ScheduleKeyDeletion",
                "kms:TagResource",
                "kms:UntagResource",
                "kms:UpdateAlias",
                "kms:UpdateKeyDescription",
            ],
            keys,
            scope.tagged,
        ),
        # The alias is a resource of its own beside its key.
        Grant("OwnAliases", KEYS, ["kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"], aliases),
        Grant("SeeAliases", KEYS, ["kms:ListAliases", "kms:ListKeys"], conditions=scope.here),
        Grant(
            "GiveKeysToServices",
            ("backup.Vault", "ecr.Repository", "efs.FileSystem", "fsx.LustreFileSystem", "lambda_.Function"),
            ["kms:CreateGrant", "kms:RetireGrant"],
            keys,
            {**scope.tagged, "Bool": {"kms:GrantIsForAWSResource": "true"}},
        ),
        Grant(
            # FSx reads a dataset bucket by a role of its own, for which the key has to be opened.
            "GiveKeysToFileSystems",
            ("kms.Grant",),
            ["kms:CreateGrant"],
            keys,
            {
                **scope.tagged,
                "ForAllValues:StringEquals": {"kms:GrantOperations": ["Decrypt", "DescribeKey"]},
                "StringLike": {"kms:GranteePrincipal": scope.naming.place.iam(f"{FSX_S3_ROLE}*")},
            },
        ),
        Grant(
            # Making a vault or a file system, and writing the launch target, use the key through its service.
            "UseKeysThroughServices",
            (
                "backup.Vault",
                "efs.FileSystem",
                "fsx.LustreFileSystem",
                "lambda_.Function",
                "s3.BucketObjectv2",
                "sns.Topic",
            ),
            ["kms:Decrypt", "kms:GenerateDataKey*"],
            keys,
            {
                "StringEquals": {"aws:ResourceTag/environment": scope.environment},
                "StringLike": {"kms:ViaService": "*.amazonaws.com"},
            },
        ),
    ]


def backup_grants(scope: Scope) -> list[Grant]:
    """The grants of AWS Backup. Backups themselves are nobody's to delete under this role."""
    plans = scope.all_of("backup", "backup-plan:*", "restore-testing-plan:*")
    return [
        Grant(
            "OwnVaultsAndTests",
            BACKUPS,
            [
                "backup:CreateBackupVault",
                "backup:DeleteBackupVault*",
                "backup:DescribeBackupVault",
                "backup:GetBackupVault*",
                "backup:PutBackupVault*",
                "backup:ListRecoveryPointsByBackupVault",
                "backup:ListTags",
                "backup:TagResource",
                "backup:UntagResource",
            ],
            scope.named("backup", "backup-vault:"),
        ),
        Grant(
            # Ids of plans are the service's own: tags bound what is changed.
            "MakePlans",
            BACKUPS,
            ["backup:CreateBackupPlan", "backup:CreateRestoreTestingPlan", "backup:TagResource"],
            plans,
            scope.to_be_tagged,
        ),
        Grant(
            "OwnPlans",
            BACKUPS,
            [
                "backup:CreateBackupSelection",
                "backup:CreateRestoreTestingSelection",
                "backup:DeleteBackupPlan",
                "backup:DeleteBackupSelection",
                "backup:DeleteRestoreTesting*",
                "backup:GetBackupPlan",
                "backup:GetBackupSelection",
                "backup:GetRestoreTesting*",
                "backup:ListBackupSelections",
                "backup:ListRestoreTesting*",
                "backup:ListTags",
                "backup:TagResource",
                "backup:UntagResource",
                "backup:UpdateBackupPlan",
                "backup:UpdateRestoreTesting*",
            ],
            plans,
            scope.tagged,
        ),
        # Takes no resource of the account (Service Authorization Reference, "AWS Backup storage", 2026-11).
        Grant("MakeVaults", BACKUPS, ["backup-storage:MountCapsule"], conditions=scope.here),
    ]


def file_system_grants(scope: Scope) -> list[Grant]:
    """The grants of EFS and FSx, which make up their ids: tags bound what is changed."""
    elastic, lustre = scope.all_of("elasticfilesystem", "*"), scope.all_of("fsx", "*")
    return [
        Grant(
            "MakeFileSystems",
            FILE_SYSTEMS,
            [
                "elasticfilesystem:CreateFileSystem",
                "elasticfilesystem:TagResource",
                "fsx:CreateBackup",
                "fsx:CreateFileSystem",
                "fsx:CreateFileSystemFromBackup",
                "fsx:TagResource",
            ],
            [*elastic, *lustre],
            scope.to_be_tagged,
        ),
        Grant(
            "SeeFileSystems",
            FILE_SYSTEMS,
            [
                "elasticfilesystem:Describe*",
                "elasticfilesystem:ListTagsForResource",
                "fsx:Describe*",
                "fsx:ListTagsForResource",
            ],
            conditions=scope.here,
        ),
        Grant(
            "OwnFileSystems",
            FILE_SYSTEMS,
            [
                "elasticfilesystem:CreateMountTarget",
                "elasticfilesystem:CreateReplicationConfiguration",
                "elasticfilesystem:Delete*",
                "elasticfilesystem:ModifyMountTargetSecurityGroups",
                "elasticfilesystem:Put*",
                "elasticfilesystem:TagResource",
                "elasticfilesystem:UntagResource",
                "elasticfilesystem:UpdateFileSystem*",
                "fsx:CreateBackup",
                "fsx:CreateDataRepositoryAssociation",
                "fsx:DeleteDataRepositoryAssociation",
                "fsx:DeleteFileSystem",
                "fsx:TagResource",
                "fsx:UntagResource",
                "fsx:UpdateDataRepositoryAssociation",
                "fsx:UpdateFileSystem",
            ],
            [*elastic, *lustre],
            scope.tagged,
        ),
    ]
