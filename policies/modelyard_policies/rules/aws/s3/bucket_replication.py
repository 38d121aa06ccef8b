"""Buckets with data are replicated to another region where a recovery region is in use, and so that it works.

Replication that is set up is judged wherever it is: S3 copies only between buckets that both keep versions,
leaves out objects under a customer key unless the rule says otherwise (Amazon S3 User Guide, "Replicating
encrypted objects", 2026-11), and a copy in the same region is lost with it.

Where a region is in use for recovery (it holds replicas of keys, or something is replicated to it), a bucket
elsewhere has to be replicated, unless it takes access logs or says by its tags that it isn't production
(`stage`) or that its data is public or internal (`data-classification`).
"""

from __future__ import annotations

from collections.abc import Iterator

from modelyard_policies.aws.buckets import (
    default_encryption,
    encryption_rules,
    is_versioned,
    takes_access_logs,
)
from modelyard_policies.aws.recovery import EVIDENCE, recovery_regions
from modelyard_policies.aws.types import (
    BUCKET,
    BUCKET_ENCRYPTION,
    BUCKET_LOGGING,
    BUCKET_REPLICATION,
    BUCKET_VERSIONING,
)
from modelyard_policies.declared import is_production, may_be_classified
from modelyard_policies.reading import Block, Failure, GraphView, Resource, all_of, any_of, each, some
from modelyard_policies.rule import Rule, Severity

RULE = Rule(
    id="bucket-replication",
    code="BK6",
    title="Buckets are replicated to another region where a recovery region is in use",
    severity=Severity.MEDIUM,
    resources=(BUCKET,),
    reads=(BUCKET_ENCRYPTION, BUCKET_LOGGING, BUCKET_VERSIONING, *EVIDENCE),
    why=(
        "Datasets and checkpoints are what can't be made again: with a replica training goes on in the "
        "recovery region from minutes before, without one from nothing."
    ),
    mend=(
        "Give the bucket a BucketReplicationConfig: an enabled rule for all objects, to a versioned bucket "
        "in another region, with sseKmsEncryptedObjects Enabled and replicaKmsKeyId where the bucket "
        "encrypts with SSE-KMS."
    ),
    snippet="""\
copy = aws.s3.Bucket("datasets-copy", bucket="acme-datasets-copy", region="eu-central-1")
enabled = {"status": "Enabled"}
versions = [
    aws.s3.BucketVersioning("datasets", bucket=bucket.bucket, versioning_configuration=enabled),
    aws.s3.BucketVersioning(
        "datasets-copy", bucket=copy.bucket, region="eu-central-1", versioning_configuration=enabled
    ),
]
aws.s3.BucketReplicationConfig(
    "datasets",
    bucket=bucket.bucket,
    role=role.arn,
    rules=[
        {
            "id": "everything",
            "status": "Enabled",
            "filter": {"prefix": ""},
            "delete_marker_replication": enabled,
            "destination": {"bucket": copy.arn},
        }
    ],
    opts=pulumi.ResourceOptions(depends_on=versions),
)
""",
    maps_to={"checkov": ["CKV_AWS_144"], "security_hub": ["S3.7"]},
)


@RULE.applies
def is_or_has_to_be_replicated(bucket: Resource, graph: GraphView) -> bool:
    """What is replicated is judged wherever it is; else tags and the bucket's purpose may spare it."""
    return any_of(
        lambda: bool(graph.linked(bucket, BUCKET_REPLICATION, "bucket")),
        lambda: all_of(
            lambda: bool(recovery_regions(bucket, graph)),
            lambda: is_production(bucket, graph),
            lambda: may_be_classified(bucket, graph),
            lambda: not takes_access_logs(bucket, graph),
        ),
    )


@RULE.check
def replicas_are_elsewhere(bucket: Resource, graph: GraphView) -> Iterator[Failure]:
    """A bucket has one replication configuration."""
    replications = graph.linked(bucket, BUCKET_REPLICATION, "bucket")
    if not replications:
        yield bucket.failure("", "isn't replicated to another region")
    yield from each(replications, lambda replication: _works(bucket, replication, graph))


def _works(bucket: Resource, replication: Resource, graph: GraphView) -> Iterator[Failure]:
    checks = (_everything_is_copied, _leaves_the_region, _copies_are_versioned, _source_is_versioned)
    yield from each(checks, lambda check: check(bucket, replication, graph))


def _enabled(replication: Resource) -> Iterator[Block]:
    for rule in replication.list("rules"):
        if rule.text("status") == "Enabled":
            yield rule


def _everything_is_copied(bucket: Resource, replication: Resource, graph: GraphView) -> Iterator[Failure]:
    if not some(_enabled(replication), lambda rule: _is_for_all(rule)):
        yield replication.failure("rules", "no enabled rule replicates all objects")
    elif _has_customer_key(bucket, graph) and not some(_enabled(replication), _takes_encrypted):
        yield replication.failure("rules", "leaves out objects that are encrypted with SSE-KMS")


def _is_for_all(rule: Block) -> bool:
    """Whether neither prefix nor tags narrow the rule."""
    narrow = rule.block("filter")
    return all_of(
        lambda: not rule.text("prefix"),
        lambda: not narrow.text("prefix"),
        lambda: not narrow.block("tag").keys(),
        lambda: not narrow.block("and").keys(),
    )


def _has_customer_key(bucket: Resource, graph: GraphView) -> bool:
    rules = encryption_rules(bucket, graph)
    return some(rules, lambda rule: default_encryption(rule).text("sseAlgorithm").startswith("aws:kms"))


def _takes_encrypted(rule: Block) -> bool:
    objects = rule.block("sourceSelectionCriteria").block("sseKmsEncryptedObjects")
    return all_of(
        lambda: objects.text("status") == "Enabled",
        lambda: rule.block("destination").block("encryptionConfiguration").has("replicaKmsKeyId"),
    )


def _leaves_the_region(bucket: Resource, replication: Resource, graph: GraphView) -> Iterator[Failure]:
    def goes_elsewhere(rule: Block) -> bool:
        return graph.any_target(
            rule.block("destination"), "bucket", BUCKET, lambda copy: copy.region != bucket.region
        )

    rules = list(_enabled(replication))
    if rules and not some(rules, goes_elsewhere):
        yield replication.failure("rules", "replicates within its own region only")


def _copies_are_versioned(bucket: Resource, replication: Resource, graph: GraphView) -> Iterator[Failure]:
    def is_kept(rule: Block) -> Iterator[Failure]:
        destination = rule.block("destination")
        if not graph.any_target(destination, "bucket", BUCKET, lambda copy: is_versioned(copy, graph)):
            yield destination.failure("bucket", "the replica's bucket doesn't keep versions")

    yield from each(_enabled(replication), is_kept)


def _source_is_versioned(bucket: Resource, replication: Resource, graph: GraphView) -> Iterator[Failure]:
    if not is_versioned(bucket, graph):
        yield bucket.failure("", "doesn't keep versions, so nothing of it is replicated")
