"""What is overwritten or deleted in an account can be brought back: versions, and soft delete of blobs and
containers.

Azure keeps no versions for accounts with a hierarchical namespace, for general-purpose v1 and for premium
page blobs (Azure Storage, "Blob versioning", 2022-06, "Blob Storage feature support", 2022-09): soft delete
has to do there. Accounts for files hold no blobs. All three are off unless a BlobServiceProperties turns
them on; where soft-deleted blobs may be deleted for good (allowPermanentDelete), soft delete keeps nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from modelyard_policies.azure.accounts import FILES, kind
from modelyard_policies.azure.types import BLOB_SERVICE_PROPERTIES, STORAGE_ACCOUNT
from modelyard_policies.options import Options, number, option
from modelyard_policies.reading import Block, Failure, GraphView, Resource, all_of, any_of, each
from modelyard_policies.rule import Rule, Severity


@dataclass(frozen=True, slots=True)
class BlobRecovery(Options):
    """How long what is deleted can be brought back."""

    rule: ClassVar[str] = "storage-blob-recovery"
    days: float = option(number(1), 7, "Fewest days that deleted blobs and containers are kept")


RULE = Rule(
    id="storage-blob-recovery",
    code="ST20",
    title="Overwritten and deleted blobs can be brought back",
    severity=Severity.MEDIUM,
    resources=(STORAGE_ACCOUNT,),
    reads=(BLOB_SERVICE_PROPERTIES,),
    options=BlobRecovery,
    why="A job with a wrong path, or one that somebody took over, deletes checkpoints in a second, for good.",
    mend=(
        "Give the account a BlobServiceProperties with isVersioningEnabled true, and with "
        "deleteRetentionPolicy and containerDeleteRetentionPolicy enabled for 7 days or more."
    ),
    maps_to={
        "checkov": ["CKV2_AZURE_38"],
        "cis_azure": ["4.10"],
        "azure_policy": ["c36a325b-ae04-4863-ad4f-19c6678f8e08", "9fbd64e3-67b8-489b-98e5-fa0007d17e76"],
    },
    snippet="""\
azure.storage.BlobServiceProperties(
    "datasets",
    account_name=account.name,
    resource_group_name=group.name,
    blob_services_name="default",
    is_versioning_enabled=True,
    delete_retention_policy={"enabled": True, "days": 30},
    container_delete_retention_policy={"enabled": True, "days": 30},
)
""",
)


@RULE.applies
def holds_blobs(account: Resource, graph: GraphView) -> bool:
    """Accounts for files are left to the backup of shares."""
    return kind(account) != FILES


@RULE.check
def blobs_come_back(account: Resource, graph: GraphView) -> Iterator[Failure]:
    """An account has one set of these properties."""
    services = graph.linked(account, BLOB_SERVICE_PROPERTIES, "accountName")
    if not services:
        yield account.failure("", "no BlobServiceProperties keeps what is overwritten or deleted")
    days = graph.options(BlobRecovery).days
    yield from each(services, lambda service: _keeps(service, account, days))


def _keeps(service: Resource, account: Resource, days: float) -> Iterator[Failure]:
    checks: tuple[Callable[[], Iterator[Failure]], ...] = (
        lambda: _versions_are_kept(service, account),
        lambda: _deleted_is_kept(service.block("deleteRetentionPolicy"), days),
        lambda: _is_not_purged(service.block("deleteRetentionPolicy")),
        lambda: _deleted_is_kept(service.block("containerDeleteRetentionPolicy"), days),
    )
    yield from each(checks, lambda check: check())


def _versions_are_kept(service: Resource, account: Resource) -> Iterator[Failure]:
    key = "isVersioningEnabled"
    if all_of(
        lambda: not service.is_true(key),
        # Immutability for the whole account turns versions on by itself.
        lambda: not account.block("immutableStorageWithVersioning").is_true("enabled"),
        lambda: _can_have_versions(account),
    ):
        yield service.failure(key, f"is {service.shown(key)}")


def _deleted_is_kept(policy: Block, days: float) -> Iterator[Failure]:
    kept = policy.number("days")
    if not policy.is_true("enabled"):
        yield policy.failure("enabled", f"is {policy.shown('enabled')}")
    elif kept is None or not kept >= days:
        yield policy.failure("days", f"is {policy.shown('days')}, less than {days:g}")


def _is_not_purged(policy: Block) -> Iterator[Failure]:
    if policy.is_true("allowPermanentDelete"):
        yield policy.failure("allowPermanentDelete", "is true, so that what is deleted can be purged")


def _can_have_versions(account: Resource) -> bool:
    return not any_of(
        lambda: account.is_true("isHnsEnabled"),
        lambda: kind(account) == "storage",
        lambda: all_of(
            lambda: kind(account) == "storagev2",
            lambda: account.block("sku").text("name").strip().lower().startswith("premium"),
        ),
    )
