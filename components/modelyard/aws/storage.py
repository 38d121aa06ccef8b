"""Buckets for data and for logs."""

from collections.abc import Mapping
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from modelyard.errors import InputError, Problem
from modelyard.planning.names import bucket_name
from modelyard.planning.policies.buckets import data_bucket_policy, log_bucket_policy
from modelyard.wiring.arguments import check_args
from modelyard.wiring.outputs import field, together
from modelyard.wiring.tokens import AWS, token

LOGS = "logs"
"""Purpose of the bucket that takes the access logs of the others."""

LONGEST_BUCKET_NAME = 63
"""Characters of a bucket's name (Amazon S3 User Guide, "Bucket naming rules", 2026-11)."""

ABORT_UPLOADS_AFTER_DAYS = 7
"""Days after which the parts of an upload that never ended go: they cost, and no listing shows them."""


class BucketArgs(TypedDict):
    """One bucket for data."""

    key_arn: pulumi.Input[str]
    """ARN of the key that its objects are encrypted with."""
    noncurrent_retention_days: NotRequired[pulumi.Input[int]]
    """Days that overwritten and deleted versions are kept. Unset: 30."""
    expire_after_days: NotRequired[pulumi.Input[int]]
    """Days after which objects expire. Unset: never."""
    restoring_role_arns: NotRequired[list[pulumi.Input[str]]]
    """Roles that may name an encryption when they write, as AWS Backup's when it restores. Unset: none."""


