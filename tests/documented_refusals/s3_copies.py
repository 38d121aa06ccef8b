"""S3's replication and object locks: what they refuse."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from documented_refusals.case import READ_ON, Acceptance, Account, Refusal, Request

REPLICATION = (
    f"S3 API Reference, PutBucketReplication; Error responses, replication-related error codes, {READ_ON}"
)
REQUIREMENTS = (
    f"S3 User Guide, Requirements and considerations for replication (versioning on both ends), {READ_ON}"
)
LOCK = f"S3 User Guide, Locking objects with Object Lock; S3 API Reference, Error responses, {READ_ON}"
VERSIONING = f"S3 User Guide, Replicating objects and Object Lock (versioning can't be suspended), {READ_ON}"

BY = {"BypassGovernanceRetention": True}


def later(days: int = 30) -> datetime:
    """So many days from now."""
    return datetime.now(UTC) + timedelta(days=days)


def replication(account: Account, source: str, target: str, **changes: Any) -> Request:
    """A replication of everything from one bucket to another."""
    rule = {
        "ID": "all",
        "Priority": 1,
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "DeleteMarkerReplication": {"Status": "Disabled"},
        "Destination": {"Bucket": f"arn:aws:s3:::{target}"},
    }
    configuration = {"Role": account.role("copier"), "Rules": [{**rule, **changes}]}
    return {"Bucket": source, "ReplicationConfiguration": configuration}


def pair(account: Account) -> tuple[str, str]:
    """Two versioned buckets."""
    return account.bucket("from", versioned=True), account.bucket("to", versioned=True)


def replicated(account: Account) -> Request:
    """The versioning of a bucket that is replicated, suspended."""
    source, target = pair(account)
    account.client("s3").put_bucket_replication(**replication(account, source, target))
    return suspended(source)


def suspended(bucket: str) -> Request:
    """A bucket's versioning, suspended."""
    return {"Bucket": bucket, "VersioningConfiguration": {"Status": "Suspended"}}


def locking(account: Account) -> str:
    """A bucket with object lock."""
    return account.bucket("locked", ObjectLockEnabledForBucket=True)


def retained(account: Account, mode: str) -> Request:
    """A version that is kept for thirty days, to be deleted now."""
    place = {"Bucket": locking(account), "Key": "checkpoint"}
    stored = account.client("s3").put_object(
        **place, Body=b"1", ObjectLockMode=mode, ObjectLockRetainUntilDate=later()
    )
    return {**place, "VersionId": stored["VersionId"]}


def held(account: Account) -> Request:
    """A version under legal hold."""
    place = {"Bucket": locking(account), "Key": "checkpoint"}
    stored = account.client("s3").put_object(**place, Body=b"1", ObjectLockLegalHoldStatus="ON")
    return {**place, "VersionId": stored["VersionId"]}


def retention(mode: str, until: datetime) -> Request:
    """A retention."""
    return {"Retention": {"Mode": mode, "RetainUntilDate": until}}


def default_retention(**period: int) -> Request:
    """A bucket's default retention."""
    rule = {"DefaultRetention": {"Mode": "GOVERNANCE", **period}}
    return {"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled", "Rule": rule}}


def double(request: Request) -> Request:
    """The request with its rule twice, under two names."""
    rule = request["ReplicationConfiguration"]["Rules"][0]
    request["ReplicationConfiguration"]["Rules"] = [rule, {**rule, "ID": "again"}]
    return request


def timed(request: Request) -> Request:
    """The request with replication time control, but without metrics."""
    target = request["ReplicationConfiguration"]["Rules"][0]["Destination"]
    target["ReplicationTime"] = {"Status": "Enabled", "Time": {"Minutes": 15}}
    return request


