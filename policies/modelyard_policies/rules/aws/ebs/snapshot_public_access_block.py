"""No snapshot of a volume can be shared with everyone.

`block-all-sharing` also hides what was public before; `block-new-sharing` leaves it public (Amazon EBS User
Guide, "Block public access for Amazon EBS snapshots", 2026-11). It is a setting of the account in each
region: a stack that is the account's has it in each in which it has anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from modelyard_policies.aws.account_settings import is_the_accounts, missing
from modelyard_policies.aws.types import SNAPSHOT_BLOCK_PUBLIC_ACCESS, STACK
from modelyard_policies.declared import ACCOUNT_COMPONENT
from modelyard_policies.reading import Failure, GraphView, Resource
from modelyard_policies.rule import Rule, Severity

CLOSED = "block-all-sharing"

RULE = Rule(
    id="snapshot-public-access-block",
    code="CO10",
    title="The account blocks public sharing of EBS snapshots",
    severity=Severity.HIGH,
    resources=(STACK, SNAPSHOT_BLOCK_PUBLIC_ACCESS),
    reads=(SNAPSHOT_BLOCK_PUBLIC_ACCESS, ACCOUNT_COMPONENT),
    why="A snapshot shared with everyone gives its volume's data to any AWS account, and is soon found.",
    mend=(
        'Give the account\'s stack a SnapshotBlockPublicAccess with state "block-all-sharing" in each region '
        "that is used."
    ),
    maps_to={"security_hub": ["EC2.1", "EC2.182"]},
    snippet='aws.ebs.SnapshotBlockPublicAccess("snapshots", state="block-all-sharing")\n',
)


RULE.applies(is_the_accounts)


@RULE.check
def sharing_is_blocked(resource: Resource, graph: GraphView) -> Iterator[Failure]:
    """Judge the stack for having the setting, and each setting for what it blocks."""
    if resource.type != STACK:
        if resource.text("state") != CLOSED:
            yield resource.failure("state", f"is {resource.shown('state')}, not {CLOSED}")
    else:
        what = "no SnapshotBlockPublicAccess keeps snapshots from the public"
        yield from missing(resource, graph, SNAPSHOT_BLOCK_PUBLIC_ACCESS, what)


@RULE.remedy
def block(resource: Resource, graph: GraphView) -> Mapping[str, Any]:
    """Of the setting, not of the stack."""
    return {"state": CLOSED} if resource.type != STACK and resource.text("state") != CLOSED else {}
