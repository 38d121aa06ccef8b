"""All four settings that keep a bucket from the public are on."""

from __future__ import annotations

from collections.abc import Iterator

from modelyard_policies.aws.types import BUCKET, BUCKET_PUBLIC_ACCESS_BLOCK
from modelyard_policies.reading import Failure, GraphView, Resource, each
from modelyard_policies.rule import Rule, Severity

SETTINGS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")

RULE = Rule(
    id="bucket-public-access-block",
    code="ST1",
    title="Buckets block public access with all four settings",
    severity=Severity.CRITICAL,
    resources=(BUCKET,),
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
def all_settings_are_on(bucket: Resource, graph: GraphView) -> Iterator[Failure]:
    """Each block that names the bucket has all settings; the last one applied would win."""
    blocks = graph.linked(bucket, BUCKET_PUBLIC_ACCESS_BLOCK, "bucket")
    if not blocks:
        yield bucket.failure("", "no BucketPublicAccessBlock names this bucket")
    yield from each(blocks, lambda block: each(SETTINGS, lambda setting: _setting_is_on(block, setting)))


def _setting_is_on(block: Resource, setting: str) -> Iterator[Failure]:
    if not block.is_true(setting):
        yield block.failure(setting, f"{setting} is {block.shown(setting)}")
