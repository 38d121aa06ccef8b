"""Storage accounts for classified data in production keep a copy in another region, or are one.

Geo-redundant is an account whose kind of storage keeps copies in the paired region (GRS, GZRS, and both with
read access). Where that can't be, as for premium blocks, or where the paired region isn't wanted, replication
of objects to an account in another region counts as well; which containers it takes isn't judged, nor that
it takes only block blobs. Its policy has to stand at the source: where it stands at the destination alone,
nothing is copied yet (Azure Storage, "Configure object replication for block blobs", 2026).

An account that takes the copies of an account in another region needs none of its own: the original is
there. That account has to be in the graph, and whatever containers the graph shows of the one with the copies
have to take copies: others hold data that is nowhere else. What programs write into it besides isn't judged.

Premium file shares can do neither (Azure Storage, "Azure Storage redundancy", 2026): their copies are a
matter of backup. An account that says by its tags that it isn't production (`stage`) or that its data is
public or internal (`data-classification`) is spared.
"""

from __future__ import annotations

from collections.abc import Iterator

from modelyard_policies.azure.accounts import FILES, kind
from modelyard_policies.azure.locations import location_of
from modelyard_policies.azure.paired_regions import geo_redundancy
from modelyard_policies.azure.types import (
    BLOB_CONTAINER,
    OBJECT_REPLICATION_POLICY,
    RESOURCE_GROUP,
    STORAGE_ACCOUNT,
)
from modelyard_policies.declared import holds_what_matters
from modelyard_policies.reading import Failure, GraphView, Resource, all_of, any_of, some
from modelyard_policies.rule import Rule, Severity

RULE = Rule(
    id="storage-geo-redundant",
    code="BK11",
    title="Storage accounts for classified data in production keep a copy in another region",
    severity=Severity.MEDIUM,
    resources=(STORAGE_ACCOUNT,),
    reads=(OBJECT_REPLICATION_POLICY, BLOB_CONTAINER, RESOURCE_GROUP),
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
        lambda: _is_the_copy(account, graph),
    ):
        sku = account.block("sku")
        yield sku.failure("name", f"is {sku.shown('name')}, which keeps no copy in another region")


def _sku(account: Resource) -> str:
    return account.block("sku").text("name").strip().upper()


def _leaves_the_region(account: Resource, policy: Resource, graph: GraphView) -> bool:
    """Whether the copy isn't known to stay where its source is: it may go to an account that isn't in the
    graph.
    """
    found = graph.candidates(policy, "destinationAccount", STORAGE_ACCOUNT)
    return all_of(
        lambda: len(found) != 1 or _are_apart(account, found[0], graph),
        lambda: graph.refers_to(policy, "accountName", account),
    )


def _is_the_copy(account: Resource, graph: GraphView) -> bool:
    """Whether it takes the copies of another region's account, and nothing is seen in it besides."""
    return all_of(
        lambda: some(
            _policies_to(account, graph), lambda policy: _comes_from_elsewhere(account, policy, graph)
        ),
        lambda: (
            not some(
                graph.linking(account, BLOB_CONTAINER, "accountName"),
                lambda container: not _takes_copies(container, account, graph),
            )
        ),
    )


def _policies_to(account: Resource, graph: GraphView) -> Iterator[Resource]:
    return graph.linking(account, OBJECT_REPLICATION_POLICY, "destinationAccount")


def _comes_from_elsewhere(account: Resource, policy: Resource, graph: GraphView) -> bool:
    source = graph.target(policy, "sourceAccount", STORAGE_ACCOUNT)
    if source is None or source.urn == account.urn:
        return False
    return all_of(
        lambda: _are_apart(account, source, graph),
        lambda: graph.refers_to(policy, "accountName", source),
    )


def _takes_copies(container: Resource, account: Resource, graph: GraphView) -> bool:
    """Whether a policy from elsewhere names it as where blobs go to."""
    if some(
        _policies_to(account, graph),
        lambda policy: all_of(
            lambda: _comes_from_elsewhere(account, policy, graph),
            lambda: some(
                policy.list("rules"),
                lambda rule: graph.refers_to(rule, "destinationContainer", container),
            ),
        ),
    ):
        return True
    # A name that isn't known may be one of those that were looked for: reading it says so.
    container.text("containerName")
    return False


def _are_apart(one: Resource, other: Resource, graph: GraphView) -> bool:
    """Whether two accounts are in different regions."""
    return location_of(one, graph) != location_of(other, graph)
