import json

from modelyard_policies.aws.types import KMS_ALIAS, KMS_KEY, KMS_KEY_POLICY, KMS_REPLICA_KEY
from modelyard_policies.graph import SECRET, UNKNOWN

ROOT = {"AWS": "arn:aws:iam::111122223333:root"}
OPEN = "key: policy.Statement[0].Principal: is for everyone"


def statement(principal=None, condition=None, **more):
    found = {"Effect": "Allow", "Action": "kms:*", "Resource": "*", "Principal": principal, **more}
    return {key: value for key, value in {**found, "Condition": condition}.items() if value is not None}


def key(*statements, token=KMS_KEY):
    return {"key": (token, {"policy": json.dumps({"Statement": list(statements)})})}


CASES = {
    "bad": {
        "a star": (key(statement("*")), OPEN),
        "a star for AWS": (key(statement({"AWS": "*"})), OPEN),
        "a star in a list": (key(statement({"AWS": ["arn:aws:iam::1:root", "*"]})), OPEN),
        "a star for services": (key(statement({"Service": "*"})), OPEN),
        "everyone but one": (key(statement(NotPrincipal=ROOT)), OPEN),
        "a condition on the service only": (
            key(statement("*", {"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}})),
            OPEN,
        ),
        "any account": (key(statement("*", {"StringLike": {"kms:CallerAccount": "*"}})), OPEN),
        "an account, if it is said": (
            key(statement("*", {"StringEqualsIfExists": {"aws:SourceAccount": "1"}})),
            OPEN,
        ),
        "all but one account": (
            key(statement("*", {"StringNotEquals": {"aws:PrincipalAccount": "1"}})),
            OPEN,
        ),
        "a single statement": (
            {"key": (KMS_KEY, {"policy": {"Statement": statement("*")}})},
            "key: policy.Statement.Principal: is for everyone",
        ),
        "a policy of its own": (key(statement("*"), token=KMS_KEY_POLICY), OPEN),
        "a replica": (key(statement(ROOT), statement("*"), token=KMS_REPLICA_KEY), OPEN.replace("0", "1")),
    },
    "good": {
        "KMS's own policy": ({"key": (KMS_KEY, {})},),
        "the account": (key(statement(ROOT)),),
        "everyone of an account": (key(statement("*", {"StringEquals": {"kms:CallerAccount": "1"}})),),
        "everyone of an organization": (
            key(statement({"AWS": "*"}, {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": ["o-1/*"]}})),
        ),
        "a denial": (key(statement("*", Effect="Deny")),),
    },
    "unknown": {
        "a policy that isn't known": (
            {"key": (KMS_KEY, {"policy": UNKNOWN})},
            "key: policy: can't be judged: not known before the deployment",
        ),
        "a secret policy": ({"key": (KMS_KEY, {"policy": SECRET})}, "key: policy: can't be judged: a secret"),
        "a condition that isn't known": (
            {"key": (KMS_KEY, {"policy": {"Statement": [statement("*", {"StringEquals": UNKNOWN})]}})},
            (
                "key: policy.Statement[0].Condition.StringEquals: can't be judged: not known before the "
                "deployment"
            ),
        ),
    },
    "not applicable": {"an alias": ({"alias": (KMS_ALIAS, {})},)},
}


def test_verdict(case, check):
    check("EN2", case)
