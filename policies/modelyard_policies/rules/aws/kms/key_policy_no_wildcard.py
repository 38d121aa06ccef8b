"""No key's policy lets everyone in.

A statement for everyone passes if a condition keeps it to some (aws/narrowing.py), as AWS's own key policies
do with kms:CallerAccount. A key without a policy has KMS's default one, which names its account only (AWS KMS
Developer Guide, "Default key policy", 2026-11): checkov's CKV2_AWS_64 wants one written all the same.
"""

from __future__ import annotations

from collections.abc import Iterator

from modelyard_policies.aws.narrowing import accounts_kept_to
from modelyard_policies.aws.types import KMS_KEY_POLICY, KMS_OWN_KEYS
from modelyard_policies.reading import (
    Failure,
    GraphView,
    Resource,
    Statement,
    all_of,
    any_of,
    each,
    some,
    statements,
)
from modelyard_policies.rule import Rule, Severity

RULE = Rule(
    id="key-policy-no-wildcard",
    code="EN2",
    title="Key policies don't let everyone in",
    severity=Severity.CRITICAL,
    resources=(*KMS_OWN_KEYS, KMS_KEY_POLICY),
    why="Anyone in any AWS account could decrypt what the key protects, or lock its owner out of it.",
    mend=(
        "Name accounts or roles as Principal, or keep Principal * to them by a condition such as "
        '{"StringEquals": {"kms:CallerAccount": "ACCOUNT"}}.'
    ),
    maps_to={"checkov": ["CKV_AWS_33", "CKV2_AWS_64"], "security_hub": ["KMS.5"]},
    snippet="""\
aws.kms.Key(
    "datasets",
    description="Datasets",
    enable_key_rotation=True,
    policy=json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
                    "Action": "kms:*",
                    "Resource": "*",
                }
            ],
        }
    ),
)
""",
)


@RULE.check
def nobody_is_everyone(key: Resource, graph: GraphView) -> Iterator[Failure]:
    """Judge each statement that allows something."""
    yield from each(statements(key.document("policy")), _names_somebody)


def _names_somebody(statement: Statement) -> Iterator[Failure]:
    is_open = all_of(
        lambda: statement.allows,
        lambda: any_of(
            lambda: statement.block.get("NotPrincipal") is not None,
            lambda: "*" in list(statement.principals()),
        ),
        lambda: not some(accounts_kept_to(statement), lambda _: True),
    )
    if is_open:
        yield statement.block.failure("Principal", "is for everyone")
