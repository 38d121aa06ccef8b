"""Buckets for data and for logs."""

from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from modelyard.aws.bucket_settings import bucket_problems, lifecycle_rules, lock_of
from modelyard.errors import InputError, Problem
from modelyard.planning.arns import Place
from modelyard.planning.names import backup_role, bucket_name
from modelyard.planning.policies.buckets import data_bucket_policy, log_bucket_policy
from modelyard.planning.tags import BACKUP_TAG
from modelyard.wiring.arguments import check_args
from modelyard.wiring.outputs import field, together
from modelyard.wiring.tokens import AWS, token

LOGS = "logs"
"""Purpose of the bucket that takes the access logs of the others."""

LONGEST_BUCKET_NAME = 63
"""Characters of a bucket's name (Amazon S3 User Guide, "Bucket naming rules", 2026-11)."""


class BucketArgs(TypedDict):
    """One bucket for data."""

    key_arn: pulumi.Input[str]
    """ARN of the key that its objects are encrypted with."""
    noncurrent_retention_days: NotRequired[pulumi.Input[int]]
    """Days that overwritten and deleted versions are kept. Unset: 30."""
    expire_after_days: NotRequired[pulumi.Input[int]]
    """Days after which objects expire. Unset: never."""
    expire_prefixes: NotRequired[list[str]]
    """Starts of the keys of objects that expire. Unset: all do. With `object_lock` there have to be some,
    since S3's lifecycle can't leave out what is promoted."""
    object_lock: NotRequired[bool]
    """Whether objects that are promoted, under `keep/`, can be locked; nothing is locked by itself. It can't
    change later. Unset: no."""
    lock_mode: NotRequired[pulumi.Input[str]]
    """How they are locked: `governance` or `compliance`. With `object_lock`."""
    lock_days: NotRequired[pulumi.Input[int]]
    """Days that a lock lasts. With `object_lock`."""
    lock_bypass_role_arns: NotRequired[list[pulumi.Input[str]]]
    """Roles that may lift a lock of the governance mode before its time. Unset: nobody may."""
    backed_up: NotRequired[bool]
    """Whether the bucket is tagged for AWS Backup's plan of the environment. Unset: no."""
    restoring_role_arns: NotRequired[list[pulumi.Input[str]]]
    """Roles that may name an encryption when they write, as AWS Backup's when it restores. Unset: the role of
    this environment's and region's Backup if the bucket is `backed_up`, else none."""


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
    protect: NotRequired[bool]
    """Whether Pulumi refuses to delete or replace the buckets. Unset: no."""
    tags: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Tags of every bucket."""


class Storage(pulumi.ComponentResource):
    """Buckets by purpose, and one more that takes their access logs.

    Every bucket is versioned, closed to the public, owned by the account alone and reached by TLS only.
    Objects are encrypted with the bucket's own key. An upload that names an encryption is refused, even if it
    is the bucket's own: programs leave the setting out (`--sse`, `ServerSideEncryption`), and S3 applies the
    key. The log bucket uses S3's own keys, because S3 delivers no access logs under a customer's key.

    With object lock what is promoted, under `keep/`, is locked as the bucket's args say when it is written or
    copied there (`ObjectLockMode` and `ObjectLockRetainUntilDate`, which take s3:PutObjectRetention). The
    bucket's policy lets nothing else be locked, nothing for longer or in another mode, and nobody lift a lock
    but the named roles. Old versions and expired objects go by the lifecycle; a locked one waits until its
    lock has ended. A bucket that holds anything is never emptied by a deletion: S3 refuses it.
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
        bucket, public_access, versioning = self._closed_bucket(purpose, bucket_args)
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
            region=self._args["region"],
            opts=self._child(),
        )
        aws.s3.BucketPolicy(
            child,
            bucket=bucket.bucket,
            policy=self._policy(purpose, bucket_args),
            region=self._args["region"],
            # S3 takes one change of a bucket's access at a time.
            opts=self._child(public_access),
        )
        aws.s3.BucketLogging(
            child,
            bucket=bucket.bucket,
            target_bucket=logs.bucket,
            target_prefix=f"{purpose}/",
            region=self._args["region"],
            # S3 refuses a target that doesn't let its log delivery in.
            opts=self._child(delivery),
        )
        self._lifecycle(
            purpose,
            bucket,
            versioning,
            noncurrent_days=field(bucket_args, "noncurrent_retention_days", 30),
            expire_days=field(bucket_args, "expire_after_days"),
            expire_prefixes=field(bucket_args, "expire_prefixes", [""]),
        )
        return bucket

    def _policy(self, purpose: str, bucket_args: pulumi.Input[BucketArgs]) -> pulumi.Output[str]:
        # Without the key: the policy names none, and can be read before one exists.
        names = [name for name in BucketArgs.__annotations__ if name != "key_arn"]
        known_later = pulumi.Output.all(**{name: field(bucket_args, name) for name in names})

        def build(known: dict[str, Any]) -> str:
            given = {name: value for name, value in known.items() if value is not None}
            return data_bucket_policy(
                self._bucket_name(purpose),
                given.get("restoring_role_arns", self._own_backup_role() if given.get("backed_up") else ()),
                lock_of(f"{self._name}.buckets.{purpose}", given),
            )

        return known_later.apply(build)

    def _own_backup_role(self) -> list[str]:
        """ARN of the role that Backup makes for this environment and region."""
        place = Place(self._args["account_id"], self._args["region"])
        return [place.iam(f"role/{backup_role(self._args['environment'], self._args['region'])}")]

    def _log_bucket(self, source_buckets: list[str]) -> tuple[aws.s3.Bucket, aws.s3.BucketPolicy]:
        """The bucket for access logs, and the policy that lets them in."""
        child = f"{self._name}-{LOGS}"
        bucket, public_access, versioning = self._closed_bucket(LOGS)
        aws.s3.BucketServerSideEncryptionConfiguration(
            child,
            bucket=bucket.bucket,
            rules=[{"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}}],
            region=self._args["region"],
            opts=self._child(),
        )
        delivery = aws.s3.BucketPolicy(
            child,
            bucket=bucket.bucket,
            policy=log_bucket_policy(self._bucket_name(LOGS), source_buckets, self._args["account_id"]),
            region=self._args["region"],
            opts=self._child(public_access),
        )
        self._lifecycle(
            LOGS,
            bucket,
            versioning,
            noncurrent_days=30,
            expire_days=self._args.get("access_log_retention_days", 365),
            expire_prefixes=[""],
        )
        return bucket, delivery

    def _closed_bucket(
        self, purpose: str, bucket_args: pulumi.Input[BucketArgs] | None = None
    ) -> tuple[aws.s3.Bucket, aws.s3.BucketPublicAccessBlock, aws.s3.BucketVersioning]:
        """A bucket, closed and versioned."""
        child, region = f"{self._name}-{purpose}", self._args["region"]
        given: pulumi.Input[Mapping[str, Any]] = {} if bucket_args is None else bucket_args
        bucket = aws.s3.Bucket(
            child,
            bucket=self._bucket_name(purpose),
            object_lock_enabled=field(given, "object_lock"),
            region=region,
            tags=_tags(self._args, field(given, "backed_up", False)),
            opts=pulumi.ResourceOptions(
                parent=self, protect=self._args.get("protect"), depends_on=_after(field(given, "key_arn"))
            ),
        )
        public_access = aws.s3.BucketPublicAccessBlock(
            child,
            bucket=bucket.bucket,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            region=region,
            opts=self._child(),
        )
        aws.s3.BucketOwnershipControls(
            child,
            bucket=bucket.bucket,
            rule={"object_ownership": "BucketOwnerEnforced"},
            region=region,
            opts=self._child(),
        )
        versioning = aws.s3.BucketVersioning(
            child,
            bucket=bucket.bucket,
            versioning_configuration={"status": "Enabled"},
            region=region,
            opts=self._child(),
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
        expire_prefixes: pulumi.Input[list[str]],
    ) -> None:
        aws.s3.BucketLifecycleConfiguration(
            f"{self._name}-{purpose}",
            bucket=bucket.bucket,
            rules=pulumi.Output.all(noncurrent_days, expire_days, expire_prefixes).apply(
                lambda known: lifecycle_rules(*known)
            ),
            region=self._args["region"],
            # Rules on old versions need versioning to be on.
            opts=self._child(versioning),
        )


def _after(key_arn: pulumi.Input[str] | None) -> pulumi.Input[list[pulumi.Input[pulumi.Resource]]]:
    """Makes a bucket depend on the key of its objects: a bucket takes no key, and would outlive it."""
    return pulumi.Output.from_input(key_arn).apply(lambda _: list[pulumi.Input[pulumi.Resource]]())


def _tags(
    args: StorageArgs, backed_up: pulumi.Input[bool]
) -> Mapping[str, pulumi.Input[str]] | pulumi.Output[dict[str, str]]:
    tags = args.get("tags", {})
    marked = {**tags, BACKUP_TAG: args["environment"]}
    if isinstance(backed_up, bool):
        return marked if backed_up else tags
    return pulumi.Output.all(backed_up, tags, marked).apply(lambda known: known[2] if known[0] else known[1])


def _bucket_name(args: StorageArgs, purpose: str) -> str:
    return bucket_name(args["environment"], purpose, args["account_id"], args["region"])


def _check_purposes(name: str, args: StorageArgs) -> None:
    wrong: list[Problem] = []
    for purpose, bucket in args["buckets"].items():
        if isinstance(bucket, Mapping):
            wrong += bucket_problems(f"{name}.buckets.{purpose}", bucket)
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
