"""The account keeps all of its buckets from the public, whatever a bucket says of itself.

Each of the four settings is off unless it is set (Amazon S3 API Reference, PublicAccessBlockConfiguration,
2026-11). A block that an organization sets for its accounts isn't in their graphs: that is for a suppression.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from modelyard_policies.aws.account_settings import is_the_accounts, missing
from modelyard_policies.aws.buckets import PUBLIC_ACCESS_BLOCKS, open_to_the_public
from modelyard_policies.aws.types import ACCOUNT_PUBLIC_ACCESS_BLOCK, STACK
from modelyard_policies.declared import ACCOUNT_COMPONENT
from modelyard_policies.reading import Failure, GraphView, Resource
from modelyard_policies.rule import Rule, Severity

RULE = Rule(
    id="account-public-access-block",
    code="ST2",
    title="The account blocks public access to its buckets with all four settings",
    severity=Severity.HIGH,
    resources=(STACK, ACCOUNT_PUBLIC_ACCESS_BLOCK),
    reads=(ACCOUNT_PUBLIC_ACCESS_BLOCK, ACCOUNT_COMPONENT),
    why="One bucket that somebody makes by hand, without a block of its own, can be opened to everyone.",
    mend="Give the account's stack an AccountPublicAccessBlock with all four settings true.",
    maps_to={"security_hub": ["S3.1"], "cis_aws": ["2.1.4"]},
    snippet="""\
aws.s3.AccountPublicAccessBlock(
    "account",
    block_public_acls=True,
    block_public_policy=True,
    ignore_public_acls=True,
    restrict_public_buckets=True,
)
""",
)


RULE.applies(is_the_accounts)


@RULE.check
def all_settings_are_on(resource: Resource, graph: GraphView) -> Iterator[Failure]:
    """Judge the stack for having a block, and each block for its settings."""
    if resource.type != STACK:
        yield from open_to_the_public(resource)
    else:
        what = "no AccountPublicAccessBlock keeps the account's buckets from the public"
        yield from missing(resource, graph, ACCOUNT_PUBLIC_ACCESS_BLOCK, what)


@RULE.remedy
def turn_on(resource: Resource, graph: GraphView) -> Mapping[str, Any]:
    """The settings that aren't on."""
    if resource.type == STACK:
        return {}
    return {setting: True for setting in PUBLIC_ACCESS_BLOCKS if not resource.is_true(setting)}
