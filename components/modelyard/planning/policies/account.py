"""Policies of what an account has once: keys and buckets that CloudTrail and AWS Config write with and into.

Sources: AWS CloudTrail User Guide, "Configure AWS KMS key policies for CloudTrail" and "Amazon S3 bucket
policy for CloudTrail"; AWS Config Developer Guide, "Permissions for the KMS Key for the AWS Config Delivery
Channel" and "Permissions for the Amazon S3 Bucket for the AWS Config Delivery Channel" (a service-linked role
has no rights of its own there, so Config comes by its service's name); 2026-11.
"""

from __future__ import annotations

from modelyard.planning.arns import Place, bucket_arn
from modelyard.planning.policies.buckets import lift_no_lock, tls_only
from modelyard.planning.policies.document import Statement, document, statement
from modelyard.planning.policies.keys import the_account_decides

CLOUDTRAIL = {"Service": "cloudtrail.amazonaws.com"}
CONFIG = {"Service": "config.amazonaws.com"}
OWNER_HAS_ALL = {"s3:x-amz-acl": "bucket-owner-full-control"}
"""CloudTrail and Config name this ACL with whatever they write, and are refused without."""


def trail_arn(place: Place, name: str) -> str:
    """ARN of a trail."""
    return place.arn("cloudtrail", f"trail/{name}")


def trail_key_policy(place: Place, trail: str) -> str:
    """Policy of the key that a trail's records are encrypted with; `trail` is its name."""
    source = {"StringEquals": {"aws:SourceArn": trail_arn(place, trail)}}
    context = {
        "StringLike": {
            "kms:EncryptionContext:aws:cloudtrail:arn": f"arn:aws:cloudtrail:*:{place.account_id}:trail/*"
        }
    }
    return document(
        [
            the_account_decides(place),
            statement(
                "CloudTrailEncrypts",
                ["kms:GenerateDataKey*"],
                principal=CLOUDTRAIL,
                conditions={**source, **context},
            ),
            # Decryption is for the bucket key, which a later file is encrypted under as well.
            statement(
                "CloudTrailUsesTheBucketKey",
                ["kms:DescribeKey", "kms:Decrypt"],
                principal=CLOUDTRAIL,
                conditions=source,
            ),
        ]
    )


def config_key_policy(place: Place) -> str:
    """Policy of the key that AWS Config's snapshots and histories are encrypted with."""
    use = statement(
        "ConfigEncrypts",
        ["kms:Decrypt", "kms:GenerateDataKey*"],
        principal=CONFIG,
        conditions={"StringEquals": {"aws:SourceAccount": place.account_id}},
    )
    return document([the_account_decides(place), use])


def trail_bucket_policy(bucket: str, place: Place, trail: str, *, locked: bool = False) -> str:
    """Policy of the bucket that a trail writes into: TLS only, and that trail. Where its records are locked,
    nobody lifts a lock; an administrator has to change this policy first.
    """
    source = {"aws:SourceArn": trail_arn(place, trail)}
    statements = [
        tls_only(bucket),
        statement(
            "CloudTrailLooks",
            ["s3:GetBucketAcl"],
            [bucket_arn(bucket)],
            principal=CLOUDTRAIL,
            conditions={"StringEquals": source},
        ),
        _writes("CloudTrailWrites", bucket, f"AWSLogs/{place.account_id}/*", CLOUDTRAIL, source),
    ]
    return document([*statements, lift_no_lock(bucket)] if locked else statements)


def config_bucket_policy(bucket: str, account_id: str) -> str:
    """Policy of the bucket that AWS Config writes into: TLS only, and this account's Config."""
    source = {"aws:SourceAccount": account_id}
    return document(
        [
            tls_only(bucket),
            statement(
                "ConfigLooks",
                ["s3:GetBucketAcl", "s3:ListBucket"],
                [bucket_arn(bucket)],
                principal=CONFIG,
                conditions={"StringEquals": source},
            ),
            _writes("ConfigWrites", bucket, f"AWSLogs/{account_id}/Config/*", CONFIG, source),
        ]
    )


def _writes(
    sid: str, bucket: str, objects: str, service: dict[str, str], source: dict[str, str]
) -> Statement:
    return statement(
        sid,
        ["s3:PutObject"],
        [f"{bucket_arn(bucket)}/{objects}"],
        principal=service,
        conditions={"StringEquals": {**source, **OWNER_HAS_ALL}},
    )
