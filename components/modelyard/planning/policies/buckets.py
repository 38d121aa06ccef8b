"""Bucket policies, and the policy of the S3 endpoint.

They name no key, so that they can be read before one exists: S3 applies the bucket's own key when an upload
says nothing of encryption, and an upload that says anything is refused. Even `aws:kms` without a key would
mean another key, the account's `aws/s3` (Amazon S3 User Guide, "Specifying server-side encryption with
AWS KMS", 2026-11).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from modelyard.planning.arns import Place, bucket_arn
from modelyard.planning.names import KEEP_PREFIX
from modelyard.planning.policies.document import Conditions, Statement, document, statement

LOCK_MODES = ("governance", "compliance")
"""How S3 locks objects and AWS Backup vaults: who has a special permission may take it off, or nobody may."""


@dataclass(frozen=True, slots=True)
class Lock:
    """How what is promoted is locked."""

    mode: str
    """`governance` or `compliance`."""
    days: int
    """Days that a lock lasts."""
    bypass_role_arns: tuple[str, ...] = ()
    """Roles that may lift a lock of the governance mode before its time."""


def data_bucket_policy(bucket: str, restoring_role_arns: Sequence[str] = (), lock: Lock | None = None) -> str:
    """Policy of a bucket for data: TLS only, and no upload under another key than the bucket's. In a bucket
    with object lock, locks on what is promoted only, and as they are promised.

    `restoring_role_arns` are roles that may name an encryption, as AWS Backup's: a restore takes its objects'
    encryption as a parameter, so its uploads have to name it (which is inferred). Which keys such roles can
    use is for their own policies.
    """
    statements = [tls_only(bucket), *_own_encryption_only(bucket, restoring_role_arns)]
    return document(statements if lock is None else [*statements, *_locks_as_promised(bucket, lock)])


def log_bucket_policy(bucket: str, source_buckets: Sequence[str], account_id: str) -> str:
    """Policy of the bucket that takes the access logs of others: TLS only, and S3's log delivery."""
    delivery = statement(
        "AccessLogDelivery",
        ["s3:PutObject"],
        [f"{bucket_arn(bucket)}/*"],
        principal={"Service": "logging.s3.amazonaws.com"},
        conditions={
            "ArnLike": {"aws:SourceArn": [bucket_arn(source) for source in source_buckets]},
            "StringEquals": {"aws:SourceAccount": account_id},
        },
    )
    return document([tls_only(bucket), delivery])


def s3_endpoint_policy(place: Place, shared_buckets: Sequence[str]) -> str:
    """Policy of the S3 endpoint: this account's buckets, named others, and what nodes are made from."""
    public = [
        # Layers of images in ECR (Amazon ECR User Guide, "VPC endpoints", 2026-11)
        f"{bucket_arn(f'prod-{place.region}-starport-layer-bucket')}/*",
        # Packages of Amazon Linux 2023 (Amazon Linux 2023 User Guide, "Repositories", 2026-11)
        f"{bucket_arn(f'al2023-repos-{place.region}-de612dc2')}/*",
    ]
    statements = [
        statement(
            "OwnBuckets",
            ["s3:GetObject*", "s3:PutObject*", "s3:DeleteObject*", "s3:ListBucket*", "s3:GetBucketLocation",
             "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"],
            principal="*",
            conditions={"StringEquals": {"aws:ResourceAccount": place.account_id}},
        ),
        statement("WhatNodesAreMadeFrom", ["s3:GetObject"], public, principal="*"),
    ]  # fmt: skip
    if shared_buckets:
        arns = [bucket_arn(bucket) for bucket in shared_buckets]
        resources = [*arns, *(f"{arn}/*" for arn in arns)]
        statements.append(
            statement(
                "SharedBuckets",
                ["s3:GetObject*", "s3:ListBucket*", "s3:GetBucketLocation"],
                resources,
                principal="*",
            )
        )
    return document(statements)


def tls_only(bucket: str) -> Statement:
    """The statement that every bucket's policy begins with: nothing but TLS."""
    arn = bucket_arn(bucket)
    return statement(
        "TlsOnly",
        ["s3:*"],
        [arn, f"{arn}/*"],
        effect="Deny",
        principal="*",
        conditions={"Bool": {"aws:SecureTransport": "false"}},
    )


