import json

import pytest

from modelyard_policies.aws.types import (
    GROUP_POLICY,
    IAM_POLICY,
    IAM_USER,
    PERMISSION_SET_POLICY,
    ROLE,
    ROLE_POLICY,
    USER_POLICY,
)
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import UNKNOWN
from modelyard_policies.registry import all_rules
from modelyard_policies.rules.aws.iam.policy_no_full_access import ServiceWildcards

BUCKET = "arn:aws:s3:::datasets/*"
EVERYTHING = "policy: policy.Statement[0].Action: allows every action"
ALL_BUT = (
    "policy: policy.Statement[0].NotAction: allows every action but those that it names, on every resource"
)


def statement(actions="*", resources="*", **more):
    found = {"Effect": "Allow", "Action": actions, "Resource": resources, **more}
    return {key: value for key, value in found.items() if value is not None}


def policy(*statements, token=IAM_POLICY):
    return {"policy": (token, {"policy": json.dumps({"Statement": list(statements)})})}


def all_of(service):
    return f"policy: policy.Statement[0].Action: allows every action of {service} on every resource"


CASES = {
    "bad": {
        "everything": (policy(statement()), EVERYTHING),
        "everything, of every service": (policy(statement(["s3:GetObject", "*:*"])), EVERYTHING),
        "everything with one bucket": (policy(statement(resources=BUCKET), token=ROLE_POLICY), EVERYTHING),
        "everything, under a condition": (
            policy(statement(Condition={"StringEquals": {"aws:RequestedRegion": "eu-west-1"}})),
            EVERYTHING,
        ),
        "everything but": (policy(statement(None, NotAction=["iam:*"]), token=GROUP_POLICY), ALL_BUT),
        "everything but, in a pattern": (policy(statement(None, "arn:aws:*", NotAction="iam:*")), ALL_BUT),
        "all of IAM": (
            policy(statement("iam:*"), token=USER_POLICY),
            "policy: policy.Statement[0].Action: allows every action of IAM",
        ),
        "all of IAM with some roles": (
            policy(statement("IAM:*", "arn:aws:iam::1:role/app-*")),
            "policy: policy.Statement[0].Action: allows every action of IAM",
        ),
        "all of S3, with all objects": (policy(statement("s3:*", "arn:aws:s3:::*/*")), all_of("s3")),
        "all of a service, in other letters": (policy(statement("s3:?*")), all_of("s3")),
        "in a permission set": (
            {"set": (PERMISSION_SET_POLICY, {"inlinePolicy": json.dumps({"Statement": statement()})})},
            "set: inlinePolicy.Statement.Action: allows every action",
        ),
        "all of services": (policy(statement(["s3:*", "ec2:*"])), all_of("s3"), all_of("ec2")),
        "all of a service in an account": (policy(statement("sqs:*", "arn:aws:sqs:*:1:*")), all_of("sqs")),
        "all of a service but one bucket": (
            policy(statement("s3:*", None, NotResource="arn:aws:s3:::a")),
            all_of("s3"),
        ),
        "the second statement": (
            policy(statement("s3:GetObject"), statement()),
            EVERYTHING.replace("[0]", "[1]"),
        ),
        "written into a role": (
            {
                "role": (
                    ROLE,
                    {"inlinePolicies": [{"name": "a", "policy": json.dumps({"Statement": statement()})}]},
                )
            },
            "role: inlinePolicies[0].policy.Statement.Action: allows every action",
        ),
        "a boundary that isn't known": (
            {**policy(statement()), "role": (ROLE, {"permissionsBoundary": UNKNOWN})},
            EVERYTHING,
        ),
        "beside what isn't known": (
            {"policy": (IAM_POLICY, {"policy": {"Statement": [statement("s3:*"), UNKNOWN]}})},
            all_of("s3"),
        ),
    },
    "good": {
        "some actions": (policy(statement(["s3:Get*", "ec2:Describe*"])),),
        "all of a service with one bucket": (policy(statement("s3:*", BUCKET)),),
        "all of a service by tag": (
            policy(statement("ec2:*", Condition={"StringEquals": {"aws:ResourceTag/team": "ml"}})),
        ),
        "everything but, with one bucket": (policy(statement(None, BUCKET, NotAction="s3:DeleteBucket")),),
        "a denial": (policy(statement(Effect="Deny")),),
        "nothing": ({"policy": (IAM_POLICY, {"policy": "{}"})},),
    },
    "unknown": {
        "a policy that isn't known": (
            {"policy": (ROLE_POLICY, {"policy": UNKNOWN})},
            "policy: policy: can't be judged: not known before the deployment",
        ),
        "resources that aren't known": (
            {"policy": (IAM_POLICY, {"policy": {"Statement": [statement("s3:*", [UNKNOWN])]}})},
            "policy: policy.Statement[0].Resource[0]: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {
        "a role without policies of its own": ({"role": (ROLE, {"assumeRolePolicy": "{}"})},),
        "a policy that bounds a user": (
            {
                **policy(statement()),
                "user": (IAM_USER, {"permissionsBoundary": UNKNOWN}, {"permissionsBoundary": ["policy"]}),
            },
        ),
    },
}


def test_verdict(case, check):
    check("IA1", case)


@pytest.mark.parametrize(
    ("resources", "wildcards", "ok"),
    [(BUCKET, "always", False), ("*", "never", True), ("*", "everywhere", False)],
)
def test_all_of_a_service_is_judged_as_the_option_says(build, resources, wildcards, ok):
    options = [ServiceWildcards.from_json({"service_wildcards": wildcards})]
    graph = build(policy(statement("s3:*", resources)))
    assert evaluate(graph, all_rules(), select=["IA1"], options=options).ok is ok
