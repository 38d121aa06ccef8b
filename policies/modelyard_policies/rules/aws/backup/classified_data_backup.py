"""File systems and volumes with classified data in production are in a backup plan.

Judged is what says by its tag `data-classification` that it holds confidential or restricted data, and
doesn't say by its tag `stage` that it isn't production. EFS's own backup policy and FSx's own automatic
backups count.

A file system for Lustre that is linked to a bucket, or is scratch, can't be backed up (FSx for Lustre User
Guide, "Working with backups", 2026-11). Buckets keep versions and replicas, which other rules judge.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from modelyard_policies.aws.lustre import can_be_backed_up
from modelyard_policies.aws.selections import is_taken
from modelyard_policies.aws.types import (
    BACKUP_SELECTION,
    EFS_BACKUP_POLICY,
    EFS_FILE_SYSTEM,
    FSX_DATA_REPOSITORY_ASSOCIATION,
    FSX_LUSTRE,
    FSX_ONTAP,
    FSX_OPEN_ZFS,
    FSX_WINDOWS,
    VOLUME,
)
from modelyard_policies.declared import CLASSIFICATION, CLASSIFIED, is_production, tag
from modelyard_policies.options import Options, option, words
from modelyard_policies.reading import Failure, GraphView, Resource, all_of, any_of, some
from modelyard_policies.rule import Rule, Severity


@dataclass(frozen=True, slots=True)
class BackedUpClasses(Options):
    """Which data has to be backed up."""

    rule: ClassVar[str] = "classified-data-backup"
    classes: tuple[str, ...] = option(words(), CLASSIFIED, "Data classifications that have to be backed up")


RULE = Rule(
    id="classified-data-backup",
    code="BK5",
    title="File systems and volumes with classified data are in a backup plan",
    severity=Severity.MEDIUM,
    resources=(EFS_FILE_SYSTEM, FSX_LUSTRE, FSX_ONTAP, FSX_OPEN_ZFS, FSX_WINDOWS, VOLUME),
    reads=(BACKUP_SELECTION, EFS_BACKUP_POLICY, FSX_DATA_REPOSITORY_ASSOCIATION),
    options=BackedUpClasses,
    why="File systems and volumes keep no versions: what is deleted or encrypted by somebody else is gone.",
    mend=(
        "Give it the tag that a backup selection looks for, or name it in one; or say with the tags "
        "data-classification and stage that it may be lost."
    ),
    snippet="""\
aws.efs.FileSystem(
    "home",
    encrypted=True,
    kms_key_id=key.arn,
    tags={"data-classification": "confidential", "backup": "daily"},
)
plan = aws.backup.Plan("daily", rules=[{"rule_name": "daily", "target_vault_name": vault.name}])
aws.backup.Selection(
    "daily",
    plan_id=plan.id,
    iam_role_arn=role.arn,
    selection_tags=[{"type": "STRINGEQUALS", "key": "backup", "value": "daily"}],
)
""",
    maps_to={"checkov": ["CKV2_AWS_9", "CKV2_AWS_18"], "security_hub": ["EC2.28", "EFS.2"]},
)


@RULE.applies
def holds_classified_data(store: Resource, graph: GraphView) -> bool:
    """Whether it says so, and can be backed up."""
    return all_of(
        lambda: tag(store, graph, CLASSIFICATION) in graph.options(BackedUpClasses).classes,
        lambda: is_production(store, graph),
        lambda: store.type != FSX_LUSTRE or can_be_backed_up(store, graph),
    )


@RULE.check
def is_backed_up(store: Resource, graph: GraphView) -> Iterator[Failure]:
    """One way is enough."""
    if not any_of(lambda: is_taken(store, graph), lambda: _backs_itself_up(store, graph)):
        yield store.failure("", "no backup selection takes it")


def _backs_itself_up(store: Resource, graph: GraphView) -> bool:
    if store.type == EFS_FILE_SYSTEM:
        policies = graph.linked(store, EFS_BACKUP_POLICY, "fileSystemId")
        return some(policies, lambda policy: policy.block("backupPolicy").text("status") == "ENABLED")
    return (store.number("automaticBackupRetentionDays") or 0) > 0
