import json

from modelyard_policies.aws.types import GROUP_POLICY, IAM_POLICY, ROLE, ROLE_POLICY, USER_POLICY
from modelyard_policies.graph import UNKNOWN

KEY = "arn:aws:kms:eu-west-1:111122223333:key/0123"
DECRYPT = "policy: policy.Statement[0].Resource: allows kms:Decrypt with every key"


def statement(actions="kms:Decrypt", resources="*", **more):
    found = {"Effect": "Allow", "Action": actions, "Resource": resources, **more}
    return {key: value for key, value in found.items() if value is not None}


def policy(*statements, token=IAM_POLICY):
    return {"policy": (token, {"policy": json.dumps({"Statement": list(statements)})})}


CASES = {
    "bad": {
        "every key": (policy(statement()), DECRYPT),
        "a list": (
            policy(statement(["s3:GetObject", "KMS:decrypt"], [KEY, "*"]), token=ROLE_POLICY),
            DECRYPT,
        ),
        "every action of KMS": (policy(statement("kms:*"), token=USER_POLICY), DECRYPT),
        "a wildcard": (policy(statement("kms:D*"), token=GROUP_POLICY), DECRYPT),
        "every action of services whose names begin so": (policy(statement("k*:*")), DECRYPT),
        "every key of an account": (policy(statement(resources="arn:aws:kms:*:111122223333:key/*")), DECRYPT),
        "every key of a region": (
            policy(statement(resources="arn:aws:kms:eu-west-1:111122223333:*")),
            DECRYPT,
        ),
        "a short pattern": (policy(statement(resources="arn:aws:kms:*")), DECRYPT),
        "to another key": (
            policy(statement("kms:ReEncrypt*")),
            "policy: policy.Statement[0].Resource: allows kms:ReEncryptFrom with every key",
        ),
        "grants, which give it": (
            policy(statement(["kms:CreateGrant", "kms:ListGrants"])),
            "policy: policy.Statement[0].Resource: allows kms:CreateGrant with every key",
        ),
        "grants, for a service or not": (
            policy(statement("kms:CreateGrant", Condition={"Bool": {"kms:GrantIsForAWSResource": "false"}})),
            "policy: policy.Statement[0].Resource: allows kms:CreateGrant with every key",
        ),
        "key policies, which give it": (
            policy(statement("kms:Put*")),
            "policy: policy.Statement[0].Resource: allows kms:PutKeyPolicy with every key",
        ),
        "everything but, on all keys": (
            policy(statement(None, "arn:aws:kms:*:*:key/*", NotAction=["iam:*"])),
            DECRYPT,
        ),
        "every key but one": (policy(statement(resources=None, NotResource=KEY)), DECRYPT),
        "by way of a service": (
            policy(statement(Condition={"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}})),
            DECRYPT,
        ),
        "any alias": (policy(statement(Condition={"StringLike": {"kms:ResourceAliases": "*"}})), DECRYPT),
        "written into a role": (
            {
                "role": (
                    ROLE,
                    {"inlinePolicies": [{"name": "a", "policy": json.dumps({"Statement": statement()})}]},
                )
            },
            "role: inlinePolicies[0].policy.Statement.Resource: allows kms:Decrypt with every key",
        ),
    },
    "good": {
        "grants for what services do": (
            policy(statement("kms:CreateGrant", Condition={"Bool": {"kms:GrantIsForAWSResource": "true"}})),
        ),
        "one key": (policy(statement(resources=KEY)),),
        "other actions": (policy(statement(["kms:Encrypt", "s3:*"])),),
        "everything, which is for policy-no-full-access": (policy(statement("*")),),
        "everything but IAM, likewise": (policy(statement(None, NotAction=["iam:*"])),),
        "everything but KMS": (policy(statement(None, NotAction="kms:*")),),
        "all but keys": (policy(statement("kms:*", None, NotResource="arn:aws:kms:*:*:*")),),
        "by alias": (policy(statement(Condition={"StringLike": {"kms:ResourceAliases": "alias/prod-*"}})),),
        "by tag": (policy(statement(Condition={"StringEquals": {"aws:ResourceTag/team": "ml"}})),),
        "a denial": (policy(statement(Effect="Deny")),),
        "keys of a kind": (policy(statement(resources="arn:aws:kms:eu-west-1:1:key/mrk-*")),),
    },
    "unknown": {
        "a policy that isn't known": (
            {"policy": (ROLE_POLICY, {"policy": UNKNOWN})},
            "policy: policy: can't be judged: not known before the deployment",
        ),
        "resources that aren't known": (
            {"policy": (IAM_POLICY, {"policy": {"Statement": [statement(resources=[UNKNOWN])]}})},
            "policy: policy.Statement[0].Resource[0]: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {
        "a role without policies of its own": ({"role": (ROLE, {"assumeRolePolicy": "{}"})},),
        "a policy that bounds a role": (
            {
                **policy(statement("*")),
                "role": (ROLE, {"permissionsBoundary": UNKNOWN}, {"permissionsBoundary": ["policy"]}),
            },
        ),
    },
}


def test_verdict(case, check):
    check("EN4", case)
