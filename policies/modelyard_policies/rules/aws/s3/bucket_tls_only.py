"""A bucket's policy denies every request that doesn't come by TLS."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from modelyard_policies.aws.types import BUCKET, BUCKET_POLICY
from modelyard_policies.reading import (
    Block,
    Failure,
    GraphView,
    Resource,
    Statement,
    all_of,
    each,
    some,
    statements,
)
from modelyard_policies.rule import Rule, Severity

RULE = Rule(
    id="bucket-tls-only",
    code="ST5",
    title="Buckets deny requests without TLS",
    severity=Severity.MEDIUM,
    resources=(BUCKET,),
    reads=(BUCKET_POLICY,),
    why="S3 also answers plain HTTP, where data and signed links can be read on the way.",
    mend=(
        'Add to the bucket\'s policy: Effect Deny, Principal "*", Action "s3:*", Resource the bucket\'s ARN '
        'and the ARN with "/*", Condition {"Bool": {"aws:SecureTransport": "false"}}.'
    ),
    maps_to={"checkov": ["CKV_AWS_379"], "security_hub": ["S3.5"], "cis_aws": ["2.1.1"]},
    snippet="""\
aws.s3.BucketPolicy(
    "datasets",
    bucket=bucket.bucket,
    policy=pulumi.Output.json_dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "TlsOnly",
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": "s3:*",
                    "Resource": [bucket.arn, pulumi.Output.format("{0}/*", bucket.arn)],
                    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                }
            ],
        }
    ),
)
""",
)


@RULE.check
def plain_http_is_denied(bucket: Resource, graph: GraphView) -> Iterator[Failure]:
    """Each policy of the bucket denies for the bucket and for its objects; the last applied would win."""
    policies = graph.linked(bucket, BUCKET_POLICY, "bucket") or ([bucket] if bucket.has("policy") else [])
    if not policies:
        yield bucket.failure("", "has no bucket policy that denies requests without TLS")
    yield from each(policies, _policy_denies)


def _policy_denies(holder: Resource) -> Iterator[Failure]:
    document = holder.document("policy")
    if not _denied(document, _is_bucket):
        yield holder.failure("policy", "doesn't deny requests without TLS for the bucket")
    if not _denied(document, _is_objects):
        yield holder.failure("policy", "doesn't deny requests without TLS for the bucket's objects")


def _denied(document: Block, covers: Callable[[str], bool]) -> bool:
    return some(
        statements(document),
        lambda statement: all_of(
            lambda: statement.denies,
            lambda: statement.is_for_everyone(),
            lambda: some(statement.actions(), lambda action: action in ("*", "s3:*")),
            lambda: _holds_for_plain_http(statement),
            lambda: some(statement.resources(), covers),
        ),
    )


def _holds_for_plain_http(statement: Statement) -> bool:
    """Whether the condition is plain HTTP and nothing more: another condition would narrow the denial."""
    conditions = list(statement.conditions())
    if len(conditions) != 1:
        return False
    operator, key, values = conditions[0]
    return (
        operator in ("bool", "boolifexists")
        and key == "aws:securetransport"
        and [value.lower() for value in values] == ["false"]
    )


# S3 refuses a policy that names another bucket, so the ARN's form is enough.
def _is_bucket(pattern: str) -> bool:
    return pattern == "*" or re.fullmatch(r"arn:[^:]*:s3:::[^/]+", pattern) is not None


def _is_objects(pattern: str) -> bool:
    return pattern == "*" or re.fullmatch(r"arn:[^:]*:s3:::[^/]+(/\*|\*)", pattern) is not None