def lift_no_lock(bucket: str, others: Conditions | None = None) -> Statement:
    """The statement that nobody lifts a lock of the governance mode before its time; `others` are conditions
    that leave somebody out.
    """
    return statement(
        "LiftNoLock",
        ["s3:BypassGovernanceRetention"],
        [f"{bucket_arn(bucket)}/*"],
        effect="Deny",
        principal="*",
        conditions=others,
    )


def _own_encryption_only(bucket: str, restoring_role_arns: Sequence[str]) -> list[Statement]:
    # `Null: false` is true of a request that carries the header at all. Uploads in parts carry it, if ever,
    # when they begin, which s3:PutObject decides as well; replication writes by s3:ReplicateObject.
    named_encryption: dict[str, dict[str, str | Sequence[str]]] = {
        "Null": {"s3:x-amz-server-side-encryption": "false"}
    }
    if restoring_role_arns:
        named_encryption["ArnNotEquals"] = {"aws:PrincipalArn": list(restoring_role_arns)}
    own_key = {"Null": {"s3:x-amz-server-side-encryption-customer-algorithm": "false"}}
    return [
        statement(
            sid,
            ["s3:PutObject"],
            [f"{bucket_arn(bucket)}/*"],
            effect="Deny",
            principal="*",
            conditions=conditions,
        )
        for sid, conditions in (("NoOtherEncryption", named_encryption), ("NoCustomerProvidedKey", own_key))
    ]


def _locks_as_promised(bucket: str, lock: Lock) -> list[Statement]:
    """A lock can't be taken back, so a slip stays and is paid for: who may lock is bound here, for the
    account's administrators too (Amazon S3 User Guide, "Object Lock considerations", "Setting limits on
    retention periods with a bucket policy"; Service Authorization Reference, "Amazon S3"; 2026-11).

    Replicas have their locks from s3:ReplicateObject, which none of this is about.
    """
    arn = bucket_arn(bucket)
    kept = [f"{arn}/{KEEP_PREFIX}*"]
    # Only requests that lock carry these keys: the parts of an upload, and a lock's removal, don't.
    locking, holding = {"s3:object-lock-mode": "false"}, {"s3:object-lock-legal-hold": "false"}
    remaining = "s3:object-lock-remaining-retention-days"
    lock_actions = ["s3:PutObject", "s3:PutObjectRetention"]
    others = (
        {"ArnNotEquals": {"aws:PrincipalArn": list(lock.bypass_role_arns)}} if lock.bypass_role_arns else {}
    )

    def deny(
        sid: str,
        actions: Sequence[str],
        resources: Sequence[str],
        conditions: Conditions,
        everything_but: bool = False,
    ) -> Statement:
        return statement(
            sid,
            actions,
            resources,
            effect="Deny",
            principal="*",
            conditions=conditions,
            everything_but=everything_but,
        )

    return [
        deny("LockOnlyWhatIsKept", lock_actions, kept, {"Null": locking}, everything_but=True),
        deny(
            "HoldOnlyWhatIsKept",
            ["s3:PutObject", "s3:PutObjectLegalHold"],
            kept,
            {"Null": holding},
            everything_but=True,
        ),
        deny(
            "LockInThePromisedMode",
            lock_actions,
            kept,
            {"Null": locking, "StringNotEquals": {"s3:object-lock-mode": lock.mode.upper()}},
        ),
        deny(
            "LockNoLongerThanPromised",
            lock_actions,
            kept,
            {"NumericGreaterThan": {remaining: str(lock.days)}},
        ),
        # A day less is let pass: whether the day that has begun counts isn't documented.
        deny(
            "LockNoShorterThanPromised",
            lock_actions,
            kept,
            {"NumericLessThan": {remaining: str(lock.days - 1)}, **others},
        ),
        lift_no_lock(bucket, others),
        # A default retention would lock all that is written, whatever its key.
        deny("LockNothingByDefault", ["s3:PutBucketObjectLockConfiguration"], [arn], {}),
    ]
