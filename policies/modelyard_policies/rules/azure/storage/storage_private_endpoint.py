"""Storage accounts are reached by private endpoints, of each service that their kind is for.

An account with a hierarchical namespace needs two: what is asked of `dfs` may be answered by `blob`, and the
other way round (Azure Storage, "Use private endpoints for Azure Storage", 2025-07). An account for anything
needs one for whatever it is used for. One that publishes a static website is spared. An endpoint that stands
in another stack is for a suppression.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from modelyard_policies.azure.accounts import FILES, kind, serves_website
from modelyard_policies.azure.private_endpoints import has_private_endpoint
from modelyard_policies.azure.types import PRIVATE_ENDPOINT, STORAGE_ACCOUNT, STORAGE_STATIC_WEBSITE
from modelyard_policies.reading import Failure, GraphView, Resource, each
from modelyard_policies.rule import Rule, Severity

RULE = Rule(
    id="storage-private-endpoint",
    code="ST16",
    title="Storage accounts are reached by private endpoints",
    severity=Severity.MEDIUM,
    resources=(STORAGE_ACCOUNT,),
    reads=(PRIVATE_ENDPOINT, STORAGE_STATIC_WEBSITE),
    why=(
        "Without one, nodes read datasets by the account's public address, and what may leave the network "
        "can't be kept to this account."
    ),
    mend=(
        "Add a PrivateEndpoint whose privateLinkServiceConnections name the account, with groupIds blob, "
        "file, or one each for blob and dfs where isHnsEnabled is true."
    ),
    maps_to={
        "checkov": ["CKV2_AZURE_33"],
        "cis_azure": ["4.9"],
        "azure_policy": ["6edd7eda-6dd8-40f7-810d-67160c639cd9"],
        "mcsb": ["NS-2"],
    },
    snippet="""\
azure.network.PrivateEndpoint(
    "datasets-blob",
    resource_group_name=group.name,
    subnet={"id": network_subnet.id},
    private_link_service_connections=[
        {"name": "blob", "private_link_service_id": account.id, "group_ids": ["blob"]}
    ],
)
""",
)

ANY: Final = ("blob", "dfs", "file", "queue", "table", "web")
"""Parts of an account that an endpoint may be for."""

BLOBS: Final = ("blobstorage", "blockblobstorage")
"""Kinds of account that hold blobs only."""


@RULE.applies
def is_not_a_website(account: Resource, graph: GraphView) -> bool:
    """What is published is spared."""
    return not serves_website(account, graph)


@RULE.check
def endpoints_lead_there(account: Resource, graph: GraphView) -> Iterator[Failure]:
    """Each part that is needed has an endpoint of its own."""

    def has_one(groups: tuple[str, ...]) -> Iterator[Failure]:
        if not has_private_endpoint(account, graph, *groups):
            part = f" for {groups[0]}" if len(groups) == 1 else ""
            yield account.failure("", f"no private endpoint{part} leads to this account")

    yield from each(_needed(account), has_one)


def _needed(account: Resource) -> tuple[tuple[str, ...], ...]:
    """Parts of which each has to have an endpoint; of several together, one."""
    if kind(account) == FILES:
        return (("file",),)
    if account.is_true("isHnsEnabled"):
        return (("blob",), ("dfs",))
    return (("blob",),) if kind(account) in BLOBS else (ANY,)
