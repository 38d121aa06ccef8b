"""Data, its copies, its keys and the machines that read it stay in the regions where they may be.

Judged where the option regions says which, and what says by its tag `residency` where its data may be. What
counts is where a resource is made and where its data is copied: replicas of buckets, file systems and images,
copies of backups, replica keys; on Azure object replication, replicas of registries, and the paired region of
what is geo-redundant. What holds no data of its own (roles, alarms, certificates) may be anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from modelyard_policies.aws import types as aws
from modelyard_policies.aws.arns import region_of
from modelyard_policies.aws.compute import COMPUTE
from modelyard_policies.azure import compute as azure_compute
from modelyard_policies.azure import locations
from modelyard_policies.azure import types as azure
from modelyard_policies.azure.paired_regions import geo_redundancy, paired_regions
from modelyard_policies.declared import tag
from modelyard_policies.errors import Unread
from modelyard_policies.graph import canonical
from modelyard_policies.options import Options, option, words
from modelyard_policies.reading import Block, Failure, GraphView, Resource, each
from modelyard_policies.residency import RESIDENCY, Bounds, bounds
from modelyard_policies.rule import Rule, Severity

VAULTS: Final = (aws.BACKUP_VAULT, aws.LOGICALLY_AIR_GAPPED_VAULT)
ON_AWS: Final = (
    *(aws.BUCKET, aws.EFS_FILE_SYSTEM, aws.FSX_LUSTRE, aws.FSX_ONTAP, aws.FSX_OPEN_ZFS, aws.FSX_WINDOWS),
    *(aws.VOLUME, aws.EBS_SNAPSHOT, aws.EBS_SNAPSHOT_COPY, *VAULTS, *aws.KMS_OWN_KEYS),
    *(aws.REPOSITORY, aws.LOG_GROUP, *COMPUTE, aws.EKS_CLUSTER, aws.ECS_SERVICE),
)
ON_AZURE: Final = (
    *(azure.STORAGE_ACCOUNT, azure.DISK, azure.SNAPSHOT, azure.MANAGED_LUSTRE, azure.NETAPP_POOL),
    *(azure.RECOVERY_SERVICES_VAULT, azure.BACKUP_VAULT, azure.KEY_VAULT, azure.LOG_WORKSPACE),
    *(azure.CONTAINER_REGISTRY, azure.CONTAINER_REGISTRY_REPLICA, azure.CONTAINER_GROUP),
    *(*azure_compute.COMPUTE, azure.ML_WORKSPACE),
)
"""What holds data, or keys to it, or reads it."""

REPLICATIONS: Final = (
    *(aws.BUCKET_REPLICATION, aws.BACKUP_PLAN, aws.EFS_REPLICATION, aws.REGISTRY_REPLICATION),
    azure.OBJECT_REPLICATION_POLICY,
)
"""What copies data."""


@dataclass(frozen=True, slots=True)
class AllowedRegions(Options):
    """Where data may be."""

    rule: ClassVar[str] = "data-residency"
    regions: tuple[str, ...] = option(
        words(),
        (),
        "Regions of both clouds where data may be, with * for anything, as eu-*; empty: anywhere",
    )


RULE = Rule(
    id="data-residency",
    code="TG3",
    title="Data and its copies stay in the allowed regions",
    severity=Severity.HIGH,
    resources=(*ON_AWS, *ON_AZURE, *REPLICATIONS),
    reads=locations.READS,
    options=AllowedRegions,
    why=(
        "What was once copied to another jurisdiction can't be taken back, and whose law holds for it is a "
        "matter for courts."
    ),
    mend=(
        "Make the resource, or the copy, in an allowed region; on Azure choose zone-redundant storage where "
        "the paired region isn't allowed. Or add the region to the option regions, or to the tag residency."
    ),
    maps_to={"azure_policy": ["e56962a6-4747-49cd-b67b-bf8b01975c4c"]},
    snippet="""\
aws.s3.Bucket("training", bucket="acme-training", region="eu-central-1", tags={"residency": "eu"})
aws.s3.Bucket("replica", bucket="acme-training-replica", region="eu-west-1", tags={"residency": "eu"})
""",
)

HOLDERS: Final = {
    aws.BUCKET_REPLICATION: ("bucket", aws.BUCKET),
    aws.EBS_SNAPSHOT: ("volumeId", aws.VOLUME),
    aws.EBS_SNAPSHOT_COPY: ("sourceSnapshotId", aws.EBS_SNAPSHOT),
    aws.EFS_REPLICATION: ("sourceFileSystemId", aws.EFS_FILE_SYSTEM),
    aws.KMS_REPLICA_KEY: ("primaryKeyArn", aws.KMS_KEY),
    aws.KMS_REPLICA_EXTERNAL_KEY: ("primaryKeyArn", aws.KMS_EXTERNAL_KEY),
    azure.OBJECT_REPLICATION_POLICY: ("sourceAccount", azure.STORAGE_ACCOUNT),
}
"""What is a copy of something, or makes one, and where it names what that is: where that may be counts for
what doesn't say so itself."""


@RULE.applies
def somebody_has_said(resource: Resource, graph: GraphView) -> bool:
    """Whether anybody has said where data may be."""
    return bool(_bounds(resource, graph))


