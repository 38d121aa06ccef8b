"""What becomes of a bucket's objects with time: how long they are kept, and which are locked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from modelyard.errors import InputError, Problem
from modelyard.planning.names import KEEP_PREFIX
from modelyard.planning.policies.buckets import LOCK_MODES, Lock

ABORT_UPLOADS_AFTER_DAYS = 7
"""Days after which the parts of an upload that never ended go: they cost, and no listing shows them."""

LONGEST_LOCK_DAYS = 36_500
"""Days that S3 locks for at most (Amazon S3 API Reference, DefaultRetention: 100 years, 2026-11)."""


def lock_of(field: str, bucket: Mapping[str, Any]) -> Lock | None:
    """How a bucket's promoted objects are locked; None without object lock.

    Args:
        field: path of the bucket's args, for messages.
        bucket: its args (BucketArgs), all of them known.

    Raises InputError for args that don't fit each other.
    """
    if problems := list(bucket_problems(field, bucket)):
        raise InputError(problems)
    if not bucket.get("object_lock"):
        return None
    return Lock(bucket["lock_mode"], int(bucket["lock_days"]), tuple(bucket.get("lock_bypass_role_arns", ())))


def bucket_problems(field: str, bucket: Mapping[str, Any]) -> Iterator[Problem]:
    """What is wrong with a bucket's args, as far as they are known: outputs are left for later."""
    locks = bool(bucket.get("object_lock"))
    for name in ("lock_mode", "lock_days", "lock_bypass_role_arns"):
        if name in bucket and not locks:
            yield Problem(
                field=f"{field}.{name}",
                given=str(name),
                message="nothing is locked in a bucket without object lock",
                allowed="with object_lock only",
                mend="set object_lock, or leave this out",
            )
    if locks:
        yield from _lock_problems(field, bucket)
        yield from _expiry_problems(field, bucket)


def lifecycle_rules(
    noncurrent_days: int, expire_days: int | None, expire_prefixes: Sequence[str] = ("",)
) -> list[aws.s3.BucketLifecycleConfigurationRuleArgsDict]:
    """The rules of a bucket's lifecycle. An old version that is locked waits for its lock's end."""
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
        rules += [_expiry(prefix, expire_days) for prefix in expire_prefixes]
    return rules


def _expiry(prefix: str, days: int) -> aws.s3.BucketLifecycleConfigurationRuleArgsDict:
    return {
        "id": f"expiry-{prefix}" if prefix else "expiry",
        "status": "Enabled",
        "filter": {"prefix": prefix},
        "expiration": {"days": days},
    }


def _lock_problems(field: str, bucket: Mapping[str, Any]) -> Iterator[Problem]:
    for name, allowed in (
        ("lock_mode", ", ".join(LOCK_MODES)),
        ("lock_days", f"a whole number from 1 to {LONGEST_LOCK_DAYS:,}"),
    ):
        value = bucket.get(name)
        if isinstance(value, pulumi.Output):
            continue
        right = value in LOCK_MODES if name == "lock_mode" else _is_lock_days(value)
        if not right:
            yield Problem(
                field=f"{field}.{name}",
                given="nothing" if value is None else repr(value),
                message="with object lock, how what is promoted is locked has to be said",
                allowed=allowed,
                mend="write one of these" if name == "lock_mode" else "write the days that a lock lasts",
            )


def _expiry_problems(field: str, bucket: Mapping[str, Any]) -> Iterator[Problem]:
    """S3's lifecycle can't leave a prefix out, so with locks what expires is named."""
    prefixes = bucket.get("expire_prefixes", [""])
    if bucket.get("expire_after_days") is None or isinstance(prefixes, pulumi.Output):
        return
    for prefix in prefixes:
        if isinstance(prefix, str) and (KEEP_PREFIX.startswith(prefix) or prefix.startswith(KEEP_PREFIX)):
            yield Problem(
                field=f"{field}.expire_prefixes",
                given=repr(prefix),
                message=f"what is promoted, under {KEEP_PREFIX}, would expire",
                allowed=f"starts of keys that leave {KEEP_PREFIX} out, as runs/",
                mend="name what expires, or leave expire_after_days out",
            )


def _is_lock_days(value: Any) -> bool:
    # Whole numbers come as floats over the wire of an output.
    return isinstance(value, int | float) and float(value).is_integer() and 1 <= value <= LONGEST_LOCK_DAYS
