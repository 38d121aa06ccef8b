import json

import pytest

from modelyard_policies.aws.types import (
    IAM_POLICY,
    PERMISSION_SET_POLICY,
    ROLE,
    ROLE_POLICY,
    ROLE_POLICY_ATTACHMENT,
    USER_POLICY,
)
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import UNKNOWN
from modelyard_policies.registry import all_rules
from modelyard_policies.rules.aws.iam.no_privilege_escalation import ESCALATING, AllowedActions

PASS_ROLE = "policy: policy.Statement[0].Action: allows iam:PassRole on every role"
ATTACH_ROLE = "policy: policy.Statement[0].Action: allows iam:AttachRolePolicy on every role"
JOB = "arn:aws:iam::111122223333:role/job"


def statement(actions="iam:PassRole", resources="*", **more):
    found = {"Effect": "Allow", "Action": actions, "Resource": resources, **more}
    return {key: value for key, value in found.items() if value is not None}


def policy(*statements, token=IAM_POLICY):
    return {"policy": (token, {"policy": json.dumps({"Statement": list(statements)})})}


def narrowed(actions, **condition):
    return policy(statement(actions, Condition={"StringEquals": condition}))


CASES = {
    "bad": {
        "any role passed": (policy(statement()), PASS_ROLE),
        "any role of the account passed": (
            policy(
                statement(["ec2:RunInstances", "iam:passrole"], [JOB, "arn:aws:iam::111122223333:role/*"])
            ),
            PASS_ROLE,
        ),
        "any role assumed": (
            policy(statement("sts:AssumeRole"), token=ROLE_POLICY),
            "policy: policy.Statement[0].Action: allows sts:AssumeRole on every role",
        ),
        "a wildcard": (
            policy(statement("iam:Attach*"), token=USER_POLICY),
            "policy: policy.Statement[0].Action: allows iam:AttachRolePolicy on every role",
            "policy: policy.Statement[0].Action: allows iam:AttachUserPolicy on every user",
            "policy: policy.Statement[0].Action: allows iam:AttachGroupPolicy on every group",
        ),
        "any policy rewritten": (
            policy(statement("iam:CreatePolicyVersion", "arn:aws:iam::*:policy/*")),
            "policy: policy.Statement[0].Action: allows iam:CreatePolicyVersion on every policy",
        ),
        "all users but one": (
            policy(statement("iam:CreateAccessKey", None, NotResource="arn:aws:iam::1:user/root")),
            "policy: policy.Statement[0].Action: allows iam:CreateAccessKey on every user",
        ),
        "any function rewritten": (
            policy(statement("lambda:UpdateFunctionCode")),
            "policy: policy.Statement[0].Action: allows lambda:UpdateFunctionCode on every function",
        ),
        "a shell on any machine": (
            policy(
                statement(
                    "ssm:SendCommand", ["arn:aws:ec2:*:*:instance/*", "arn:aws:ssm:*::document/AWS-RunShell"]
                )
            ),
            "policy: policy.Statement[0].Action: allows ssm:SendCommand on every instance",
        ),
        "everything but, on roles": (
            policy(statement(None, "arn:aws:iam::1:role/*", NotAction="s3:*")),
            "policy: policy.Statement[0].NotAction: allows iam:PassRole on every role",
        ),
        "passed to anything": (
            policy(statement(Condition={"StringLike": {"iam:PassedToService": "*"}})),
            PASS_ROLE,
        ),
        "passed to any service": (
            policy(statement(Condition={"StringLike": {"iam:PassedToService": "*.amazonaws.com"}})),
            PASS_ROLE,
        ),
        "any policy of AWS's attached": (
            narrowed("iam:AttachRolePolicy", **{"iam:PolicyARN": "arn:aws:iam::aws:policy/*"}),
            ATTACH_ROLE,
        ),
        "any policy of one's own attached": (
            narrowed("iam:AttachRolePolicy", **{"iam:PolicyARN": "arn:aws:iam::111122223333:policy/*"}),
            ATTACH_ROLE,
        ),
        "an administrator's attached": (
            narrowed(
                "iam:AttachRolePolicy", **{"iam:PolicyARN": ["arn:aws:iam::aws:policy/AdministratorAccess"]}
            ),
            ATTACH_ROLE,
        ),
        "a boundary taken away, if it is that": (
            narrowed(
                "iam:DeleteRolePermissionsBoundary",
                **{"iam:PermissionsBoundary": "arn:aws:iam::1:policy/boundary"},
            ),
            "policy: policy.Statement[0].Action: allows iam:DeleteRolePermissionsBoundary on every role",
        ),
        "all policies by a wildcard": (
            policy(statement("iam:*RolePolicy*")),
            ATTACH_ROLE,
        ),
        "in a permission set": (
            {"set": (PERMISSION_SET_POLICY, {"inlinePolicy": json.dumps({"Statement": [statement()]})})},
            "set: inlinePolicy.Statement[0].Action: allows iam:PassRole on every role",
        ),
        "a boundary that is attached as well": (
            {
                **policy(statement()),
                "role": (ROLE, {"permissionsBoundary": UNKNOWN}, {"permissionsBoundary": ["policy"]}),
                "attachment": (ROLE_POLICY_ATTACHMENT, {"policyArn": UNKNOWN}, {"policyArn": ["policy"]}),
            },
            PASS_ROLE,
        ),
        "passed to something, if it is said": (
            policy(
                statement(Condition={"StringEqualsIfExists": {"iam:PassedToService": "ec2.amazonaws.com"}})
            ),
            PASS_ROLE,
        ),
        "under a condition on who asks": (
            narrowed("iam:PassRole", **{"aws:PrincipalTag/team": "ml"}),
            PASS_ROLE,
        ),
        "written into a role": (
            {
                "role": (
                    ROLE,
                    {"inlinePolicies": [{"name": "a", "policy": json.dumps({"Statement": statement()})}]},
                )
            },
            "role: inlinePolicies[0].policy.Statement.Action: allows iam:PassRole on every role",
        ),
    },
    "good": {
        "one role": (policy(statement(resources=JOB)),),
        "roles of a kind": (policy(statement(resources="arn:aws:iam::111122223333:role/job-*")),),
        "passed to a service": (narrowed("iam:PassRole", **{"iam:PassedToService": "ec2.amazonaws.com"}),),
        "made under a boundary": (
            narrowed("iam:PutRolePolicy", **{"iam:PermissionsBoundary": "arn:aws:iam::1:policy/b"}),
        ),
        "some policy attached": (
            narrowed("iam:AttachRolePolicy", **{"iam:PolicyARN": "arn:aws:iam::1:policy/a"}),
        ),
        "machines of a team": (narrowed("ssm:StartSession", **{"ssm:resourceTag/team": "ml"}),),
        "one's own keys": (policy(statement("iam:CreateAccessKey", "arn:aws:iam::*:user/${aws:username}")),),
        "reading": (policy(statement(["iam:Get*", "iam:List*", "sts:GetCallerIdentity"])),),
        "a denial": (policy(statement(Effect="Deny")),),
        "everything, which is another rule's": (policy(statement("*"), statement("iam:*")),),
        "everything but, which is another rule's": (policy(statement(None, NotAction="s3:*")),),
    },
    "unknown": {
        "a policy that isn't known": (
            {"policy": (ROLE_POLICY, {"policy": UNKNOWN})},
            "policy: policy: can't be judged: not known before the deployment",
        ),
        "a condition that isn't known": (
            {"policy": (IAM_POLICY, {"policy": {"Statement": [statement(Condition=UNKNOWN)]}})},
            "policy: policy.Statement[0].Condition: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {
        "a role without policies of its own": ({"role": (ROLE, {"assumeRolePolicy": "{}"})},),
        "a policy that bounds a role, beside an attachment that isn't known": (
            {
                **policy(statement()),
                "role": (ROLE, {"permissionsBoundary": UNKNOWN}, {"permissionsBoundary": ["policy"]}),
                "attachment": (ROLE_POLICY_ATTACHMENT, {"policyArn": UNKNOWN}),
            },
        ),
        "a policy that bounds a role": (
            {
                **policy(statement()),
                "role": (ROLE, {"permissionsBoundary": UNKNOWN}, {"permissionsBoundary": ["policy"]}),
            },
        ),
    },
}


def test_verdict(case, check):
    check("IA3", case)


@pytest.mark.parametrize(
    ("action", "kind"), [(action, kind) for kind, (_, actions) in ESCALATING.items() for action in actions]
)
def test_each_action_is_found_alone(build, action, kind):
    report = evaluate(build(policy(statement(action))), all_rules(), select=["IA3"])
    assert [finding.message for finding in report.findings] == [f"allows {action} on every {kind}"]


def test_an_action_may_be_allowed(build):
    graph = build(policy(statement("ssm:StartSession")))
    options = [AllowedActions.from_json({"allowed": ["SSM:StartSession"]})]
    assert evaluate(graph, all_rules(), select=["IA3"], options=options).ok