REFUSALS = (
    Refusal(
        "replication from a bucket without versions",
        "s3.put_bucket_replication",
        "InvalidRequest",
        REQUIREMENTS,
        lambda a: replication(a, a.bucket("from"), a.bucket("to", versioned=True)),
    ),
    Refusal(
        "replication to a bucket without versions",
        "s3.put_bucket_replication",
        "InvalidRequest",
        REQUIREMENTS,
        lambda a: replication(a, a.bucket("from", versioned=True), a.bucket("to")),
    ),
    Refusal(
        "replication rules of one priority",
        "s3.put_bucket_replication",
        "InvalidRequest",
        f"{REPLICATION}; S3 User Guide, Replication configuration (unique priorities)",
        lambda a: double(replication(a, *pair(a))),
    ),
    Refusal(
        "replication with time control but no metrics",
        "s3.put_bucket_replication",
        "InvalidRequest",
        f"{REPLICATION} (both ReplicationTime and Metrics, or neither)",
        lambda a: timed(replication(a, *pair(a))),
    ),
    Refusal(
        "replication that is not set",
        "s3.get_bucket_replication",
        "ReplicationConfigurationNotFoundError",
        f"S3 API Reference, Error responses, replication-related error codes, {READ_ON}",
        lambda a: {"Bucket": a.bucket()},
    ),
    Refusal(
        "versions of a replicated bucket, suspended",
        "s3.put_bucket_versioning",
        "InvalidBucketState",
        VERSIONING,
        replicated,
    ),
    Refusal(
        "versions of a bucket with object lock, suspended",
        "s3.put_bucket_versioning",
        "InvalidBucketState",
        f"S3 User Guide, Object Lock considerations, {READ_ON}",
        lambda a: suspended(locking(a)),
    ),
    Refusal(
        "object lock of a bucket without versions",
        "s3.put_object_lock_configuration",
        "InvalidBucketState",
        f"S3 API Reference, PutObjectLockConfiguration (needs versioning); Error responses, {READ_ON}",
        lambda a: {"Bucket": a.bucket(), **default_retention(Days=1)},
    ),
    Refusal(
        "a default retention in days and years",
        "s3.put_object_lock_configuration",
        "MalformedXML",
        f"S3 API Reference, DefaultRetention (days or years, not both), {READ_ON}",
        lambda a: {"Bucket": locking(a), **default_retention(Days=1, Years=1)},
    ),
    Refusal(
        "object lock that is not set",
        "s3.get_object_lock_configuration",
        "ObjectLockConfigurationNotFoundError",
        LOCK,
        lambda a: {"Bucket": a.bucket()},
    ),
    Refusal(
        "a retention in a bucket without object lock",
        "s3.put_object_retention",
        "InvalidRequest",
        LOCK,
        lambda a: {**a.object(), **retention("GOVERNANCE", later())},
    ),
    Refusal(
        "a retention that is over",
        "s3.put_object_retention",
        "InvalidArgument",
        LOCK,
        lambda a: {**a.object(locking(a)), **retention("GOVERNANCE", later(-1))},
    ),
    Refusal(
        "a version under compliance, deleted",
        "s3.delete_object",
        "AccessDenied",
        LOCK,
        lambda a: {**retained(a, "COMPLIANCE"), **BY},
    ),
    Refusal(
        "a version under governance, deleted without bypass",
        "s3.delete_object",
        "AccessDenied",
        LOCK,
        lambda a: retained(a, "GOVERNANCE"),
    ),
    Refusal(
        "a version under legal hold, deleted",
        "s3.delete_object",
        "AccessDenied",
        LOCK,
        lambda a: {**held(a), **BY},
    ),
    Refusal(
        "a retention under compliance, shortened",
        "s3.put_object_retention",
        "AccessDenied",
        LOCK,
        lambda a: {**retained(a, "COMPLIANCE"), **BY, **retention("COMPLIANCE", later(1))},
    ),
    Refusal(
        "a retention under compliance, weakened",
        "s3.put_object_retention",
        "AccessDenied",
        LOCK,
        lambda a: {**retained(a, "COMPLIANCE"), **BY, **retention("GOVERNANCE", later(60))},
    ),
)

ACCEPTED = (
    Acceptance("s3.put_bucket_replication", lambda a: replication(a, *pair(a))),
    Acceptance(
        "s3.put_object_lock_configuration", lambda a: {"Bucket": locking(a), **default_retention(Days=1)}
    ),
    Acceptance(
        "s3.put_object_retention", lambda a: {**a.object(locking(a)), **retention("GOVERNANCE", later())}
    ),
    Acceptance("s3.delete_object", lambda a: {**retained(a, "GOVERNANCE"), **BY}),
    Acceptance("s3.put_bucket_versioning", lambda a: suspended(a.bucket(versioned=True))),
)
