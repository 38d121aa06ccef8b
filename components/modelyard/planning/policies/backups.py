"""What AWS Backup may do with the dataset bucket, and no more."""

from __future__ import annotations

from modelyard.planning.arns import Place, bucket_arn
from modelyard.planning.policies.document import document, statement


def backup_policy(place: Place, bucket: str) -> str:
    """What AWS Backup does to back up a bucket, and to restore its objects into it.

    The actions of the managed policies AWSBackupServiceRolePolicyForS3Backup (v5, 2026-08-24) and …S3Restore
    (v2), bounded to the bucket, without making buckets and changing their settings.
    """
    arn = bucket_arn(bucket)
    return document(
        [
            statement(
                "WatchBucket",
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
                [arn],
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
                [f"{arn}/*"],
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
                [f"{arn}/*"],
            ),
            statement("TagBackups", ["backup:TagResource"], [place.arn("backup", "recovery-point:*")]),
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
                [place.arn("events", "rule/AwsBackupManagedRule*")],
            ),
            # These take no resource (Service Authorization Reference, 2026-11).
            statement(
                "SeeMetricsRulesAndBuckets",
                ["cloudwatch:GetMetricData", "events:ListRules", "s3:ListAllMyBuckets"],
            ),
        ]
    )


def backup_keys_policy(place: Place, key_arn: str) -> str:
    """Use of the bucket's key through S3, to read objects and to restore them. Without it backups succeed and
    hold nothing (AWS Backup Developer Guide, "Encryption for backups", 2026-11).
    """
    return document(
        [
            statement(
                "ReadAndRestoreUnderTheBucketsKey",
                ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"],
                [key_arn],
                conditions={"StringEquals": {"kms:ViaService": f"s3.{place.region}.amazonaws.com"}},
            )
        ]
    )
