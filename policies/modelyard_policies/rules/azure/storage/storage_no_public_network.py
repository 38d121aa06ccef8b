"""Storage accounts are closed to networks that nobody named.

Unset, the public endpoint is on and its firewall lets every network in (Azure REST API specifications,
Microsoft.Storage, 2023-01-01: defaultAction). Closed is an account whose public endpoint is off or behind a
network security perimeter, or whose firewall denies by default. An account that publishes a static website is
spared: everyone is meant to reach it.
"""

from __future__ import annotations

from collections.abc import Iterator

from modelyard_policies.azure.accounts import serves_website
from modelyard_policies.azure.public_access import openings
from modelyard_policies.azure.types import STORAGE_ACCOUNT, STORAGE_STATIC_WEBSITE
from modelyard_policies.reading import Failure, GraphView, Resource
from modelyard_policies.rule import Rule, Severity

RULE = Rule(
    id="storage-no-public-network",
    code="ST15",
    title="Storage accounts are closed to networks that nobody named",
    severity=Severity.HIGH,
    resources=(STORAGE_ACCOUNT,),
    reads=(STORAGE_STATIC_WEBSITE,),
    why=(
        "With an open endpoint a leaked key or token is enough to carry the data away, from anywhere; behind "
        "a closed one it is worth nothing outside your networks."
    ),
    mend=(
        "Set publicNetworkAccess to Disabled, or networkRuleSet.defaultAction to Deny, and give the account "
        "a private endpoint."
    ),
    maps_to={
        "checkov": ["CKV_AZURE_59", "CKV_AZURE_35"],
        "cis_azure": ["4.6", "4.7"],
        "azure_policy": ["b2982f36-99f2-4db5-8eff-283140c09693", "34c877ad-507e-4c82-993e-3452a6e0ad3c"],
        "mcsb": ["NS-2"],
    },
    snippet="""\
azure.storage.StorageAccount(
    "datasets",
    account_name="acmedatasets",
    resource_group_name=group.name,
    kind="StorageV2",
    sku={"name": "Standard_GZRS"},
    public_network_access=azure.storage.PublicNetworkAccess.DISABLED,
)
""",
)


@RULE.applies
def is_not_a_website(account: Resource, graph: GraphView) -> bool:
    """What is published is spared."""
    return not serves_website(account, graph)


@RULE.check
def networks_are_named(account: Resource, graph: GraphView) -> Iterator[Failure]:
    """One way of closing it is enough, and a firewall that lets in half the internet is none."""
    yield from openings(account, "networkRuleSet", "iPAddressOrRange")
