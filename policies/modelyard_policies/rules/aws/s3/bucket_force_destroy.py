"""Buckets in production aren't emptied when they are deleted.

S3 refuses to delete a bucket that holds anything; with forceDestroy Pulumi empties it first, all versions
included. A bucket that says by its tag `stage` that it isn't production may go that way. The resource option
protect isn't asked for: a bucket that isn't emptied stands as long as it holds anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from modelyard_policies.aws.types import BUCKET
from modelyard_policies.declared import is_production
from modelyard_policies.reading import Failure, GraphView, Resource
from modelyard_policies.rule import Rule, Severity

RULE = Rule(
    id="bucket-force-destroy",
    code="ST11",
    title="Buckets in production aren't emptied by a deletion",
    severity=Severity.MEDIUM,
    resources=(BUCKET,),
    why="A destroy, or a change that replaces the bucket, would delete every version of every object in it.",
    mend="Leave forceDestroy out; of a bucket that may go with its content say so with the tag stage.",
    maps_to={},
    snippet='aws.s3.Bucket("datasets", force_destroy=False)\n',
)


@RULE.applies
def is_in_production(bucket: Resource, graph: GraphView) -> bool:
    """A tag may spare it."""
    return is_production(bucket, graph)


@RULE.check
def it_is_not_emptied(bucket: Resource, graph: GraphView) -> Iterator[Failure]:
    """Unset, it isn't."""
    if bucket.is_true("forceDestroy"):
        yield bucket.failure("forceDestroy", "is true, so that a deletion takes all objects with it")


@RULE.remedy
def keep_the_content(bucket: Resource, graph: GraphView) -> Mapping[str, Any]:
    """Nothing is emptied that isn't asked for."""
    return {"forceDestroy": False} if bucket.is_true("forceDestroy") else {}
