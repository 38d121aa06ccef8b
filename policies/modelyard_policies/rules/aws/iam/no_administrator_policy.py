"""Nobody has one of AWS's own policies for administrators.

IAMFullAccess is one: whoever has it attaches the rest to themselves. Attachments to roles, users, groups and
permission sets are judged, single ones and lists.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from modelyard_policies.aws.iam_policies import ATTACHING
from modelyard_policies.options import Options, option, words
from modelyard_policies.reading import Failure, GraphView, Resource, each
from modelyard_policies.rule import Rule, Severity


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
    resources=tuple(ATTACHING),
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
def attaches_policies(holder: Resource, graph: GraphView) -> bool:
    """A role may leave that to others."""
    return holder.has(ATTACHING[holder.type])


@RULE.check
def none_is_for_administrators(holder: Resource, graph: GraphView) -> Iterator[Failure]:
    """Judge each ARN, in whatever partition."""
    key, refused = ATTACHING[holder.type], graph.options(AdministratorPolicies).policies

    def is_refused(arn: str) -> Iterator[Failure]:
        _, _, name = arn.rpartition("/")
        if name in refused and ":iam::aws:policy/" in arn:
            yield holder.failure(key, f"gives {name}")

    yield from each(holder.strings(key), is_refused)
