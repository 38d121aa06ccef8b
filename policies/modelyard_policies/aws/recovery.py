"""The regions that a stack keeps copies in, to come back from."""

from __future__ import annotations

from collections.abc import Iterator

from modelyard_policies.aws.types import (
    BUCKET,
    BUCKET_REPLICATION,
    EFS_REPLICATION,
    KMS_REPLICA_EXTERNAL_KEY,
    KMS_REPLICA_KEY,
    REGISTRY_REPLICATION,
)
from modelyard_policies.graph import SECRET, UNKNOWN
from modelyard_policies.reading import Block, GraphView, Resource

EVIDENCE = (
    *(KMS_REPLICA_KEY, KMS_REPLICA_EXTERNAL_KEY, BUCKET_REPLICATION, BUCKET),
    *(REGISTRY_REPLICATION, EFS_REPLICATION),
)
"""What a recovery region is known by: replicas of keys; replication of buckets, images and file systems."""


def recovery_regions(resource: Resource, graph: GraphView) -> set[str]:
    """The regions other than its own in which copies are kept that a resource could have copies in as well.

    Empty if no region is known to be used so: what isn't known is no evidence.
    """
    regions = set(graph.once(_regions))
    return regions - {resource.region} if regions else regions


def _regions(graph: GraphView) -> frozenset[str]:
    return frozenset(region for region in _evidence(graph) if region)


def _evidence(graph: GraphView) -> Iterator[str | None]:
    for replica in graph.of_type(KMS_REPLICA_KEY, KMS_REPLICA_EXTERNAL_KEY):
        yield replica.node.region
    for replication in graph.of_type(REGISTRY_REPLICATION):
        for rule in _known(_first(replication, "replicationConfiguration"), "rules"):
            for destination in _known(rule, "destinations"):
                yield _other(replication, _text(destination, "region"))
    for replication in graph.of_type(EFS_REPLICATION):
        yield _other(replication, _text(_first(replication, "destination"), "region"))
    for replication in graph.of_type(BUCKET_REPLICATION):
        for rule in _known(replication, "rules"):
            found = graph.candidates(_first(rule, "destination"), "bucket", BUCKET)
            yield _other(replication, found[0].node.region if len(found) == 1 else None)


def _other(resource: Resource, region: str | None) -> str | None:
    """The region, if it is surely another than the resource's."""
    own = resource.node.region
    return region if own and region != own else None


def _first(block: Block, key: str) -> Block:
    return next(iter(_known(block, key)), Block(block.node, {}, block.path_of(key)))


def _known(block: Block, key: str) -> list[Block]:
    """The mappings at `key` that are known."""
    value = block.raw(key)
    items = value if isinstance(value, list) else [value]
    known = [item for item in items if item is not UNKNOWN and item is not SECRET and isinstance(item, dict)]
    return [Block(block.node, item, block.path_of(key)) for item in known]


def _text(block: Block, key: str) -> str | None:
    value = block.raw(key)
    return value if isinstance(value, str) else None
