"""What holds of a bucket, whichever of its resources says so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from modelyard_policies.aws.types import (
    BUCKET,
    BUCKET_ENCRYPTION,
    BUCKET_LOGGING,
    BUCKET_VERSIONING,
    BUCKET_WEBSITE,
    LOAD_BALANCERS,
)
from modelyard_policies.reading import Block, Failure, GraphView, Resource, any_of, each, some

PUBLIC_ACCESS_BLOCKS: Final = (
    "blockPublicAcls",
    "blockPublicPolicy",
    "ignorePublicAcls",
    "restrictPublicBuckets",
)
"""Settings that keep a bucket, or all of an account, from the public."""

_LOGS: Final = ("accessLogs", "connectionLogs", "healthCheckLogs")
"""Logs of load balancers."""


def open_to_the_public(block: Resource) -> Iterator[Failure]:
    """The settings of a block, of a bucket's or an account's, that aren't on."""

    def is_on(setting: str) -> Iterator[Failure]:
        if not block.is_true(setting):
            yield block.failure(setting, f"is {block.shown(setting)}")

    yield from each(PUBLIC_ACCESS_BLOCKS, is_on)


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


def takes_no_kms_key(bucket: Resource, graph: GraphView) -> bool:
    """Whether logs are written to it that are delivered under S3's own keys only: access logs of buckets, and
    logs of load balancers but network ones (Elastic Load Balancing, "Enable access logs for your Application
    Load Balancer", 2026-11).
    """
    return any_of(
        lambda: takes_access_logs(bucket, graph),
        lambda: some(_LOGS, lambda key: some(graph.linked(bucket, LOAD_BALANCERS, key), _is_no_network_one)),
    )


def is_website(bucket: Resource, graph: GraphView) -> bool:
    """Whether it is published as a website."""
    return any_of(
        lambda: bool(graph.linked(bucket, BUCKET_WEBSITE, "bucket")),
        lambda: bucket.has("website"),
        lambda: bucket.has("websites"),
    )


def _is_no_network_one(balancer: Resource) -> bool:
    return balancer.text("loadBalancerType").strip().lower() != "network"
