"""What holds of a bucket, whichever of its resources says so."""

from __future__ import annotations

from collections.abc import Iterator

from modelyard_policies.aws.types import BUCKET, BUCKET_ENCRYPTION, BUCKET_LOGGING, BUCKET_VERSIONING
from modelyard_policies.reading import Block, GraphView, Resource, any_of, some


def is_versioned(bucket: Resource, graph: GraphView) -> bool:
    """Whether versions are kept: by a resource of its own, else as older programs write into the bucket."""
    resources = graph.linked(bucket, BUCKET_VERSIONING, "bucket")
    if resources:
        return some(resources, lambda item: item.block("versioningConfiguration").text("status") == "Enabled")
    return any_of(
        lambda: some(bucket.list("versioning"), lambda block: block.is_true("enabled")),
        lambda: some(bucket.list("versionings"), lambda block: block.is_true("enabled")),
    )


def encryption_rules(bucket: Resource, graph: GraphView) -> Iterator[Block]:
    """The rules of its default encryption, as of today or as older programs write them."""
    configurations = graph.linked(bucket, BUCKET_ENCRYPTION, "bucket")
    for configuration in configurations:
        yield from configuration.list("rules")
    if not configurations:
        for key in ("serverSideEncryptionConfiguration", "serverSideEncryptionConfigurations"):
            for inline in bucket.list(key):
                yield from inline.list("rule")
                yield from inline.list("rules")


def default_encryption(rule: Block) -> Block:
    """Algorithm and key of a rule of default encryption."""
    plural = "applyServerSideEncryptionByDefaults"
    return rule.block(plural if rule.has(plural) else plural.removesuffix("s"))


def takes_access_logs(bucket: Resource, graph: GraphView) -> bool:
    """Whether another bucket's access logs are written to it."""
    return any_of(
        lambda: bool(graph.linked(bucket, BUCKET_LOGGING, "targetBucket")),
        lambda: bool(graph.linked(bucket, BUCKET, "logging")),
        lambda: bool(graph.linked(bucket, BUCKET, "loggings")),
    )
