"""Persistent file systems for Lustre have a customer-managed key, and backups that outlive them.

FSx encrypts each of them, under its own key unless one is named. A scratch file system takes no key and no
backups and isn't judged; of one that is linked to a bucket, which can't be backed up, only the key is.

Automatic backups go with the file system, and none is made when it is deleted unless skipFinalBackup is
false: it is true unless it is set (Amazon FSx API Reference, DeleteFileSystem, 2026-11; pulumi-aws 7,
fsx.LustreFileSystem). So a file system has to make a final backup or to be in a plan of AWS Backup, whose
recovery points stay.

Tags may spare it: `stage` the backups, `data-classification` the key.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from modelyard_policies.aws.keys import names_customer_key
from modelyard_policies.aws.lustre import can_be_backed_up, is_scratch
from modelyard_policies.aws.selections import is_taken
from modelyard_policies.aws.types import (
    BACKUP_SELECTION,
    FSX_DATA_REPOSITORY_ASSOCIATION,
    FSX_LUSTRE,
    KMS_KEYS,
)
from modelyard_policies.declared import is_production, may_be_classified
from modelyard_policies.options import Options, number, option
from modelyard_policies.reading import Failure, GraphView, Resource, all_of, each
from modelyard_policies.rule import Rule, Severity


@dataclass(frozen=True, slots=True)
class LustreBackups(Options):
    """How long backups are kept."""

    rule: ClassVar[str] = "lustre-encryption-and-backups"
    days: float = option(number(1), 7, "Fewest days that automatic backups are kept")


RULE = Rule(
    id="lustre-encryption-and-backups",
    code="ST12",
    title="Persistent Lustre file systems have a customer-managed key, and backups with tags that stay",
    severity=Severity.MEDIUM,
    resources=(FSX_LUSTRE,),
    reads=(FSX_DATA_REPOSITORY_ASSOCIATION, BACKUP_SELECTION, *KMS_KEYS),
    options=LustreBackups,
    why=(
        "What is on the file system alone is gone with it, its automatic backups included; and backups "
        "without tags are found by no bill, no access rule and no cleaning up."
    ),
    mend=(
        "Set kmsKeyId, automaticBackupRetentionDays, copyTagsToBackups true and skipFinalBackup false; or "
        "link it to a bucket; or say with the tags stage and data-classification that it may be lost."
    ),
    maps_to={"checkov": ["CKV_AWS_190"], "security_hub": ["FSx.2"]},
    snippet="""\
aws.fsx.LustreFileSystem(
    "scratch",
    deployment_type="PERSISTENT_2",
    storage_type="SSD",
    storage_capacity=1200,
    per_unit_storage_throughput=250,
    subnet_ids=subnet.id,
    kms_key_id=key.arn,
    automatic_backup_retention_days=7,
    copy_tags_to_backups=True,
    skip_final_backup=False,
)
""",
)


@RULE.applies
def is_persistent(store: Resource, graph: GraphView) -> bool:
    """Whether it can have a key."""
    return not is_scratch(store)


@RULE.check
def it_is_encrypted_and_backed_up(store: Resource, graph: GraphView) -> Iterator[Failure]:
    """The key, then the backups where there can be any."""
    yield from each((_has_a_key, _has_backups), lambda check: check(store, graph))


def _has_a_key(store: Resource, graph: GraphView) -> Iterator[Failure]:
    if may_be_classified(store, graph) and not names_customer_key(store, "kmsKeyId", graph):
        yield store.failure("kmsKeyId", "names no customer-managed key")


def _has_backups(store: Resource, graph: GraphView) -> Iterator[Failure]:
    if all_of(lambda: is_production(store, graph), lambda: can_be_backed_up(store, graph)):
        yield from each((_has_lasting_backups, _tags_backups), lambda check: check(store, graph))


def _has_lasting_backups(store: Resource, graph: GraphView) -> Iterator[Failure]:
    """A plan that takes it is enough."""
    if is_taken(store, graph):
        return
    yield from each((_has_automatic_backups, _has_a_final_backup), lambda check: check(store, graph))


def _has_automatic_backups(store: Resource, graph: GraphView) -> Iterator[Failure]:
    least = graph.options(LustreBackups).days
    if (store.number("automaticBackupRetentionDays") or 0) < least:
        shown = store.shown("automaticBackupRetentionDays")
        yield store.failure("automaticBackupRetentionDays", f"is {shown}, less than {least:g}")


def _has_a_final_backup(store: Resource, graph: GraphView) -> Iterator[Failure]:
    if not store.has("skipFinalBackup") or store.is_true("skipFinalBackup"):
        shown = store.shown("skipFinalBackup")
        yield store.failure("skipFinalBackup", f"is {shown}, so that a deletion takes every backup with it")


def _tags_backups(store: Resource, graph: GraphView) -> Iterator[Failure]:
    if not store.is_true("copyTagsToBackups"):
        yield store.failure("copyTagsToBackups", f"is {store.shown('copyTagsToBackups')}")
