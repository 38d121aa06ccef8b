"""No IAM policy lets its holder take over other roles, users or policies, whichever they are.

The actions are those of the published lists that lead to more rights by themselves (RhinoSecurityLabs,
AWS-IAM-Privilege-Escalation; cloudsplaining, 2026-11): changing what policies say or whom they are attached
to, making credentials for others, assuming or passing any role, running code as any function, task, notebook
or instance. They are fine on what a statement names, or under a condition that says which role may be passed
to what, which policy may be attached, under which boundary, or which tags the target has. A condition on the
boundary doesn't hold where it is the boundary that is taken away.

What allows everything, or all of IAM, is for the rule policy-no-full-access. A denial elsewhere isn't looked
at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

from modelyard_policies.aws.iam_policies import (
    POLICY_HOLDERS,
    READ_BY_RIGHTS,
    UNNAMED,
    allows_all_of,
    allows_everything,
    each_statement,
    gives_rights,
    is_every,
    is_tag_of_resource,
    names_all,
)
from modelyard_policies.options import Options, option, words
from modelyard_policies.reading import (
    Failure,
    GraphView,
    Resource,
    Statement,
    all_of,
    any_of,
    each,
    matches,
    some,
)
from modelyard_policies.rule import Rule, Severity

ESCALATING: Final = {
    "role": (
        f"arn:aws:iam::{UNNAMED}:role/{UNNAMED}",
        (
            *("iam:PassRole", "sts:AssumeRole", "iam:AttachRolePolicy", "iam:PutRolePolicy"),
            *("iam:UpdateAssumeRolePolicy", "iam:DeleteRolePermissionsBoundary"),
            "iam:PutRolePermissionsBoundary",
        ),
    ),
    "user": (
        f"arn:aws:iam::{UNNAMED}:user/{UNNAMED}",
        (
            *("iam:AttachUserPolicy", "iam:PutUserPolicy", "iam:CreateAccessKey", "iam:CreateLoginProfile"),
            *("iam:UpdateLoginProfile", "iam:DeleteUserPermissionsBoundary"),
            "iam:PutUserPermissionsBoundary",
        ),
    ),
    "group": (
        f"arn:aws:iam::{UNNAMED}:group/{UNNAMED}",
        ("iam:AddUserToGroup", "iam:AttachGroupPolicy", "iam:PutGroupPolicy"),
    ),
    "policy": (
        f"arn:aws:iam::{UNNAMED}:policy/{UNNAMED}",
        ("iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion"),
    ),
    "function": (
        f"arn:aws:lambda:{UNNAMED}:{UNNAMED}:function:{UNNAMED}",
        ("lambda:UpdateFunctionCode", "lambda:UpdateFunctionConfiguration"),
    ),
    "instance": (
        f"arn:aws:ec2:{UNNAMED}:{UNNAMED}:instance/{UNNAMED}",
        ("ssm:SendCommand", "ssm:StartSession", "ec2-instance-connect:SendSSHPublicKey"),
    ),
    "task": (f"arn:aws:ecs:{UNNAMED}:{UNNAMED}:task/{UNNAMED}", ("ecs:ExecuteCommand",)),
    "notebook": (
        f"arn:aws:sagemaker:{UNNAMED}:{UNNAMED}:notebook-instance/{UNNAMED}",
        ("sagemaker:CreatePresignedNotebookInstanceUrl",),
    ),
}
"""What can be taken over, with an ARN of it, and the actions that do."""

SERVICES: Final = frozenset(
    action.partition(":")[0] for _, actions in ESCALATING.values() for action in actions
)

BOUNDARY: Final = "iam:permissionsboundary"


def _is_a_service(principal: str) -> bool:
    """Whether it is one, and not whichever."""
    return bool(principal.partition(".")[0].strip("*?"))


def _is_no_administrators(policy: str) -> bool:
    """Whether a policy, or a pattern for some, gives less than everything, as one of anybody's making may."""
    return not matches(policy, "arn:aws:iam::aws:policy/AdministratorAccess") and not is_every(
        policy, ESCALATING["policy"][0]
    )


