"""Buckets keep earlier versions of their objects."""

from __future__ import annotations

from collections.abc import Iterator

from modelyard_policies.aws.buckets import is_versioned
from modelyard_policies.aws.types import BUCKET, BUCKET_VERSIONING
from modelyard_policies.reading import Failure, GraphView, Resource
from modelyard_policies.rule import Rule, Severity

RULE = Rule(
    id="bucket-versioning",
    code="ST4",
    title="Buckets keep versions",
    severity=Severity.MEDIUM,
    resources=(BUCKET,),
    reads=(BUCKET_VERSIONING,),
    why="A checkpoint or dataset that is overwritten or deleted is gone, and can't be replicated either.",
    mend='Give the bucket a BucketVersioning with versioningConfiguration.status "Enabled".',
    maps_to={"checkov": ["CKV_AWS_21"], "security_hub": ["S3.14"]},
    snippet="""\
aws.s3.BucketVersioning(
    "datasets",
    bucket=bucket.bucket,
    versioning_configuration={"status": "Enabled"},
)
""",
)


@RULE.check
def versioning_is_enabled(bucket: Resource, graph: GraphView) -> Iterator[Failure]:
    """Versioning of its own resource counts first, then what older programs write into the bucket."""
    if is_versioned(bucket, graph):
        return
    resources = graph.linked(bucket, BUCKET_VERSIONING, "bucket")
    if resources:
        status = resources[0].block("versioningConfiguration")
        yield status.failure("status", f"is {status.shown('status')}, not Enabled")
    else:
        yield bucket.failure("", "no BucketVersioning enables versions for this bucket")
