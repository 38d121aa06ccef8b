"""Where a recovery region is in use, what a key encrypts can be read there.

A multi-Region key has a replica in another region; without one it is no better than a single-Region key. A
single-Region key is fine if the recovery region has a customer-managed key of its own, under which S3's
replicas and AWS Backup's copies are encrypted anew: AWS advises single-Region keys wherever they do (AWS KMS
Developer Guide, "Security considerations for multi-Region keys", 2026-11), so that rules.md is taken to mean
either. A stack whose recovery keys are replicas only has to replicate each.
"""

from __future__ import annotations

from collections.abc import Iterator

from modelyard_policies.aws.recovery import EVIDENCE, recovery_regions
from modelyard_policies.aws.types import (
    KMS_EXTERNAL_KEY,
    KMS_KEY,
    KMS_REPLICA_EXTERNAL_KEY,
    KMS_REPLICA_KEY,
)
from modelyard_policies.declared import is_production
from modelyard_policies.reading import Failure, GraphView, Resource, any_of, some
from modelyard_policies.rule import Rule, Severity

REPLICAS = (KMS_REPLICA_KEY, KMS_REPLICA_EXTERNAL_KEY)

RULE = Rule(
    id="recovery-key",
    code="EN5",
    title="Keys are usable in the recovery region where one is in use",
    severity=Severity.MEDIUM,
    resources=(KMS_KEY, KMS_EXTERNAL_KEY),
    reads=(*REPLICAS, *EVIDENCE),
    why="A copy whose key went down with the first region is a copy that nobody can read.",
    mend=(
        "Set multiRegion to true and make a ReplicaKey of it in the recovery region, or make another key "
        "there."
    ),
    maps_to={},
    snippet="""\
primary = aws.kms.Key("datasets", description="Datasets", enable_key_rotation=True, multi_region=True)
aws.kms.ReplicaKey("datasets", primary_key_arn=primary.arn, region="eu-central-1")
""",
)


@RULE.applies
def has_to_be_there(key: Resource, graph: GraphView) -> bool:
    """Whether it says that it is for several regions, or another region is in use for recovery."""
    return any_of(
        lambda: key.is_true("multiRegion"),
        lambda: bool(recovery_regions(key, graph)) and is_production(key, graph),
    )


@RULE.check
def it_is_there(key: Resource, graph: GraphView) -> Iterator[Failure]:
    """A replica in its own region can't be."""
    replicas = graph.linked(key, REPLICAS, "primaryKeyArn")
    if key.is_true("multiRegion"):
        if not replicas:
            yield key.failure("multiRegion", "is true, but no replica stands in another region")
        return
    elsewhere = recovery_regions(key, graph)
    if not some(graph.of_type(KMS_KEY, KMS_EXTERNAL_KEY), lambda other: other.region in elsewhere):
        yield key.failure(
            "multiRegion", f"is {key.shown('multiRegion')}, and no other key stands in its stead"
        )