class StorageArgs(TypedDict):
    """Arguments of Storage."""

    environment: str
    """Name of the environment; the first part of each bucket's name."""
    account_id: str
    """Account that the buckets belong to; part of each bucket's name."""
    region: str
    """Region that the buckets are in; part of each bucket's name."""
    buckets: Mapping[str, pulumi.Input[BucketArgs]]
    """The buckets for data, by purpose, as datasets or checkpoints."""
    access_log_retention_days: NotRequired[pulumi.Input[int]]
    """Days that access logs are kept. Unset: 365."""
    tags: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Tags of every bucket."""


class Storage(pulumi.ComponentResource):
    """Buckets by purpose, and one more that takes their access logs.

    Every bucket is versioned, closed to the public, owned by the account alone and reached by TLS only.
    Objects are encrypted with the bucket's own key. An upload that names an encryption is refused, even if it
    is the bucket's own: programs leave the setting out (`--sse`, `ServerSideEncryption`), and S3 applies the
    key. The log bucket uses S3's own keys, because S3 delivers no access logs under a customer's key.
    """

    bucket_names: pulumi.Output[dict[str, str]]
    """Name of the bucket for each purpose, `logs` among them."""

    bucket_arns: pulumi.Output[dict[str, str]]
    """ARN of the bucket for each purpose, `logs` among them."""

    def __init__(self, name: str, args: StorageArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        check_args(name, args, StorageArgs)
        _check_purposes(name, args)
        super().__init__(token(AWS, "Storage"), name, {}, opts)
        self._name, self._args = name, args
        names = {purpose: self._bucket_name(purpose) for purpose in [*args["buckets"], LOGS]}
        logs, delivery = self._log_bucket([names[purpose] for purpose in args["buckets"]])
        buckets = {
            purpose: self._data_bucket(purpose, bucket, logs, delivery)
            for purpose, bucket in args["buckets"].items()
        }
        buckets[LOGS] = logs
        self._buckets = buckets
        self.bucket_names = together({purpose: bucket.bucket for purpose, bucket in buckets.items()})
        self.bucket_arns = together({purpose: bucket.arn for purpose, bucket in buckets.items()})
        self.register_outputs({"bucketNames": self.bucket_names, "bucketArns": self.bucket_arns})

    def bucket_name(self, purpose: str) -> pulumi.Output[str]:
        """Name of the bucket for one purpose. Raises KeyError for a purpose that has none."""
        return self._buckets[purpose].bucket

    def _bucket_name(self, purpose: str) -> str:
        return _bucket_name(self._args, purpose)

    def _child(self, *depends_on: pulumi.Resource) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self, depends_on=list(depends_on) or None)

    def _data_bucket(
        self,
        purpose: str,
        bucket_args: pulumi.Input[BucketArgs],
        logs: aws.s3.Bucket,
        delivery: aws.s3.BucketPolicy,
    ) -> aws.s3.Bucket:
        child = f"{self._name}-{purpose}"
        bucket, public_access, versioning = self._closed_bucket(purpose)
        aws.s3.BucketServerSideEncryptionConfiguration(
            child,
            bucket=bucket.bucket,
            rules=[
                {
                    "apply_server_side_encryption_by_default": {
                        "sse_algorithm": "aws:kms",
                        "kms_master_key_id": field(bucket_args, "key_arn"),
                    },
                    "bucket_key_enabled": True,
                }
            ],
            opts=self._child(),
        )
        aws.s3.BucketPolicy(
            child,
            bucket=bucket.bucket,
            policy=pulumi.Output.from_input(field(bucket_args, "restoring_role_arns", [])).apply(
                lambda role_arns: data_bucket_policy(self._bucket_name(purpose), role_arns)
            ),
            # S3 takes one change of a bucket's access at a time.
            opts=self._child(public_access),
        )
        aws.s3.BucketLogging(
            child,
            bucket=bucket.bucket,
            target_bucket=logs.bucket,
            target_prefix=f"{purpose}/",
            # S3 refuses a target that doesn't let its log delivery in.
            opts=self._child(delivery),
        )
        self._lifecycle(
            purpose,
            bucket,
            versioning,
            noncurrent_days=field(bucket_args, "noncurrent_retention_days", 30),
            expire_days=field(bucket_args, "expire_after_days"),
        )
        return bucket

    def _log_bucket(self, source_buckets: list[str]) -> tuple[aws.s3.Bucket, aws.s3.BucketPolicy]:
        """The bucket for access logs, and the policy that lets them in."""
        child = f"{self._name}-{LOGS}"
        bucket, public_access, versioning = self._closed_bucket(LOGS)
        aws.s3.BucketServerSideEncryptionConfiguration(
            child,
            bucket=bucket.bucket,
            rules=[{"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}}],
            opts=self._child(),
        )
        delivery = aws.s3.BucketPolicy(
            child,
            bucket=bucket.bucket,
            policy=log_bucket_policy(self._bucket_name(LOGS), source_buckets, self._args["account_id"]),
            opts=self._child(public_access),
        )
        self._lifecycle(
            LOGS,
            bucket,
            versioning,
            noncurrent_days=30,
            expire_days=self._args.get("access_log_retention_days", 365),
        )
        return bucket, delivery

    def _closed_bucket(
        self, purpose: str
    ) -> tuple[aws.s3.Bucket, aws.s3.BucketPublicAccessBlock, aws.s3.BucketVersioning]:
        """A bucket, closed and versioned."""
        child = f"{self._name}-{purpose}"
        bucket = aws.s3.Bucket(
            child, bucket=self._bucket_name(purpose), tags=self._args.get("tags", {}), opts=self._child()
        )
        public_access = aws.s3.BucketPublicAccessBlock(
            child,
            bucket=bucket.bucket,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=self._child(),
        )
        aws.s3.BucketOwnershipControls(
            child, bucket=bucket.bucket, rule={"object_ownership": "BucketOwnerEnforced"}, opts=self._child()
        )
        versioning = aws.s3.BucketVersioning(
            child, bucket=bucket.bucket, versioning_configuration={"status": "Enabled"}, opts=self._child()
        )
        return bucket, public_access, versioning

    def _lifecycle(
        self,
        purpose: str,
        bucket: aws.s3.Bucket,
        versioning: aws.s3.BucketVersioning,
        *,
        noncurrent_days: pulumi.Input[int],
        expire_days: pulumi.Input[int | None],
    ) -> None:
        aws.s3.BucketLifecycleConfiguration(
            f"{self._name}-{purpose}",
            bucket=bucket.bucket,
            rules=pulumi.Output.all(noncurrent_days, expire_days).apply(lambda days: _lifecycle_rules(*days)),
            # Rules on old versions need versioning to be on.
            opts=self._child(versioning),
        )


def _bucket_name(args: StorageArgs, purpose: str) -> str:
    return bucket_name(args["environment"], purpose, args["account_id"], args["region"])


def _check_purposes(name: str, args: StorageArgs) -> None:
    wrong: list[Problem] = []
    for purpose in args["buckets"]:
        place, length = f"{name}.buckets.{purpose}", len(_bucket_name(args, purpose))
        if purpose == LOGS:
            message = "this bucket is made anyway, for the access logs of the others"
            wrong.append(Problem(place, purpose, message, "any other purpose", "name another purpose"))
        elif length > LONGEST_BUCKET_NAME:
            message = f"the bucket's name would have {length} characters"
            allowed = f"{LONGEST_BUCKET_NAME} characters with environment, account and region"
            wrong.append(Problem(place, purpose, message, allowed, "name a shorter purpose"))
    if wrong:
        raise InputError(wrong)


def _lifecycle_rules(
    noncurrent_days: int, expire_days: int | None
) -> list[aws.s3.BucketLifecycleConfigurationRuleArgsDict]:
    rules: list[aws.s3.BucketLifecycleConfigurationRuleArgsDict] = [
        {
            "id": "unfinished-uploads",
            "status": "Enabled",
            "filter": {"prefix": ""},
            "abort_incomplete_multipart_upload": {"days_after_initiation": ABORT_UPLOADS_AFTER_DAYS},
        },
        {
            "id": "old-versions",
            "status": "Enabled",
            "filter": {"prefix": ""},
            "noncurrent_version_expiration": {"noncurrent_days": noncurrent_days},
        },
    ]
    if expire_days is not None:
        rules.append(
            {
                "id": "expiry",
                "status": "Enabled",
                "filter": {"prefix": ""},
                "expiration": {"days": expire_days},
            }
        )
    return rules
