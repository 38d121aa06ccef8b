"""Where boundaries are in use, every role has one.

A boundary that some roles have and others don't bounds nobody: who may make roles makes one without. They
are in use where a role or a user of the stack has one, or where the option boundaries names them. Elsewhere
this rule has nothing to say: most accounts do without, and no-privilege-escalation judges who may make roles.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from modelyard_policies.aws.iam_policies import BOUNDED
from modelyard_policies.aws.types import IAM_POLICY, ROLE
from modelyard_policies.options import Options, option, words
from modelyard_policies.reading import Failure, GraphView, Resource, matches
from modelyard_policies.rule import Rule, Severity

BOUNDARY = "permissionsBoundary"


@dataclass(frozen=True, slots=True)
class Boundaries(Options):
    """Which boundaries roles may have."""

    rule: ClassVar[str] = "role-permissions-boundary"
    boundaries: tuple[str, ...] = option(
        words(),
        (),
        "ARNs of the policies that may bound roles, with * for any part; empty for any, where any is in use",
    )


RULE = Rule(
    id="role-permissions-boundary",
    code="IA6",
    title="Where permissions boundaries are in use, every role has one",
    severity=Severity.MEDIUM,
    resources=(ROLE,),
    reads=(*BOUNDED, IAM_POLICY),
    options=Boundaries,
    why=(
        "A boundary holds whatever a role's policies say, now and later. One role without it is the way "
        "around it."
    ),
    mend="Set permissionsBoundary to the ARN of the policy that bounds the stack's other roles.",
    snippet="""\
aws.iam.Role(
    "node",
    assume_role_policy=json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "ec2.amazonaws.com"},
                    "Action": "sts:AssumeRole",
                }
            ],
        }
    ),
    permissions_boundary="arn:aws:iam::111122223333:policy/modelyard-boundary-prod",
)
""",
    maps_to={},
)


@RULE.applies
def boundaries_are_in_use(role: Resource, graph: GraphView) -> bool:
    """Whether anything of the stack has one, known or not, or an option wants one."""
    return role.has(BOUNDARY) or bool(graph.options(Boundaries).boundaries) or graph.once(_any_is_bounded)


@RULE.check
def it_has_one(role: Resource, graph: GraphView) -> Iterator[Failure]:
    """A policy of the stack is one, though its ARN isn't known yet."""
    wanted = graph.options(Boundaries).boundaries
    if not wanted and graph.refers_to_any(role, BOUNDARY, IAM_POLICY):
        return
    found = role.text(BOUNDARY)
    if not found:
        yield role.failure(BOUNDARY, f"is {role.shown(BOUNDARY) or 'empty'}")
    elif wanted and not any(matches(pattern, found) for pattern in wanted):
        yield role.failure(BOUNDARY, f"is {found}, which isn't one of the boundaries")


def _any_is_bounded(graph: GraphView) -> bool:
    return any(bounded.has(BOUNDARY) for bounded in graph.of_type(*BOUNDED))
