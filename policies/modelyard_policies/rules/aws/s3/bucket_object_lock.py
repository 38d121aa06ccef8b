"""Buckets with checkpoints or audit records in production have object lock.

Which these are is said by a tag `purpose` or `modelyard:purpose`, by a word of the bucket's name, in the
cloud or in the program, and by CloudTrail: a bucket that a trail writes into. A bucket that says by its tag
`stage` that it isn't production needs no lock.

For checkpoints it is enough that they can be locked: whoever promotes one does so, and a default retention
would lock every checkpoint that nobody will read (docs/decisions/0016). CloudTrail asks for no lock, so a
trail's bucket needs a default retention.

A bucket that takes access logs, or AWS Config's records, can't have object lock (Amazon S3 User Guide,
"Object Lock considerations"; AWS CloudFormation, AWS::Config::DeliveryChannel; 2026-11) and isn't judged.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from modelyard_policies.aws.buckets import takes_access_logs
from modelyard_policies.aws.types import (
    BUCKET,
    BUCKET_LOGGING,
    BUCKET_OBJECT_LOCK,
    CLOUD_TRAIL,
    CONFIG_DELIVERY_CHANNEL,
)
from modelyard_policies.declared import is_for, is_named_for, is_production
from modelyard_policies.options import Options, choice, number, option, words
from modelyard_policies.reading import Block, Failure, GraphView, Resource, all_of, any_of, some
from modelyard_policies.rule import Rule, Severity


@dataclass(frozen=True, slots=True)
class LockedBuckets(Options):
    """Which buckets need a lock, and how a trail's records are locked."""

    rule: ClassVar[str] = "bucket-object-lock"
    words: tuple[str, ...] = option(
        words(),
        ("checkpoint", "checkpoints", "audit"),
        "Words, in a bucket's tag purpose or in its name, that say that it needs a lock",
    )
    record_days: float = option(
        number(1), 90, "Fewest days of the default retention of a bucket that a trail writes into"
    )
    record_mode: str = option(
        choice("compliance", "governance"),
        "governance",
        "Whether that retention has to be one that nobody can take away (compliance) or not (governance)",
    )


RULE = Rule(
    id="bucket-object-lock",
    code="ST10",
    title="Buckets with checkpoints or audit records have object lock",
    severity=Severity.MEDIUM,
    resources=(BUCKET,),
    reads=(BUCKET_OBJECT_LOCK, BUCKET_LOGGING, CLOUD_TRAIL, CONFIG_DELIVERY_CHANNEL),
    options=LockedBuckets,
    why=(
        "Who takes over an administrator deletes every version of the checkpoints that training would begin "
        "again from, and the records of how it was done."
    ),
    mend=(
        "Set the bucket's objectLockEnabled to true, which can't be taken back. A bucket that a trail writes "
        "into needs a BucketObjectLockConfiguration with rule.defaultRetention as well."
    ),
    maps_to={"checkov": ["CKV_AWS_143"], "security_hub": ["S3.15"]},
    snippet='aws.s3.Bucket("checkpoints", bucket="acme-checkpoints", object_lock_enabled=True)\n',
)


@RULE.applies
def has_to_be_locked(bucket: Resource, graph: GraphView) -> bool:
    """By what it is for; tags and what it takes may spare it."""
    return all_of(
        lambda: any_of(lambda: _takes_a_trail(bucket, graph), lambda: _says_so(bucket, graph)),
        lambda: is_production(bucket, graph),
        lambda: not graph.linked(bucket, CONFIG_DELIVERY_CHANNEL, "s3BucketName"),
        lambda: not takes_access_logs(bucket, graph),
    )


@RULE.check
def it_is_locked(bucket: Resource, graph: GraphView) -> Iterator[Failure]:
    """The lock may be switched on by the bucket, or by a configuration of its own."""
    locks = list(_locks(bucket, graph))
    if not any_of(
        lambda: bucket.is_true("objectLockEnabled"),
        lambda: some(locks, lambda lock: lock.text("objectLockEnabled", "Enabled") == "Enabled"),
    ):
        yield bucket.failure("objectLockEnabled", f"is {bucket.shown('objectLockEnabled')}")
    elif _takes_a_trail(bucket, graph):
        wanted = graph.options(LockedBuckets)
        if not some(locks, lambda lock: _retains(lock.block("rule").block("defaultRetention"), wanted)):
            holder = locks[0] if locks else bucket
            yield holder.failure(
                "rule" if locks else "",
                f"a trail's records need a default retention of {wanted.record_days:g} days or more, in mode "
                f"{wanted.record_mode}",
            )


def _takes_a_trail(bucket: Resource, graph: GraphView) -> bool:
    return bool(graph.linked(bucket, CLOUD_TRAIL, "s3BucketName"))


def _says_so(bucket: Resource, graph: GraphView) -> bool:
    words = graph.options(LockedBuckets).words
    names = (bucket.name, bucket.raw("bucket"), bucket.raw("bucketPrefix"))
    return is_named_for(names, words) or is_for(bucket, graph, words)


def _locks(bucket: Resource, graph: GraphView) -> Iterator[Block]:
    yield from graph.linked(bucket, BUCKET_OBJECT_LOCK, "bucket")
    for key in ("objectLockConfiguration", "objectLockConfigurations"):
        yield from bucket.list(key)


def _retains(retention: Block, wanted: LockedBuckets) -> bool:
    return all_of(
        lambda: _days(retention) >= wanted.record_days,
        lambda: retention.text("mode") in ("COMPLIANCE", wanted.record_mode.upper()),
    )


def _days(retention: Block) -> float:
    return retention.number("days") or 365 * (retention.number("years") or 0)
