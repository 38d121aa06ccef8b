import pytest

from modelyard_policies.aws.types import IAM_POLICY, IAM_USER, ROLE
from modelyard_policies.engine import evaluate
from modelyard_policies.graph import UNKNOWN
from modelyard_policies.registry import all_rules
from modelyard_policies.rules.aws.iam.role_permissions_boundary import Boundaries

ARN = "arn:aws:iam::111122223333:policy/boundary-prod"
NONE = "a: permissionsBoundary: is unset"


def roles(*boundaries, token=ROLE):
    names = dict(zip("abc", boundaries, strict=False))
    return {
        name: (token, {} if boundary is None else {"permissionsBoundary": boundary})
        for name, boundary in names.items()
    }


CASES = {
    "bad": {
        "one of two": (roles(None, ARN), NONE),
        "an empty one": (roles("", ARN), "a: permissionsBoundary: is empty"),
        "beside one that isn't known": (
            roles(None, UNKNOWN),
            NONE,
            "b: permissionsBoundary: can't be judged: not known before the deployment",
        ),
        "beside a bounded user": (
            {**roles(None), "user": (IAM_USER, {"permissionsBoundary": ARN})},
            NONE,
        ),
    },
    "good": {
        "all": (roles(ARN, ARN),),
        "a policy of the stack": (
            {
                "policy": (IAM_POLICY, {"policy": "{}"}),
                "a": (ROLE, {"permissionsBoundary": UNKNOWN}, {"permissionsBoundary": ["policy"]}),
            },
        ),
    },
    "unknown": {
        "one that isn't known": (
            roles(UNKNOWN, ARN),
            "a: permissionsBoundary: can't be judged: not known before the deployment",
        ),
    },
    "not applicable": {
        "boundaries aren't in use": (roles(None, None),),
        "a policy": ({"policy": (IAM_POLICY, {"policy": "{}"})},),
    },
}


def test_verdict(case, check):
    check("IA6", case)


@pytest.mark.parametrize(
    ("boundary", "messages"),
    [
        (ARN, []),
        (
            "arn:aws:iam::111122223333:policy/x",
            ["is arn:aws:iam::111122223333:policy/x, which isn't one of the boundaries"],
        ),
        (None, ["is unset"]),
        (UNKNOWN, ["can't be judged: not known before the deployment"]),
    ],
)
def test_an_option_names_the_boundaries(build, boundary, messages):
    options = [Boundaries.from_json({"boundaries": ["arn:aws:iam::*:policy/boundary-*"]})]
    report = evaluate(build(roles(boundary)), all_rules(), select=["IA6"], options=options)
    assert [finding.message for finding in report.findings] == messages
