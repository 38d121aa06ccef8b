"""What an environment's buckets, vaults and registries hold."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from modelyard.planning.names import KEEP_PREFIX
from modelyard_cli.account.session import CheckedSession, failures_told
from modelyard_policies.aws.types import BACKUP_VAULT, BUCKET
from modelyard_policies.graph import Graph
from modelyard_preview.retirement import BucketFacts, Facts, VaultFacts
from modelyard_preview.retirement.holds import key_of
from modelyard_preview.retirement.plan import REPOSITORY


def survey(session: CheckedSession, graph: Graph, now: datetime) -> Facts:
    """Ask the account. Raises SurroundingsError."""
    with failures_told():
        return Facts(
            now=now,
            buckets=dict(_buckets(session, graph, now)),
            vaults=dict(_vaults(session, graph, now)),
            images=dict(_images(session, graph)),
        )


def _buckets(
    session: CheckedSession, graph: Graph, now: datetime
) -> Iterator[tuple[tuple[str, str], BucketFacts]]:
    for node in graph.of_type(BUCKET):
        region, name = key_of(node, "bucket")
        s3 = session.client("s3", region)
        try:
            pages = list(s3.get_paginator("list_object_versions").paginate(Bucket=name))
        except s3.exceptions.NoSuchBucket:
            continue
        versions = [each for page in pages for each in page.get("Versions", ())]
        markers = sum(len(page.get("DeleteMarkers", ())) for page in pages)
        locks = [
            until
            for each in versions
            if each["Key"].startswith(KEEP_PREFIX)
            for until in _locked_until(s3, name, each)
            if until > now
        ]
        yield (region, name), BucketFacts(len(versions) + markers, max(locks, default=None))


def _locked_until(s3: Any, bucket: str, version: dict[str, Any]) -> Iterator[datetime]:
    """When the lock of a version ends; nothing if it has none."""
    found = s3.head_object(Bucket=bucket, Key=version["Key"], VersionId=version["VersionId"])
    if "ObjectLockRetainUntilDate" in found:
        yield found["ObjectLockRetainUntilDate"]


def _vaults(
    session: CheckedSession, graph: Graph, now: datetime
) -> Iterator[tuple[tuple[str, str], VaultFacts]]:
    for node in graph.of_type(BACKUP_VAULT):
        region, name = key_of(node, "name")
        backup = session.client("backup", region)
        try:
            vault = backup.describe_backup_vault(BackupVaultName=name)
        except backup.exceptions.ResourceNotFoundException:
            continue
        paginator = backup.get_paginator("list_recovery_points_by_backup_vault")
        points = [
            point for page in paginator.paginate(BackupVaultName=name) for point in page["RecoveryPoints"]
        ]
        ends = [point.get("CalculatedLifecycle", {}).get("DeleteAt") for point in points]
        lock_date = vault.get("LockDate")
        yield (
            (region, name),
            VaultFacts(
                recovery_points=len(points),
                expires_at=None if not ends or None in ends else max(ends),
                locked_for_good=bool(vault.get("Locked")) and lock_date is not None and lock_date <= now,
            ),
        )


def _images(session: CheckedSession, graph: Graph) -> Iterator[tuple[tuple[str, str], int]]:
    for node in graph.of_type(REPOSITORY):
        region, name = key_of(node, "name")
        ecr = session.client("ecr", region)
        try:
            pages = ecr.get_paginator("list_images").paginate(repositoryName=name)
            count = sum(len(page["imageIds"]) for page in pages)
        except ecr.exceptions.RepositoryNotFoundException:
            continue
        yield (region, name), count