NARROWING: Final[dict[str, Callable[[str], bool]]] = {
    "iam:associatedresourcearn": bool,
    "iam:passedtoservice": _is_a_service,
    BOUNDARY: bool,
    "iam:policyarn": _is_no_administrators,
}
"""Condition keys that say what is passed, attached or bounded, in lower case, and which values narrow."""


@dataclass(frozen=True, slots=True)
class AllowedActions(Options):
    """Which of the actions may be allowed on everything."""

    rule: ClassVar[str] = "no-privilege-escalation"
    allowed: tuple[str, ...] = option(
        words(), (), "Actions that may be allowed on everything all the same, such as ssm:StartSession"
    )


RULE = Rule(
    id="no-privilege-escalation",
    code="IA3",
    title="IAM policies don't let their holders take over other roles, users or policies",
    severity=Severity.HIGH,
    resources=POLICY_HOLDERS,
    reads=READ_BY_RIGHTS,
    options=AllowedActions,
    why=(
        "A policy that looks small is as large as the largest role that its holder can pass to a machine, "
        "assume, or rewrite."
    ),
    mend=(
        "Name as Resource the roles, users and policies that are meant; narrow iam:PassRole by "
        "iam:PassedToService besides, and what makes or changes roles by iam:PermissionsBoundary."
    ),
    snippet="""\
aws.iam.RolePolicy(
    "start-jobs",
    role=role.name,
    policy=json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Action": "iam:PassRole",
                    "Resource": "arn:aws:iam::111122223333:role/training-job",
                    "Condition": {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
                }
            ],
        }
    ),
)
""",
    maps_to={"checkov": ["CKV_AWS_286", "CKV_AWS_289"]},
)


@RULE.applies
def has_a_policy(holder: Resource, graph: GraphView) -> bool:
    """Whether it gives rights."""
    return gives_rights(holder, graph)


@RULE.check
def nothing_can_be_taken_over(holder: Resource, graph: GraphView) -> Iterator[Failure]:
    """Judge each statement that allows something."""
    allowed = frozenset(action.lower() for action in graph.options(AllowedActions).allowed)

    def judged(statement: Statement) -> Iterator[Failure]:
        if statement.allows and _concerns(statement) and not allows_everything(statement):
            yield from each(ESCALATING, lambda kind: _takes_over(statement, kind, allowed))

    yield from each_statement(holder, judged)


def _concerns(statement: Statement) -> bool:
    """Whether it is about a service that has such an action: most statements aren't."""
    return statement.block.has("NotAction") or some(statement.actions(), _is_of_such_a_service)


def _is_of_such_a_service(pattern: str) -> bool:
    service = pattern.partition(":")[0]
    return service in SERVICES or "*" in service or "?" in service


def _takes_over(statement: Statement, kind: str, allowed: frozenset[str]) -> Iterator[Failure]:
    """One action is enough to tell: they are mended alike."""
    arn, actions = ESCALATING[kind]
    found: list[str] = []

    def is_a_way(action: str) -> bool:
        if all_of(
            lambda: action.lower() not in allowed,
            lambda: statement.covers_action(action),
            lambda: not (action.startswith("iam:") and allows_all_of(statement, "iam")),
            lambda: not _is_narrowed(statement, action),
        ):
            found.append(action)
        return bool(found)

    if all_of(lambda: names_all(statement, arn), lambda: some(actions, is_a_way)):
        place = "Action" if statement.block.has("Action") else "NotAction"
        yield statement.block.failure(place, f"allows {found[0]} on every {kind}")


def _is_narrowed(statement: Statement, action: str) -> bool:
    keys = [key for key in NARROWING if key != BOUNDARY or not action.startswith("iam:Delete")]
    return any_of(
        lambda: statement.is_kept_to(is_tag_of_resource),
        lambda: some(keys, lambda key: statement.is_kept_to(key.__eq__, NARROWING[key])),
    )
