"""What is kept costs: accounts by the size that is expected of their store, and backups of them."""

from __future__ import annotations

from collections.abc import Iterator

from modelyard.catalog.azure import price_items
from modelyard.environment.azure.sites import Site, sites
from modelyard.environment.azure.spec import AzureEnvironment
from modelyard.environment.azure.storage import BlobStore
from modelyard.environment.azure.target import names
from modelyard_policies.azure.types import BACKUP_INSTANCE, STORAGE_ACCOUNT
from modelyard_policies.graph import Graph, Node
from modelyard_preview.cost.charges import Charge
from modelyard_preview.cost.model import Amounts, Unpriced


def store_charges(environment: AzureEnvironment, graph: Graph) -> Iterator[Charge | Unpriced]:
    """The current versions in each store and in its copy, and one full copy of what is backed up."""
    sized: set[str] = set()
    for site in sites(environment):
        for purpose, store in stores(environment).items():
            account = store_account(environment, graph, purpose, site)
            if account is None:
                continue
            sized.add(account.urn)
            yield from _kept(purpose, store, site, account, environment)
    for account in graph.of_type(STORAGE_ACCOUNT):
        if account.urn not in sized:
            reason = "the size of flow logs and of what the workspace keeps isn't stated"
            yield Unpriced("other accounts' content", (account.urn,), reason)
    backups = tuple(node.urn for node in graph.of_type(BACKUP_INSTANCE))
    if backups:
        yield Unpriced("backups", backups, "no price known for vaulted backups of blobs")


def stores(environment: AzureEnvironment) -> dict[str, BlobStore]:
    """The stores that are the environment's own, by purpose."""
    own = {"datasets": environment.storage.datasets, "checkpoints": environment.storage.checkpoints}
    return {purpose: store for purpose, store in own.items() if isinstance(store, BlobStore)}


def store_account(environment: AzureEnvironment, graph: Graph, purpose: str, site: Site) -> Node | None:
    """The account that is the store for a purpose in a region, if the graph has it."""
    name = names(environment, site.region).account(purpose)
    found = (node for node in graph.of_type(STORAGE_ACCOUNT) if node.properties.get("accountName") == name)
    return next(found, None)


def _kept(
    purpose: str, store: BlobStore, site: Site, account: Node, environment: AzureEnvironment
) -> Iterator[Charge | Unpriced]:
    if site.recovery and purpose not in _copied(environment):
        return  # it is empty until backups are restored into it
    sku = account.properties.get("sku")
    redundancy = str(sku.get("name") if isinstance(sku, dict) else sku).rpartition("_")[2].lower()
    item = f"blob_hot_{redundancy}_gb_month"
    what = f"store {purpose}: hot blobs, {redundancy.upper()}"
    if item in price_items():
        size = Amounts.always(float(store.expected_size_gib))
        yield Charge(what, item, site.region, size, (account.urn,))
    else:
        where = f", in {site.region}" if site.recovery else ""
        reason = "the catalog has no price for this redundancy"
        yield Unpriced(f"{what}{where}", (account.urn,), reason)
    yield Unpriced(
        "old versions in stores", (account.urn,), "how much is overwritten and deleted isn't stated"
    )
    yield Unpriced("requests to stores", (account.urn,), "how many there are isn't stated")


def _copied(environment: AzureEnvironment) -> tuple[str, ...]:
    from modelyard.environment.azure.recovery_chains import replicated_stores

    return replicated_stores(environment)
