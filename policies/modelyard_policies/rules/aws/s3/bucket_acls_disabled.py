"""Policies alone say who reaches a bucket: ACLs are disabled.

New buckets have them disabled unless ownership controls say otherwise (Amazon S3 User Guide, "Controlling
ownership of objects and disabling ACLs for your bucket", 2026-11): a bucket without controls isn't judged. An
ACL that lets in nobody but the owner says nothing. bucket-no-outsiders judges whether one lets in everyone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from modelyard_policies.aws.types import BUCKET, BUCKET_ACL, BUCKET_OWNERSHIP
from modelyard_policies.graph import canonical
from modelyard_policies.reading import Block, Failure, GraphView, Resource, any_of, each, some
from modelyard_policies.rule import Rule, Severity

RULE = Rule(
    id="bucket-acls-disabled",
    code="ST9",
    title="Buckets have ACLs disabled",
    severity=Severity.MEDIUM,
    resources=(BUCKET_OWNERSHIP, BUCKET_ACL, BUCKET),
    why="With ACLs an upload may belong to another account, and each object may be open by itself.",
    mend=(
        'Set rule.objectOwnership to "BucketOwnerEnforced" in the bucket\'s BucketOwnershipControls, and let '
        "in by the bucket's policy whoever came by an ACL."
    ),
    maps_to={"checkov": ["CKV2_AWS_65"], "security_hub": ["S3.12"]},
    snippet="""\
aws.s3.BucketOwnershipControls(
    "datasets",
    bucket=bucket.bucket,
    rule={"object_ownership": "BucketOwnerEnforced"},
)
""",
)

ENFORCED: Final = "BucketOwnerEnforced"


@RULE.applies
def says_something_of_acls(resource: Resource, graph: GraphView) -> bool:
    """A bucket by itself does so only as older programs write it."""
    return canonical(resource.type) != BUCKET or resource.has("acl") or resource.has("grants")


@RULE.check
def acls_are_off(resource: Resource, graph: GraphView) -> Iterator[Failure]:
    """Judge ownership controls by what they say, and ACLs by whether they do."""
    if resource.type == BUCKET_OWNERSHIP:
        rule = resource.block("rule")
        if rule.text("objectOwnership") != ENFORCED:
            yield rule.failure("objectOwnership", f"is {rule.shown('objectOwnership')}, not {ENFORCED}")
        return
    checks = (
        lambda: _grants_something(resource),
        lambda: _grants_others(resource.block("accessControlPolicy")),
        lambda: _is_for_others(resource),
    )
    yield from each(checks, lambda check: check())


def _grants_something(bucket: Block) -> Iterator[Failure]:
    if some(bucket.list("grants"), lambda _: True):
        yield bucket.failure("grants", "lets somebody in by an ACL")


def _grants_others(policy: Block) -> Iterator[Failure]:
    """Its owner has to be named with what others are granted, and says nothing."""

    def is_to_another(grant: Block) -> bool:
        grantee = grant.block("grantee")
        return any_of(
            lambda: not grantee.has("id"),
            lambda: grantee.text("id") != policy.block("owner").text("id"),
        )

    if some(policy.list("grants"), is_to_another):
        yield policy.failure("grants", "lets somebody in by an ACL")


def _is_for_others(resource: Resource) -> Iterator[Failure]:
    acl = resource.text("acl", "private")
    if acl != "private":
        yield resource.failure("acl", f"is {acl}: lets somebody in by an ACL")
