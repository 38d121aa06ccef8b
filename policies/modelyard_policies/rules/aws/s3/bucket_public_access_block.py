"""All four settings that keep a bucket from the public are on.

S3 turns them on for each bucket that is made since April 2023 (Amazon S3 User Guide, "Blocking public access
to your Amazon S3 storage", 2026-11). A bucket has to say so all the same: otherwise nobody notices that they
were turned off by hand. Blocks are judged for their settings wherever their bucket is.
"""

from __future__ import annotations

from collections.abc import Iterator

from modelyard_policies.aws.buckets import open_to_the_public
from modelyard_policies.aws.types import BUCKET, BUCKET_PUBLIC_ACCESS_BLOCK
from modelyard_policies.graph import canonical
from modelyard_policies.reading import Failure, GraphView, Resource
from modelyard_policies.rule import Rule, Severity

RULE = Rule(
    id="bucket-public-access-block",
    code="ST1",
    title="Buckets block public access with all four settings",
    severity=Severity.HIGH,
    resources=(BUCKET, BUCKET_PUBLIC_ACCESS_BLOCK),
    reads=(BUCKET_PUBLIC_ACCESS_BLOCK,),
    why="One stray ACL or bucket policy would otherwise open training data or model weights to anyone.",
    mend="Give the bucket a BucketPublicAccessBlock with all four settings true.",
    maps_to={
        "checkov": ["CKV2_AWS_6", "CKV_AWS_53", "CKV_AWS_54", "CKV_AWS_55", "CKV_AWS_56"],
        "security_hub": ["S3.8"],
        "cis_aws": ["2.1.4"],
    },
    snippet="""\
aws.s3.BucketPublicAccessBlock(
    "datasets",
    bucket=bucket.bucket,
    block_public_acls=True,
    block_public_policy=True,
    ignore_public_acls=True,
    restrict_public_buckets=True,
)
""",
)


@RULE.check
def all_settings_are_on(resource: Resource, graph: GraphView) -> Iterator[Failure]:
    """Judge a bucket for having a block, and each block for its settings; the last one applied would win."""
    if canonical(resource.type) != BUCKET:
        yield from open_to_the_public(resource)
    elif not graph.linked(resource, BUCKET_PUBLIC_ACCESS_BLOCK, "bucket"):
        yield resource.failure("", "no BucketPublicAccessBlock names this bucket")
