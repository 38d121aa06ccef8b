"""What IAM policies allow, whichever resource holds them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from modelyard_policies.aws.types import (
    GROUP_POLICY,
    GROUP_POLICY_ATTACHMENT,
    GROUP_POLICY_ATTACHMENTS,
    IAM_POLICY,
    IAM_POLICY_ATTACHMENT,
    IAM_USER,
    PERMISSION_SET_ATTACHMENT,
    PERMISSION_SET_ATTACHMENTS,
    PERMISSION_SET_POLICY,
    ROLE,
    ROLE_POLICY,
    ROLE_POLICY_ATTACHMENT,
    ROLE_POLICY_ATTACHMENTS,
    USER_POLICY,
    USER_POLICY_ATTACHMENT,
    USER_POLICY_ATTACHMENTS,
)
from modelyard_policies.errors import Unread
from modelyard_policies.reading import (
    Block,
    Failure,
    GraphView,
    Resource,
    Statement,
    all_of,
    any_of,
    each,
    matches,
    some,
    statements,
)

POLICY_HOLDERS: Final = (IAM_POLICY, ROLE_POLICY, USER_POLICY, GROUP_POLICY, ROLE, PERMISSION_SET_POLICY)
"""What a policy document stands in that gives its holder rights."""

ATTACHING: Final = {
    ROLE: "managedPolicyArns",
    **dict.fromkeys(
        (IAM_POLICY_ATTACHMENT, ROLE_POLICY_ATTACHMENT, USER_POLICY_ATTACHMENT, GROUP_POLICY_ATTACHMENT),
        "policyArn",
    ),
    **dict.fromkeys(
        (ROLE_POLICY_ATTACHMENTS, USER_POLICY_ATTACHMENTS, GROUP_POLICY_ATTACHMENTS), "policyArns"
    ),
    PERMISSION_SET_ATTACHMENT: "managedPolicyArn",
    PERMISSION_SET_ATTACHMENTS: "managedPolicyArns",
}
"""What attaches policies, and the property that names them."""

BOUNDED: Final = (ROLE, IAM_USER)
"""What may have a permissions boundary."""

READ_BY_RIGHTS: Final = (*BOUNDED, *(kind for kind in ATTACHING if kind != ROLE))
"""What has to be seen to tell whether a policy gives rights."""

UNNAMED: Final = "\N{REPLACEMENT CHARACTER}"
"""Stands for what nobody would name: only a wildcard matches it."""

ANY_ACTION: Final = f"{UNNAMED}:{UNNAMED}"
ANY_RESOURCE: Final = f"arn:aws:{UNNAMED}:{UNNAMED}:{UNNAMED}:{UNNAMED}"


def gives_rights(holder: Resource, graph: GraphView) -> bool:
    """Whether a resource of POLICY_HOLDERS holds policies that give rights.

    A role may have none of its own. A policy that the graph uses as a permissions boundary, and attaches to
    nobody, only bounds: AWS Config's rules can leave those out as well (AWS Config Developer Guide,
    "iam-policy-no-statements-with-admin-access", parameter excludePermissionBoundaryPolicy, 2026-11).
    """
    if holder.type == ROLE:
        return holder.has("inlinePolicies")
    return holder.type != IAM_POLICY or holder.urn not in graph.once(_boundaries)


def each_statement(holder: Resource, check: Callable[[Statement], Iterator[Failure]]) -> Iterator[Failure]:
    """The failures that `check` finds in the statements of each policy that a resource holds."""
    blocks: Iterator[Block] = holder.list("inlinePolicies") if holder.type == ROLE else iter([holder])
    key = "inlinePolicy" if holder.type == PERMISSION_SET_POLICY else "policy"
    yield from each(blocks, lambda block: each(statements(block.document(key)), check))


def names_all(statement: Statement, arn: str) -> bool:
    """Whether a statement is for all resources of the kind of `arn`, in which UNNAMED stands for the name."""
    if statement.block.has("NotResource"):
        return not some(statement.block.strings("NotResource"), lambda pattern: is_every(pattern, arn))
    return some(statement.resources(), lambda pattern: is_every(pattern, arn))


def is_every(pattern: str, arn: str) -> bool:
    """Whether a pattern stands for all resources of the kind of `arn`, in which UNNAMED stands for the name.

    All of one account and region are all that there are for most.
    """
    if "*" not in pattern:
        return False
    parts = pattern.split(":", 5)
    if len(parts) == 6:
        parts[1], parts[3], parts[4] = "*", "*", "*"
    return matches(":".join(parts), arn)


def allows_everything(statement: Statement) -> bool:
    """Whether a statement allows every action, or every action but some with every resource."""
    return all_of(
        lambda: statement.allows,
        lambda: statement.covers_action(ANY_ACTION),
        lambda: any_of(
            lambda: not statement.block.has("NotAction"), lambda: names_all(statement, ANY_RESOURCE)
        ),
    )


def allows_all_of(statement: Statement, service: str) -> bool:
    """Whether a statement allows every action of a service, by a wildcard for them."""
    return all_of(
        lambda: statement.allows,
        lambda: some(statement.actions(), lambda pattern: matches(pattern, f"{service}:{UNNAMED}")),
    )


def is_tag_of_resource(key: str) -> bool:
    """Whether a condition key, in lower case, is a tag of the resource that is asked for."""
    return key.partition("/")[0] in (
        "aws:resourcetag",
        "ec2:resourcetag",
        "iam:resourcetag",
        "ssm:resourcetag",
    )


def _boundaries(graph: GraphView) -> frozenset[str]:
    """The policies that are surely somebody's boundary, and surely nobody's policy."""
    found: dict[str, Resource] = {}
    for bounded in graph.of_type(*BOUNDED):
        policies = graph.candidates(bounded, "permissionsBoundary", IAM_POLICY)
        if len(policies) == 1:
            found[policies[0].urn] = policies[0]
    return frozenset(urn for urn, policy in found.items() if not _is_attached(policy, graph))


def _is_attached(policy: Resource, graph: GraphView) -> bool:
    try:
        return some(ATTACHING.items(), lambda place: bool(graph.linked(policy, *place)))
    except Unread:
        return False  # what isn't known attaches a boundary for no reason that can be seen
