"""What is kept costs: buckets by their expected size, and backups of them."""

from __future__ import annotations

from collections.abc import Iterator

from modelyard.environment.aws.recovery_chains import backed_up
from modelyard.environment.aws.sites import sites
from modelyard.environment.aws.spec import AwsEnvironment
from modelyard.environment.aws.storage import DatasetS3Store, S3Store
from modelyard.environment.aws.target import own_bucket
from modelyard_policies.aws.types import BUCKET
from modelyard_policies.graph import Graph, Node, canonical
from modelyard_preview.cost.charges import Charge
from modelyard_preview.cost.model import Amounts, Unpriced


def store_charges(environment: AwsEnvironment, graph: Graph) -> Iterator[Charge | Unpriced]:
    """The current versions in each store and in its replica, and one full copy of what is backed up, in each
    region.
    """
    sized: set[str] = set()
    for site in sites(environment):
        for purpose, store in stores(environment).items():
            bucket = store_bucket(environment, graph, purpose, site.region)
            urns = (bucket.urn,) if bucket else ()
            sized.update(urns)
            size = Amounts.always(float(store.expected_size_gib))
            yield Charge(f"store {purpose}: S3 Standard", "s3_standard_gb_month", site.region, size, urns)
            yield Unpriced("old versions in stores", urns, "how much is overwritten and deleted isn't stated")
            yield Unpriced("requests to stores", urns, "how many there are isn't stated")
    for bucket in graph.of_type(BUCKET):
        if bucket.urn not in sized:
            yield from bucket_charges(bucket)
    yield from _backups(environment, graph)


def bucket_charges(node: Node) -> Iterator[Unpriced]:
    """What is kept in a bucket that no store's size is stated for; nothing for any other resource."""
    if canonical(node.type) == BUCKET:
        yield Unpriced("other buckets' content", (node.urn,), "its size isn't stated")


def stores(environment: AwsEnvironment) -> dict[str, S3Store]:
    """The stores that are the environment's own, by purpose."""
    own = {"datasets": environment.storage.datasets, "checkpoints": environment.storage.checkpoints}
    return {purpose: store for purpose, store in own.items() if isinstance(store, S3Store)}


def store_bucket(
    environment: AwsEnvironment, graph: Graph, purpose: str, region: str | None = None
) -> Node | None:
    """The bucket that is the store for a purpose in a region, by default the primary, if the graph has it."""
    name = own_bucket(environment, purpose, region)
    return next((node for node in graph.of_type(BUCKET) if node.properties.get("bucket") == name), None)


def _backups(environment: AwsEnvironment, graph: Graph) -> Iterator[Charge | Unpriced]:
    plans = tuple(node.urn for node in graph.of_type("aws:backup/plan:Plan"))
    if not plans or environment.backup is None:
        return
    datasets, recovery = environment.storage.datasets, environment.regions.recovery
    if isinstance(datasets, DatasetS3Store) and datasets.backed_up:
        size = Amounts.always(float(datasets.expected_size_gib))
        places = {"backup of datasets: one full copy": environment.regions.primary}
        if recovery is not None:
            places["copy of the backup of datasets"] = recovery
        for what, region in places.items():
            yield Charge(what, "backup_s3_gb_month", region, size, plans)
    if any(field.startswith("storage.file_systems") for field in backed_up(environment)):
        yield Unpriced("backups of file systems", plans, "no price known, and what is kept isn't stated")
    yield Unpriced("changes kept in backups", plans, "how much changes between backups isn't stated")
    if recovery is not None:
        reason = "how much changes isn't stated, nor is a price known for data to the other region"
        yield Unpriced("backups on their way to the recovery region", plans, reason)
