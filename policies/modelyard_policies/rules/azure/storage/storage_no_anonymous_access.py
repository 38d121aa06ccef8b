"""Storage accounts and containers give nothing to requests that nobody signed.

What isn't set on an account is false since version 2023-01-01 of Azure's API, and was true before (Azure REST
API specifications, Microsoft.Storage, 2022-09-01 and 2023-01-01); the provider goes by 2024-01-01 unless a
type names another. A container is private unless it says otherwise. A static website is public whatever is
set here, and not this rule's business (Azure Storage, "Configure anonymous read access", 2023-09).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from modelyard_policies.azure.api_versions import api_version
from modelyard_policies.azure.types import BLOB_CONTAINER, STORAGE_ACCOUNT
from modelyard_policies.graph import canonical
from modelyard_policies.reading import Failure, GraphView, Resource
from modelyard_policies.rule import Rule, Severity

FIRST_CLOSED = "20230101"
"""Version of the API since which an account is closed unless it says otherwise."""

RULE = Rule(
    id="storage-no-anonymous-access",
    code="ST14",
    title="Storage accounts and containers allow no anonymous access",
    severity=Severity.CRITICAL,
    resources=(STORAGE_ACCOUNT, BLOB_CONTAINER),
    why=(
        "Who knows or guesses an address reads training data and model weights without signing in, and the "
        "account can't say who did."
    ),
    mend="Set allowBlobPublicAccess of the account to false and publicAccess of its containers to None.",
    maps_to={
        "checkov": ["CKV_AZURE_190", "CKV_AZURE_34", "CKV2_AZURE_47"],
        "azure_policy": ["4fa4b6c0-31ca-4c0d-b10d-24b96f62a751"],
        "mcsb": ["NS-2"],
    },
    snippet="""\
closed = azure.storage.StorageAccount(
    "datasets",
    account_name="acmedatasets",
    resource_group_name=group.name,
    kind="StorageV2",
    sku={"name": "Standard_GZRS"},
    allow_blob_public_access=False,
)
azure.storage.BlobContainer(
    "datasets",
    container_name="datasets",
    account_name=closed.name,
    resource_group_name=group.name,
    public_access=azure.storage.PublicAccess.NONE,
)
""",
)


@RULE.check
def nobody_reads_unsigned(store: Resource, graph: GraphView) -> Iterator[Failure]:
    """Each says for itself; an account that allows nothing overrides its containers, in other stacks too."""
    if canonical(store.type) == BLOB_CONTAINER:
        if store.text("publicAccess", "None").strip().lower() != "none":
            yield store.failure("publicAccess", f"is {store.shown('publicAccess')}")
    elif _is_open(store):
        shown = store.shown("allowBlobPublicAccess")
        why = "" if store.has("allowBlobPublicAccess") else ", which this version of the API takes for true"
        yield store.failure("allowBlobPublicAccess", f"is {shown}{why}")


@RULE.remedy
def close(store: Resource, graph: GraphView) -> Mapping[str, object]:
    """Private is what both are for."""
    if not any(nobody_reads_unsigned(store, graph)):
        return {}
    if canonical(store.type) == BLOB_CONTAINER:
        return {"publicAccess": "None"}
    return {"allowBlobPublicAccess": False}


def _is_open(account: Resource) -> bool:
    if not account.has("allowBlobPublicAccess"):
        return "" < api_version(account.type) < FIRST_CLOSED
    return account.is_true("allowBlobPublicAccess")
