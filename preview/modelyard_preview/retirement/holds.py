"""What can't be deleted before its time: locked objects and the buckets around them, locked vaults."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from modelyard.environment.aws.spec import AwsEnvironment
from modelyard.environment.aws.target import own_bucket
from modelyard.planning.names import KEEP_PREFIX
from modelyard_policies.aws.types import BACKUP_VAULT, BACKUP_VAULT_LOCK, BUCKET
from modelyard_policies.graph import Graph, Node
from modelyard_preview.retirement.facts import Facts
from modelyard_preview.retirement.model import Hold


def holds(graph: Graph, environment: AwsEnvironment, now: datetime, facts: Facts | None) -> Iterator[Hold]:
    """What stays, in the order of the graph."""
    for node in graph.resources:
        if node.type == BUCKET:
            yield from _bucket(node, environment, now, facts)
        elif node.type == BACKUP_VAULT:
            yield from _vault(node, graph, environment, now, facts)


def locked_for_good(graph: Graph, vault: Node) -> bool:
    """Whether a vault's lock is one that nobody takes off: it has a time from which it is for good."""
    return any(
        lock.properties.get("changeableForDays") is not None
        for lock in graph.linked(vault, BACKUP_VAULT_LOCK, "backupVaultName")
    )


def key_of(node: Node, property_: str) -> tuple[str, str]:
    """Region and name, by which facts are kept."""
    return node.region or "", str(node.properties.get(property_))


def _bucket(node: Node, environment: AwsEnvironment, now: datetime, facts: Facts | None) -> Iterator[Hold]:
    name = node.properties.get("bucket")
    subject = f"bucket {name}"
    if facts is not None:
        found = facts.buckets.get(key_of(node, "bucket"))
        if found is not None and found.locked_until is not None and found.locked_until > now:
            reason = f"objects under {KEEP_PREFIX} are locked"
            yield Hold(node.urn, subject, reason, found.locked_until, asked=True)
        return
    promotion = environment.storage.checkpoints.promotion
    if promotion is not None and name == own_bucket(environment, "checkpoints", node.region):
        reason = f"what is promoted to {KEEP_PREFIX} is locked for {promotion.lock_days} days"
        yield Hold(node.urn, subject, reason, now + timedelta(days=promotion.lock_days), asked=False)


def _vault(
    node: Node, graph: Graph, environment: AwsEnvironment, now: datetime, facts: Facts | None
) -> Iterator[Hold]:
    subject = f"vault {node.properties.get('name')} in {node.region}"
    backup = environment.backup
    if facts is not None:
        found = facts.vaults.get(key_of(node, "name"))
        if found is not None and found.locked_for_good and found.expires_at is not None:
            are = "backup in it is" if found.recovery_points == 1 else "backups in it are"
            reason = f"{found.recovery_points} {are} under a compliance lock"
            yield Hold(node.urn, subject, reason, found.expires_at, asked=True)
        return
    if backup is not None and locked_for_good(graph, node):
        copied = node.region != environment.regions.primary
        days = (backup.copy_retention_days if copied else None) or backup.retention_days
        reason = f"backups in it are under a compliance lock, and kept for {days} days"
        yield Hold(node.urn, subject, reason, now + timedelta(days=days), asked=False)
