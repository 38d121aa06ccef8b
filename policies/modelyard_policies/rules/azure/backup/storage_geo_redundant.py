"""Storage accounts for classified data in production keep a copy in another region.

Geo-redundant is an account whose kind of storage keeps copies in the paired region (GRS, GZRS, and both with
read access). Where that can't be, as for premium blocks, or where the paired region isn't wanted, replication
of objects to an account in another region counts as well; which containers it takes isn't judged, nor that
it takes only block blobs. Premium file shares can do neither (Azure Storage, "Azure Storage redundancy",
2026): their copies are a matter of backup. An account that says by its tags that it isn't production
(`stage`) or that its data is public or internal (`data-classification`) is spared.
"""

from __future__ import annotations

from collections.abc import Iterator

from modelyard_policies.azure.accounts import FILES, kind
from modelyard_policies.azure.paired_regions import geo_redundancy
from modelyard_policies.azure.types import OBJECT_REPLICATION_POLICY, STORAGE_ACCOUNT
from modelyard_policies.declared import holds_what_matters
from modelyard_policies.reading import Failure, GraphView, Resource, all_of, any_of, some
from modelyard_policies.rule import Rule, Severity

RULE = Rule(
    id="storage-geo-redundant",
    code="BK11",
    title="Storage accounts for classified data in production keep a copy in another region",
    severity=Severity.MEDIUM,
    resources=(STORAGE_ACCOUNT,),
    reads=(OBJECT_REPLICATION_POLICY,),
    why="With its region all that an account holds is lost: datasets and checkpoints can't be made again.",
    mend=(
        "Set sku.name to Standard_GZRS or Standard_GRS, or add an ObjectReplicationPolicy to an account in "
        "another region."
    ),
    maps_to={"checkov": ["CKV_AZURE_206"], "azure_policy": ["bf045164-79ba-4215-8f95-f8048dc1780b"]},
    snippet="""\
azure.storage.StorageAccount(
    "datasets",
    account_name="acmedatasets",
    resource_group_name=group.name,
    kind="StorageV2",
    sku={"name": "Standard_GZRS"},
)
""",
)


@RULE.applies
def has_to_last(account: Resource, graph: GraphView) -> bool:
    """Tags may spare it; premium file shares have no such kind."""
    return all_of(
        lambda: holds_what_matters(account, graph),
        lambda: not all_of(lambda: kind(account) == FILES, lambda: _sku(account).startswith("PREMIUM")),
    )


@RULE.check
def a_copy_is_elsewhere(account: Resource, graph: GraphView) -> Iterator[Failure]:
    """One way is enough."""
    if not any_of(
        lambda: geo_redundancy(account) is not None,
        lambda: some(
            graph.linked(account, OBJECT_REPLICATION_POLICY, "sourceAccount"),
            lambda policy: _leaves_the_region(account, policy, graph),
        ),
    ):
        sku = account.block("sku")
        yield sku.failure("name", f"is {sku.shown('name')}, which keeps no copy in another region")


def _sku(account: Resource) -> str:
    return account.block("sku").text("name").strip().upper()


def _leaves_the_region(account: Resource, policy: Resource, graph: GraphView) -> bool:
    """Whether the copy isn't known to stay where its source is."""
    found = graph.candidates(policy, "destinationAccount", STORAGE_ACCOUNT)
    region = found[0].node.region if len(found) == 1 else None
    return region is None or region != account.node.region
