"""Buckets clear away what uploads leave behind.

The parts of an upload that never ended are paid for and shown by no listing. Only a rule for the whole bucket
finds all of them: one with a prefix passes by those elsewhere, and rules with tags or sizes can't end uploads
(Amazon S3 User Guide, "Configuring a bucket lifecycle configuration to delete incomplete multipart uploads",
2026-11).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from modelyard_policies.aws.types import BUCKET, BUCKET_LIFECYCLE
from modelyard_policies.options import Options, number, option
from modelyard_policies.reading import Block, Failure, GraphView, Resource, all_of, some
from modelyard_policies.rule import Rule, Severity


@dataclass(frozen=True, slots=True)
class UploadRemains(Options):
    """How long they stay."""

    rule: ClassVar[str] = "bucket-lifecycle"
    days: float = option(number(1), 7, "Most days that the parts of an unfinished upload are kept")


RULE = Rule(
    id="bucket-lifecycle",
    code="ST8",
    title="Buckets have a lifecycle that ends unfinished uploads",
    severity=Severity.LOW,
    resources=(BUCKET,),
    reads=(BUCKET_LIFECYCLE,),
    options=UploadRemains,
    why="Parts of checkpoints whose node died are paid for as long as the bucket stands, and never listed.",
    mend=(
        "Give the bucket a BucketLifecycleConfiguration with an enabled rule for all objects that has "
        "abortIncompleteMultipartUpload.daysAfterInitiation 7."
    ),
    maps_to={"checkov": ["CKV2_AWS_61", "CKV_AWS_300"], "security_hub": ["S3.10", "S3.13"]},
    snippet="""\
aws.s3.BucketLifecycleConfiguration(
    "datasets",
    bucket=bucket.bucket,
    rules=[
        {
            "id": "unfinished-uploads",
            "status": "Enabled",
            "filter": {"prefix": ""},
            "abort_incomplete_multipart_upload": {"days_after_initiation": 7},
        }
    ],
)
""",
)


@RULE.check
def uploads_end(bucket: Resource, graph: GraphView) -> Iterator[Failure]:
    """Rules of its own resource count first, then what older programs write into the bucket."""
    most = graph.options(UploadRemains).days
    configurations = graph.linked(bucket, BUCKET_LIFECYCLE, "bucket")
    if some(
        configurations,
        lambda configuration: some(configuration.list("rules"), lambda rule: _ends_uploads(rule, most)),
    ):
        return
    unended = f"no enabled rule for all objects ends unfinished uploads within {most:g} days"
    if configurations:
        yield configurations[0].failure("rules", unended)
    elif not bucket.has("lifecycleRules"):
        yield bucket.failure("", "no BucketLifecycleConfiguration clears this bucket of unfinished uploads")
    elif not some(bucket.list("lifecycleRules"), lambda rule: _ends_uploads_inline(rule, most)):
        yield bucket.failure("lifecycleRules", unended)


def _ends_uploads(rule: Block, most: float) -> bool:
    return all_of(
        lambda: rule.text("status") == "Enabled",
        lambda: _is_within(rule.block("abortIncompleteMultipartUpload"), "daysAfterInitiation", most),
        lambda: _is_for_all(rule),
    )


def _ends_uploads_inline(rule: Block, most: float) -> bool:
    return all_of(
        lambda: rule.is_true("enabled"),
        lambda: _is_within(rule, "abortIncompleteMultipartUploadDays", most),
        lambda: not rule.text("prefix"),
        lambda: not rule.block("tags").keys(),
    )


def _is_within(block: Block, key: str, most: float) -> bool:
    days = block.number(key)
    return days is not None and days <= most


def _is_for_all(rule: Block) -> bool:
    given = rule.block("filter")
    return not some(
        [rule, given, *given.list("and")],
        lambda block: any(
            [
                block.text("prefix"),
                *(block.has(key) for key in ("tag", "tags", "objectSizeGreaterThan", "objectSizeLessThan")),
            ]
        ),
    )
