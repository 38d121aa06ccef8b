"""Buckets record who asked for what, in another bucket.

The bucket that takes the logs of others needs none: a log of the deliveries would fill it without end.
"""

from __future__ import annotations

from collections.abc import Iterator

from modelyard_policies.aws.buckets import takes_access_logs
from modelyard_policies.aws.types import BUCKET, BUCKET_LOGGING
from modelyard_policies.reading import Failure, GraphView, Resource, any_of, some
from modelyard_policies.rule import Rule, Severity

RULE = Rule(
    id="bucket-access-logging",
    code="ST7",
    title="Buckets write access logs",
    severity=Severity.MEDIUM,
    resources=(BUCKET,),
    reads=(BUCKET_LOGGING,),
    why="After a leak nobody can tell who read which objects, or since when.",
    mend="Give the bucket a BucketLogging whose targetBucket is a bucket for logs in the same region.",
    maps_to={"checkov": ["CKV_AWS_18"], "security_hub": ["S3.9"], "cis_aws": ["3.4"]},
    snippet="""\
aws.s3.BucketLogging(
    "datasets",
    bucket=bucket.bucket,
    target_bucket=log_bucket.bucket,
    target_prefix="datasets/",
)
""",
)


@RULE.applies
def is_no_log_bucket(bucket: Resource, graph: GraphView) -> bool:
    """Whether it takes no logs itself."""
    return not takes_access_logs(bucket, graph)


@RULE.check
def requests_are_logged(bucket: Resource, graph: GraphView) -> Iterator[Failure]:
    """Logging of its own resource counts, and what older programs write into the bucket."""
    if not any_of(
        lambda: some(graph.linked(bucket, BUCKET_LOGGING, "bucket"), lambda log: log.has("targetBucket")),
        lambda: some(bucket.list("logging"), lambda log: log.has("targetBucket")),
        lambda: some(bucket.list("loggings"), lambda log: log.has("targetBucket")),
    ):
        yield bucket.failure("", "no BucketLogging records who uses this bucket")