@RULE.check
def stays_where_it_may_be(resource: Resource, graph: GraphView) -> Iterator[Failure]:
    """Judge what copies by where to, anything else by where it is, and what is geo-redundant by both."""
    kind, within = canonical(resource.type), _bounds(resource, graph)
    if kind == aws.BACKUP_PLAN:
        yield from each((_region, _backups), lambda check: check(resource, within, graph))
    elif kind in COPIERS:
        yield from COPIERS[kind](resource, within, graph)
    elif kind in ON_AZURE:
        yield from each((_location, _pair), lambda check: check(resource, within, graph))
    else:
        yield from _region(resource, within, graph)


def _bounds(resource: Resource, graph: GraphView) -> Bounds:
    return bounds(_holder(resource, graph), graph.options(AllowedRegions).regions, graph)


def _holder(resource: Resource, graph: GraphView) -> Resource | None:
    """Who says where it may be: the resource itself, or what it is a copy of."""
    kind = canonical(resource.type)
    if kind in HOLDERS and not tag(resource, graph, RESIDENCY):
        found = graph.candidates(resource, *HOLDERS[kind])
        return _holder(found[0], graph) if len(found) == 1 and found[0] is not resource else None
    if kind == aws.REGISTRY_REPLICATION:
        # It is the registry's, whose repositories say what they hold.
        here = (each for each in graph.of_type(aws.REPOSITORY) if each.node.region == resource.node.region)
        return next(here, None)
    return resource


def _region(resource: Resource, within: Bounds, graph: GraphView) -> Iterator[Failure]:
    yield from within.unless_within(resource, "region", "is", resource.region)


def _location(resource: Resource, within: Bounds, graph: GraphView) -> Iterator[Failure]:
    yield from within.unless_within(resource, "location", "is", locations.location_of(resource, graph))


def _pair(resource: Resource, within: Bounds, graph: GraphView) -> Iterator[Failure]:
    place = geo_redundancy(resource)
    if place is not None:
        pair = paired_regions().get(locations.location_of(resource, graph), "")
        yield from within.unless_within(*place, "copies to", pair)


def _bucket(replication: Resource, within: Bounds, graph: GraphView) -> Iterator[Failure]:
    def of_rule(rule: Block) -> Iterator[Failure]:
        destination = rule.block("destination")
        if rule.text("status") == "Enabled":
            bucket = graph.target(destination, "bucket", aws.BUCKET)
            if bucket is not None:
                yield from within.unless_within(destination, "bucket", "copies to", bucket.region)

    yield from each(replication.list("rules"), of_rule)


def _backups(plan: Resource, within: Bounds, graph: GraphView) -> Iterator[Failure]:
    def of_rule(rule: Block) -> Iterator[Failure]:
        yield from each(rule.list("copyActions"), lambda copy: of_copy(rule, copy))

    def of_copy(rule: Block, copy: Block) -> Iterator[Failure]:
        region = region_of(copy.raw("destinationVaultArn")) or _region_of_copy(plan, rule, copy, graph)
        yield from within.unless_within(copy, "destinationVaultArn", "copies to", region)

    yield from each(plan.list("rules"), of_rule)


def _region_of_copy(plan: Resource, rule: Block, copy: Block, graph: GraphView) -> str:
    """Of the vault in the graph that it goes to, which isn't the one that the rule itself fills."""
    own = {
        vault.urn
        for vault in graph.candidates(rule, "targetVaultName", VAULTS)
        if vault.node.region == plan.node.region
    }
    found = graph.candidates(copy, "destinationVaultArn", VAULTS)
    others = [vault for vault in found if vault.urn not in own] or found
    regions = {vault.region for vault in others}
    if len(regions) != 1:
        raise Unread(plan.urn, copy.path_of("destinationVaultArn"), "which vault it is isn't known")
    return regions.pop()


def _file_system(replication: Resource, within: Bounds, graph: GraphView) -> Iterator[Failure]:
    destination = replication.block("destination")
    key = "region" if destination.has("region") else "availabilityZoneName"
    region = re.sub(r"(?<=\d)[a-z]$", "", destination.text(key))
    if region:
        yield from within.unless_within(destination, key, "copies to", region)


def _images(replication: Resource, within: Bounds, graph: GraphView) -> Iterator[Failure]:
    def of_rule(rule: Block) -> Iterator[Failure]:
        yield from each(
            rule.list("destinations"),
            lambda to: within.unless_within(to, "region", "copies to", to.text("region")),
        )

    yield from each(replication.block("replicationConfiguration").list("rules"), of_rule)


def _objects(policy: Resource, within: Bounds, graph: GraphView) -> Iterator[Failure]:
    account = graph.target(policy, "destinationAccount", azure.STORAGE_ACCOUNT)
    if account is not None:
        region = locations.location_of(account, graph)
        yield from within.unless_within(policy, "destinationAccount", "copies to", region)


COPIERS: Final[Mapping[str, Callable[[Resource, Bounds, GraphView], Iterator[Failure]]]] = {
    aws.BUCKET_REPLICATION: _bucket,
    aws.EFS_REPLICATION: _file_system,
    aws.REGISTRY_REPLICATION: _images,
    azure.OBJECT_REPLICATION_POLICY: _objects,
}
