"""Buckets encrypt with a customer-managed key and a bucket key; targets of access logs with SSE-S3.

S3 encrypts every object by keys of its own anyway. A bucket that says by its tag `data-classification` that
its data is public or internal is left at that, and so is one that is published as a website: nothing that is
under a key of KMS can be read without signing in.
"""

from __future__ import annotations

from collections.abc import Iterator

from modelyard_policies.aws.buckets import (
    default_encryption,
    encryption_rules,
    is_website,
    takes_no_kms_key,
)
from modelyard_policies.aws.keys import names_customer_key
from modelyard_policies.aws.types import (
    BUCKET,
    BUCKET_ENCRYPTION,
    BUCKET_LOGGING,
    BUCKET_WEBSITE,
    KMS_KEYS,
    LOAD_BALANCERS,
)
from modelyard_policies.declared import may_be_classified
from modelyard_policies.reading import Block, Failure, GraphView, Resource, all_of, any_of, each, some
from modelyard_policies.rule import Rule, Severity

RULE = Rule(
    id="bucket-customer-key-encryption",
    code="ST3",
    title="Buckets encrypt with a customer-managed key and a bucket key",
    severity=Severity.MEDIUM,
    resources=(BUCKET,),
    reads=(BUCKET_ENCRYPTION, BUCKET_LOGGING, BUCKET_WEBSITE, *LOAD_BALANCERS, *KMS_KEYS),
    why=(
        "Without a key of your own nobody can cut off access to the data by the key, and without a bucket "
        "key each object costs a call to KMS. A bucket that takes access logs is the exception: none are "
        "delivered to a bucket whose default is SSE-KMS."
    ),
    mend=(
        "Set sseAlgorithm aws:kms with kmsMasterKeyId and bucketKeyEnabled true in the bucket's "
        "BucketServerSideEncryptionConfiguration; AES256 if it is the target of access logs."
    ),
    maps_to={"checkov": ["CKV_AWS_145", "CKV_AWS_19"], "security_hub": ["S3.17"]},
    snippet="""\
aws.s3.BucketServerSideEncryptionConfiguration(
    "datasets",
    bucket=bucket.bucket,
    rules=[
        {
            "apply_server_side_encryption_by_default": {
                "sse_algorithm": "aws:kms",
                "kms_master_key_id": key.arn,
            },
            "bucket_key_enabled": True,
        }
    ],
)
""",
)


@RULE.applies
def has_a_key_to_choose(bucket: Resource, graph: GraphView) -> bool:
    """Tags and what it is for may spare it one of one's own; what takes logs can't have any."""
    return any_of(
        lambda: takes_no_kms_key(bucket, graph),
        lambda: all_of(lambda: may_be_classified(bucket, graph), lambda: not is_website(bucket, graph)),
    )


@RULE.check
def default_encryption_is_right(bucket: Resource, graph: GraphView) -> Iterator[Failure]:
    """Judge each default-encryption rule by what the bucket is for."""
    if takes_no_kms_key(bucket, graph):
        # No rule at all is fine here: S3 encrypts with SSE-S3 by itself since January 2023.
        yield from each(encryption_rules(bucket, graph), _is_s3_managed)
        return
    yield from each(encryption_rules(bucket, graph), lambda rule: _uses_customer_key(rule, graph))
    if not some(encryption_rules(bucket, graph), lambda _: True):
        yield bucket.failure("", "no default encryption with a customer-managed key")


def _is_s3_managed(rule: Block) -> Iterator[Failure]:
    default = default_encryption(rule)
    if default.text("sseAlgorithm", "AES256") != "AES256":
        shown = default.shown("sseAlgorithm")
        yield default.failure("sseAlgorithm", f"is {shown}, but access logs are delivered to SSE-S3 only")


def _uses_customer_key(rule: Block, graph: GraphView) -> Iterator[Failure]:
    checks = (_algorithm_is_kms, _key_is_customers, _bucket_key_is_on)
    yield from each(checks, lambda check: check(rule, graph))


def _algorithm_is_kms(rule: Block, graph: GraphView) -> Iterator[Failure]:
    default = default_encryption(rule)
    if default.text("sseAlgorithm") not in ("aws:kms", "aws:kms:dsse"):
        yield default.failure("sseAlgorithm", f"is {default.shown('sseAlgorithm')}, not aws:kms")


def _key_is_customers(rule: Block, graph: GraphView) -> Iterator[Failure]:
    default = default_encryption(rule)
    if not names_customer_key(default, "kmsMasterKeyId", graph):
        yield default.failure("kmsMasterKeyId", "names no customer-managed key")


def _bucket_key_is_on(rule: Block, graph: GraphView) -> Iterator[Failure]:
    # Dual-layer encryption (aws:kms:dsse) has no bucket keys.
    if (
        not rule.is_true("bucketKeyEnabled")
        and default_encryption(rule).text("sseAlgorithm") != "aws:kms:dsse"
    ):
        yield rule.failure("bucketKeyEnabled", f"is {rule.shown('bucketKeyEnabled')}")
