"""What stays with what is held, and the order in which the rest is unprotected."""

from __future__ import annotations

from collections.abc import Iterable

from modelyard_policies.graph import Graph, Node

SETTINGS_OF_BUCKETS = (
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
    "aws:s3/bucketPolicy:BucketPolicy",
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "aws:s3/bucketVersioning:BucketVersioning",
)
"""What a bucket that stays needs to stay closed, encrypted and locked."""

SETTINGS_OF_VAULTS = (
    "aws:backup/vaultLockConfiguration:VaultLockConfiguration",
    "aws:backup/vaultPolicy:VaultPolicy",
)


def kept(graph: Graph, held: Iterable[str]) -> tuple[str, ...]:
    """URNs of all that stays with what is held: its settings, its keys, and what all of these come from.

    In the order of the graph.
    """
    stays: set[str] = set()
    waiting = [graph.by_urn[urn] for urn in held]
    for node in list(waiting):
        waiting += _settings(graph, node)
    while waiting:
        node = waiting.pop()
        if node.urn in stays:
            continue
        stays.add(node.urn)
        # The engine keeps the component around what stays as well, and what that waits for.
        parent = (node.parent,) if node.parent else ()
        waiting += [graph.by_urn[urn] for urn in (*node.dependencies, *parent) if urn in graph.by_urn]
    return tuple(
        node.urn
        for node in graph.resources
        if node.urn in stays and node.custom and not node.type.startswith("pulumi:")
    )


def protected(graph: Graph, without: Iterable[str] = ()) -> tuple[Node, ...]:
    """What is protected, in the order in which it can go: whatever comes from another before that."""
    left_out = set(without)
    return tuple(node for node in reversed(graph.resources) if node.protect and node.urn not in left_out)


def _settings(graph: Graph, node: Node) -> list[Node]:
    return [
        *graph.linked(node, SETTINGS_OF_BUCKETS, "bucket"),
        *graph.linked(node, SETTINGS_OF_VAULTS, "backupVaultName"),
    ]
