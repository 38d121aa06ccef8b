"""Buckets for the account's records.

They take uploads that name an encryption, unlike those of Storage: CloudTrail and AWS Config name the key
that they are given. Each writes its access log into one more bucket, which uses S3's own keys, because S3
delivers no access logs under a customer's key.

The trail's records are locked by a default retention, since CloudTrail asks for no lock. The other two can't
be: S3 delivers no access logs, and AWS Config no records, into a bucket that has one (Amazon S3 User Guide,
"Object Lock considerations"; AWS Config Developer Guide, "Delivery channel"; 2026-11).
"""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from modelyard.aws.account.frame import Frame
from modelyard.planning.policies.buckets import log_bucket_policy

ACCESS_LOGS = "access-logs"
ABORT_UPLOADS_AFTER_DAYS = 7
"""Days after which the parts of an upload that never ended go."""
NONCURRENT_DAYS = 90
"""Days that overwritten and deleted records are still kept: a trace isn't hidden by deleting it."""


@dataclass(frozen=True, slots=True)
class RecordBucket:
    """A bucket, and the policy that must stand before anything is written into it."""

    bucket: aws.s3.Bucket
    policy: aws.s3.BucketPolicy
    versioning: aws.s3.BucketVersioning


def access_log_bucket(frame: Frame, purposes: list[str], retention_days: int) -> RecordBucket:
    """The bucket for the access logs of the buckets for these purposes."""
    sources = [frame.bucket_name(purpose) for purpose in purposes]
    policy = log_bucket_policy(frame.bucket_name(ACCESS_LOGS), sources, frame.account.account_id)
    made = _bucket(frame, ACCESS_LOGS, policy, retention_days)
    _encrypt(frame, ACCESS_LOGS, made.bucket, {"sse_algorithm": "AES256"})
    return made


def record_bucket(
    frame: Frame, purpose: str, key: aws.kms.Key, policy: str, retention_days: int, access_logs: RecordBucket
) -> RecordBucket:
    """A bucket for records under a key."""
    # The key goes after the bucket: what a bucket still holds when it is to be deleted stays readable.
    made = _bucket(frame, purpose, policy, retention_days, key)
    _encrypt(
        frame, purpose, made.bucket, {"sse_algorithm": "aws:kms", "kms_master_key_id": key.arn}, by_key=True
    )
    aws.s3.BucketLogging(
        frame.named(purpose),
        bucket=made.bucket.bucket,
        target_bucket=access_logs.bucket.bucket,
        target_prefix=f"{purpose}/",
        # S3 refuses a target that doesn't let its log delivery in.
        opts=frame.child(access_logs.policy),
    )
    return made


def lock_records(
    frame: Frame, purpose: str, records: RecordBucket, mode: str, days: int
) -> aws.s3.BucketObjectLockConfiguration:
    """Lock whatever is written into a bucket from now on."""
    # A bucket that stands takes a lock by this setting; its own property would replace it.
    return aws.s3.BucketObjectLockConfiguration(
        frame.named(purpose),
        bucket=records.bucket.bucket,
        object_lock_enabled="Enabled",
        rule={"default_retention": {"mode": mode.upper(), "days": days}},
        # Object lock needs versioning to be on.
        opts=frame.child(records.versioning),
    )


def _bucket(
    frame: Frame, purpose: str, policy: str, retention_days: int, *after: pulumi.Resource
) -> RecordBucket:
    name = frame.named(purpose)
    bucket = aws.s3.Bucket(name, bucket=frame.bucket_name(purpose), tags=frame.tags, opts=frame.child(*after))
    public_access = aws.s3.BucketPublicAccessBlock(
        name,
        bucket=bucket.bucket,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
        opts=frame.child(),
    )
    aws.s3.BucketOwnershipControls(
        name, bucket=bucket.bucket, rule={"object_ownership": "BucketOwnerEnforced"}, opts=frame.child()
    )
    versioning = aws.s3.BucketVersioning(
        name, bucket=bucket.bucket, versioning_configuration={"status": "Enabled"}, opts=frame.child()
    )
    aws.s3.BucketLifecycleConfiguration(
        name,
        bucket=bucket.bucket,
        rules=[
            {
                "id": "unfinished-uploads",
                "status": "Enabled",
                "filter": {"prefix": ""},
                "abort_incomplete_multipart_upload": {"days_after_initiation": ABORT_UPLOADS_AFTER_DAYS},
            },
            {
                "id": "expiry",
                "status": "Enabled",
                "filter": {"prefix": ""},
                "expiration": {"days": retention_days},
                "noncurrent_version_expiration": {"noncurrent_days": NONCURRENT_DAYS},
            },
        ],
        # Rules on old versions need versioning to be on.
        opts=frame.child(versioning),
    )
    bucket_policy = aws.s3.BucketPolicy(
        name,
        bucket=bucket.bucket,
        policy=policy,
        # S3 takes one change of a bucket's access at a time.
        opts=frame.child(public_access),
    )
    return RecordBucket(bucket, bucket_policy, versioning)


def _encrypt(
    frame: Frame,
    purpose: str,
    bucket: aws.s3.Bucket,
    default: aws.s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgsDict,
    *,
    by_key: bool = False,
) -> None:
    rule: aws.s3.BucketServerSideEncryptionConfigurationRuleArgsDict = {
        "apply_server_side_encryption_by_default": default
    }
    if by_key:
        rule["bucket_key_enabled"] = True
    aws.s3.BucketServerSideEncryptionConfiguration(
        frame.named(purpose), bucket=bucket.bucket, rules=[rule], opts=frame.child()
    )
