"""Nobody has one of AWS's own policies for administrators.

IAMFullAccess is one: whoever has it attaches the rest to themselves. Attachments to roles, users, groups and
permission sets are judged, single ones and lists.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

from modelyard_policies.aws.types import (
    GROUP_POLICY_ATTACHMENT,
    GROUP_POLICY_ATTACHMENTS,
    IAM_POLICY_ATTACHMENT,
    PERMISSION_SET_ATTACHMENT,
    PERMISSION_SET_ATTACHMENTS,
    ROLE,
    ROLE_POLICY_ATTACHMENT,
    ROLE_POLICY_ATTACHMENTS,
    USER_POLICY_ATTACHMENT,
    USER_POLICY_ATTACHMENTS,
)
from modelyard_policies.options import Options, option, words
from modelyard_policies.reading import Failure, GraphView, Resource, each
from modelyard_policies.rule import Rule, Severity

PLACES: Final = {
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


@dataclass(frozen=True, slots=True)
class AdministratorPolicies(Options):
    """Which policies nobody may have."""

    rule: ClassVar[str] = "no-administrator-policy"
    policies: tuple[str, ...] = option(
        words(),
        ("AdministratorAccess", "IAMFullAccess"),
        "Names of policies of AWS's own that nobody may have; PowerUserAccess may be one",
    )


RULE = Rule(
    id="no-administrator-policy",
    code="IA2",
    title="Nobody has AdministratorAccess or another of AWS's policies for administrators",
    severity=Severity.HIGH,
    resources=tuple(PLACES),
    options=AdministratorPolicies,
    why=(
        "One leaked token of a node, a pipeline or a person is then the whole account: no other control "
        "holds against an administrator."
    ),
    mend="Attach a policy of your own that lists what is needed.",
    snippet="""\
aws.iam.RolePolicyAttachment(
    "session-manager",
    role=role.name,
    policy_arn="arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",
)
""",
    maps_to={"checkov": ["CKV_AWS_274", "CKV2_AWS_56"]},
)


@RULE.applies
def attaches_policies(holder: Resource, graph: GraphView) -> bool:  # noqa: ARG001
    """A role may leave that to others."""
    return holder.has(PLACES[holder.type])


@RULE.check
def none_is_for_administrators(holder: Resource, graph: GraphView) -> Iterator[Failure]:
    """Judge each ARN, in whatever partition."""
    key, refused = PLACES[holder.type], graph.options(AdministratorPolicies).policies

    def is_refused(arn: str) -> Iterator[Failure]:
        _, _, name = arn.rpartition("/")
        if name in refused and ":iam::aws:policy/" in arn:
            yield holder.failure(key, f"gives {name}")

    yield from each(holder.strings(key), is_refused)
