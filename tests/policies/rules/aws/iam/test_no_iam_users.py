import pytest

from modelyard_policies.aws.types import (
    IAM_ACCESS_KEY,
    IAM_POLICY_ATTACHMENT,
    IAM_SERVICE_CREDENTIAL,
    IAM_SIGNING_CERTIFICATE,
    IAM_SSH_KEY,
    IAM_USER,
    IAM_USER_LOGIN,
    ROLE,
    USER_POLICY,
    USER_POLICY_ATTACHMENT,
    USER_POLICY_ATTACHMENTS,
)
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import SECRET, UNKNOWN
from modelyard_policies.registry import all_rules
from modelyard_policies.rules.aws.iam.no_iam_users import AllowedUsers

USER = "it: : is a user, whose credentials don't expire"
KEY = "it: : is a key that doesn't expire, and whose secret is in the stack's state"


def it(token, **properties):
    return {"it": (token, properties)}


CASES = {
    "bad": {
        "a user": (it(IAM_USER), USER),
        "a user whose name isn't known": (it(IAM_USER, name=UNKNOWN), USER),
        "a key": (it(IAM_ACCESS_KEY, user=UNKNOWN), KEY),
        "a key that is active": (it(IAM_ACCESS_KEY, user="ci", status="Active"), KEY),
        "a credential for one service": (
            it(IAM_SERVICE_CREDENTIAL, userName="ci", serviceName="bedrock.amazonaws.com"),
            "it: : is a credential of a user, whose secret is in the stack's state",
        ),
        "a password": (it(IAM_USER_LOGIN, user="ada"), "it: : is a password of a user"),
        "a key for CodeCommit": (it(IAM_SSH_KEY, username="ada"), "it: : is a key of a user"),
        "a certificate": (
            it(IAM_SIGNING_CERTIFICATE, userName="ada"),
            "it: : is a certificate by which a user signs requests",
        ),
        "a policy of a user's own": (it(USER_POLICY, user="ci"), "it: : gives a policy to a user"),
        "an attachment": (it(USER_POLICY_ATTACHMENT, user="ci"), "it: : gives a policy to a user"),
        "all attachments": (it(USER_POLICY_ATTACHMENTS, userName="ci"), "it: : gives policies to a user"),
        "an attachment to several": (
            it(IAM_POLICY_ATTACHMENT, users=[UNKNOWN, "ci", "ada"], roles=["node"]),
            "it: users: gives a policy to a user",
        ),
    },
    "good": {
        "an inactive key": (it(IAM_ACCESS_KEY, user="ci", status="Inactive"),),
        "an attachment to roles": (it(IAM_POLICY_ATTACHMENT, roles=["node"], users=[]),),
    },
    "unknown": {
        "a key that may be inactive": (
            it(IAM_ACCESS_KEY, user="ci", status=UNKNOWN),
            "it: status: can't be judged: not known before the deployment",
        ),
        "users that aren't known": (
            it(IAM_POLICY_ATTACHMENT, users=[SECRET]),
            "it: users[0]: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {"a role": (it(ROLE, assumeRolePolicy="{}"),)},
}


def test_verdict(case, check):
    check("IA5", case)


@pytest.mark.parametrize(
    ("resources", "ok"),
    [
        (it(IAM_USER, name="break-glass-1"), True),
        (it(IAM_USER, name="ci"), False),
        (it(IAM_ACCESS_KEY, user="break-glass-1"), True),
        (it(IAM_POLICY_ATTACHMENT, users=["break-glass-1"]), True),
        (it(IAM_POLICY_ATTACHMENT, users=["break-glass-1", "ci"]), False),
    ],
)
def test_some_users_may_be_allowed(build, resources, ok):
    options = [AllowedUsers.from_json({"allowed": ["break-glass-*"]})]
    assert evaluate(build(resources), all_rules(), select=["IA5"], options=options).ok is ok


def test_a_user_without_a_name_goes_by_the_one_in_the_program(build):
    options = [AllowedUsers.from_json({"allowed": ["it"]})]
    assert evaluate(build(it(IAM_USER)), all_rules(), select=["IA5"], options=options).ok
