"""What is still there when the stack is gone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from modelyard.environment.aws.capacity import CapacityBlock
from modelyard.environment.aws.sites import reserved, sites
from modelyard.environment.aws.spec import AwsEnvironment
from modelyard.planning.windows import instant
from modelyard_policies.aws.types import FSX_LUSTRE, KMS_KEY, KMS_REPLICA_KEY
from modelyard_policies.graph import Graph, Node
from modelyard_preview.retirement.model import Remainder


def remains(graph: Graph, environment: AwsEnvironment, last_destroy: datetime) -> Iterator[Remainder]:
    """What stays after the last `pulumi destroy`, if that is done at the moment given."""
    days = environment.encryption.deletion_window_days
    count = len(graph.of_type(KMS_KEY, KMS_REPLICA_KEY))
    yield Remainder(
        f"{count} keys",
        f"KMS waits {days} days before it deletes a key; `aws kms cancel-key-deletion` brings it back until "
        "then",
        (last_destroy + timedelta(days=days)).isoformat(timespec="minutes"),
    )
    for node in graph.of_type(FSX_LUSTRE):
        if _makes_a_last_backup(node):
            yield Remainder(
                f"a last backup of file system {node.name}",
                "FSx makes one when it deletes the file system; while it is kept it needs the key for files",
                "somebody deletes it: `aws fsx delete-backup`",
            )
    yield from _capacity(environment, last_destroy)
    yield Remainder(
        "what the account has once, and what bootstrap made",
        "trail, detectors and default encryption belong to the stack of the account; state bucket, its key, "
        "deploy role and service-linked roles serve other environments too",
        "nobody needs them any more",
    )


def _makes_a_last_backup(node: Node) -> bool:
    return node.properties.get("skipFinalBackup") is not True


def _capacity(environment: AwsEnvironment, last_destroy: datetime) -> Iterator[Remainder]:
    for site in sites(environment):
        for pool in site.pools:
            if not reserved(pool) or site.pools_are_inherited:
                continue
            where = f"the capacity of {site.whose(pool)}"
            if isinstance(pool.capacity, CapacityBlock):
                if instant(pool.capacity.ends_at) <= last_destroy:
                    continue
                reason = "a capacity block is paid as a whole, and can't be given back"
                yield Remainder(where, reason, pool.capacity.ends_at)
            else:
                named = getattr(pool.capacity, "reservation_id", None) or "its reservations"
                yield Remainder(
                    where,
                    "a reservation is billed whether machines run in it or not",
                    f"it is cancelled: `aws ec2 cancel-capacity-reservation --region {site.region} "
                    f"--capacity-reservation-id {named}`",
                )
