"""Blobs with classified data in production are backed up, or copied to another account.

Judged is an account that says by its tag `data-classification` that it holds confidential or restricted data,
and doesn't say by its tag `stage` that it isn't production, as for file systems on AWS. A copy in the paired
region (GRS, GZRS) is none of these: what is deleted here is deleted there. Versions and soft delete, which
another rule judges, end with the account itself.

An instance of Azure Backup in the stack counts, and replication of objects from the account to another;
which containers either takes isn't judged. Accounts that take the copies of another, and those in a region
that another region's account is replicated to, pass: their data stands elsewhere. Left out are those that
take logs, that publish a website, or that a Machine Learning workspace keeps its own files in, and those for
files or for premium page blobs, which neither takes (Azure Storage, "Object replication for block blobs",
2025).
What a policy or another stack puts under backup is for a suppression.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

from modelyard_policies.azure.accounts import FILES, kind, serves_website
from modelyard_policies.azure.locations import location_of
from modelyard_policies.azure.types import (
    BACKUP_INSTANCE,
    DIAGNOSTIC_SETTING,
    FLOW_LOG,
    ML_WORKSPACE,
    OBJECT_REPLICATION_POLICY,
    RESOURCE_GROUP,
    STORAGE_ACCOUNT,
    STORAGE_STATIC_WEBSITE,
)
from modelyard_policies.declared import CLASSIFICATION, CLASSIFIED, is_production, tag
from modelyard_policies.errors import Unread
from modelyard_policies.options import Options, option, words
from modelyard_policies.reading import Failure, GraphView, Resource, all_of, any_of, some
from modelyard_policies.rule import Rule, Severity


@dataclass(frozen=True, slots=True)
class BackedUpBlobs(Options):
    """Which data has to be backed up."""

    rule: ClassVar[str] = "blob-backup"
    classes: tuple[str, ...] = option(words(), CLASSIFIED, "Data classifications that have to be backed up")


RULE = Rule(
    id="blob-backup",
    code="BK15",
    title="Blobs with classified data are backed up or copied to another account",
    severity=Severity.MEDIUM,
    resources=(STORAGE_ACCOUNT,),
    reads=(
        *(BACKUP_INSTANCE, OBJECT_REPLICATION_POLICY, DIAGNOSTIC_SETTING, FLOW_LOG),
        *(ML_WORKSPACE, STORAGE_STATIC_WEBSITE, RESOURCE_GROUP),
    ),
    options=BackedUpBlobs,
    why="Who may delete an account deletes all versions with it, and the copy in the paired region as well.",
    mend=(
        "Add a BackupInstance of a Backup vault with the account as properties.dataSourceInfo, or an "
        "ObjectReplicationPolicy to another account; or say with the tags data-classification and stage that "
        "it may be lost."
    ),
    maps_to={"azure_policy": ["4510daf9-5abc-4d7d-a11d-d84416b814f6"]},
    snippet="""\
datasets = azure.storage.StorageAccount(
    "datasets",
    account_name="acmedatasets",
    resource_group_name=group.name,
    kind="StorageV2",
    sku={"name": "Standard_GZRS"},
    tags={"data-classification": "confidential"},
)
azure.dataprotection.BackupInstance(
    "datasets",
    resource_group_name=group.name,
    vault_name="backups",
    properties={
        "object_type": "BackupInstance",
        "data_source_info": {
            "object_type": "Datasource",
            "datasource_type": "Microsoft.Storage/storageAccounts/blobServices",
            "resource_id": datasets.id,
            "resource_location": "westeurope",
        },
        "policy_info": {
            "policy_id": (
                "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/main"
                "/providers/Microsoft.DataProtection/backupVaults/backups/backupPolicies/daily"
            ),
        },
    },
)
""",
)

LOGS: Final = ((DIAGNOSTIC_SETTING, "storageAccountId"), (FLOW_LOG, "storageId"))


@RULE.applies
def has_to_be_backed_up(account: Resource, graph: GraphView) -> bool:
    """By its tags, by what it can, and by what it is for."""
    return all_of(
        lambda: tag(account, graph, CLASSIFICATION) in graph.options(BackedUpBlobs).classes,
        lambda: is_production(account, graph),
        lambda: not _is_for_something_else(account, graph),
    )


@RULE.check
def there_is_a_copy(account: Resource, graph: GraphView) -> Iterator[Failure]:
    """One way is enough; or the data stands elsewhere as it is."""
    if not any_of(
        lambda: bool(graph.linked(account, BACKUP_INSTANCE, "properties")),
        lambda: some(
            graph.linking(account, OBJECT_REPLICATION_POLICY, "sourceAccount"),
            lambda policy: graph.refers_to(policy, "accountName", account),
        ),
        lambda: some(graph.linking(account, OBJECT_REPLICATION_POLICY, "destinationAccount"), lambda _: True),
        lambda: _is_where_copies_go(account, graph),
    ):
        yield account.failure("", "no backup instance takes its blobs, and nothing replicates them")


def _is_for_something_else(account: Resource, graph: GraphView) -> bool:
    return any_of(
        lambda: kind(account) == FILES,
        lambda: all_of(lambda: kind(account) == "storagev2", lambda: _is_premium(account)),
        lambda: serves_website(account, graph),
        lambda: some(LOGS, lambda log: bool(graph.linked(account, *log))),
        lambda: bool(graph.linked(account, ML_WORKSPACE, "storageAccount")),
    )


def _is_premium(account: Resource) -> bool:
    return account.block("sku").text("name").strip().lower().startswith("premium")


def _is_where_copies_go(account: Resource, graph: GraphView) -> bool:
    regions, untold = graph.once(_regions_of_copies)
    if regions and location_of(account, graph) in regions:
        return True
    if untold:
        raise Unread(untold.urn, untold.path, untold.why)
    return False


def _regions_of_copies(graph: GraphView) -> tuple[frozenset[str], Unread | None]:
    """Regions that accounts of other regions are replicated to, and what isn't known of further ones."""
    found: set[str] = set()
    untold: Unread | None = None
    for policy in graph.of_type(OBJECT_REPLICATION_POLICY):
        try:
            found.update(_region_of_copy(policy, graph))
        except Unread as signal:
            untold = untold or signal
    return frozenset(found), untold


def _region_of_copy(policy: Resource, graph: GraphView) -> Iterator[str]:
    source = graph.target(policy, "sourceAccount", STORAGE_ACCOUNT)
    copy = graph.target(policy, "destinationAccount", STORAGE_ACCOUNT)
    if source is not None and copy is not None:
        region = location_of(copy, graph)
        if region != location_of(source, graph):
            yield region
