from modelyard_policies.aws.types import (
    GROUP_POLICY_ATTACHMENT,
    IAM_POLICY_ATTACHMENT,
    PERMISSION_SET_ATTACHMENT,
    PERMISSION_SET_ATTACHMENTS,
    ROLE,
    ROLE_POLICY_ATTACHMENT,
    ROLE_POLICY_ATTACHMENTS,
    USER_POLICY_ATTACHMENT,
)
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import UNKNOWN
from modelyard_policies.registry import all_rules
from modelyard_policies.rules.aws.iam.no_administrator_policy import AdministratorPolicies

ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
READER = "arn:aws:iam::aws:policy/ReadOnlyAccess"


def attachment(token, arn, key="policyArn"):
    return {"it": (token, {key: arn, "role": "node"})}


CASES = {
    "bad": {
        "a role": (
            attachment(ROLE_POLICY_ATTACHMENT, ADMINISTRATOR),
            "it: policyArn: gives AdministratorAccess",
        ),
        "a user, in China": (
            attachment(USER_POLICY_ATTACHMENT, "arn:aws-cn:iam::aws:policy/AdministratorAccess"),
            "it: policyArn: gives AdministratorAccess",
        ),
        "a group, all of IAM": (
            attachment(GROUP_POLICY_ATTACHMENT, "arn:aws:iam::aws:policy/IAMFullAccess"),
            "it: policyArn: gives IAMFullAccess",
        ),
        "roles, users and groups": (
            attachment(IAM_POLICY_ATTACHMENT, ADMINISTRATOR),
            "it: policyArn: gives AdministratorAccess",
        ),
        "a permission set": (
            attachment(PERMISSION_SET_ATTACHMENT, ADMINISTRATOR, "managedPolicyArn"),
            "it: managedPolicyArn: gives AdministratorAccess",
        ),
        "a permission set's list": (
            attachment(PERMISSION_SET_ATTACHMENTS, [READER, ADMINISTRATOR], "managedPolicyArns"),
            "it: managedPolicyArns: gives AdministratorAccess",
        ),
        "a role's own list": (
            attachment(ROLE, [UNKNOWN, ADMINISTRATOR], "managedPolicyArns"),
            "it: managedPolicyArns: gives AdministratorAccess",
        ),
        "all that a role has": (
            attachment(ROLE_POLICY_ATTACHMENTS, [ADMINISTRATOR], "policyArns"),
            "it: policyArns: gives AdministratorAccess",
        ),
    },
    "good": {
        "readers": (attachment(ROLE_POLICY_ATTACHMENT, READER),),
        "one of one's own": (
            attachment(ROLE_POLICY_ATTACHMENT, "arn:aws:iam::111122223333:policy/AdministratorAccess"),
        ),
        "for a service": (
            attachment(ROLE_POLICY_ATTACHMENT, "arn:aws:iam::aws:policy/AdministratorAccess-Amplify"),
        ),
        "a role's own list": (attachment(ROLE, [READER], "managedPolicyArns"),),
    },
    "unknown": {
        "a policy that isn't known": (
            attachment(ROLE_POLICY_ATTACHMENT, UNKNOWN),
            "it: policyArn: can't be judged: not known before the deployment",
        ),
        "a list with one that isn't known": (
            attachment(ROLE, [READER, UNKNOWN], "managedPolicyArns"),
            "it: managedPolicyArns[1]: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {"a role that attaches nothing": ({"it": (ROLE, {"assumeRolePolicy": "{}"})},)},
}


def test_verdict(case, check):
    check("IA2", case)


def test_others_can_be_refused_as_well(build):
    graph = build(attachment(ROLE_POLICY_ATTACHMENT, READER))
    options = [AdministratorPolicies.from_json({"policies": ["ReadOnlyAccess"]})]
    report = evaluate(graph, all_rules(), select=["IA2"], options=options)
    assert [finding.message for finding in report.findings] == ["gives ReadOnlyAccess"]
