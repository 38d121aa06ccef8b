from modelyard_policies.aws.types import (
    INSTANCE,
    INSTANCE_PROFILE,
    LAUNCH_TEMPLATE,
    SPOT_INSTANCE_REQUEST,
    VPC,
)
from modelyard_policies.graph import UNKNOWN

PROFILE = {"profile": (INSTANCE_PROFILE, {})}


def from_template(profile, links=None):
    return {
        "template": (LAUNCH_TEMPLATE, {"iamInstanceProfile": profile}, links or {}),
        "node": (INSTANCE, {"launchTemplate": {"id": UNKNOWN}}, {"launchTemplate": ["template"]}),
    }


CASES = {
    "bad": {
        "none": ({"node": (INSTANCE, {})}, "node: iamInstanceProfile: names no instance profile"),
        "nothing in it": (
            {"node": (INSTANCE, {"iamInstanceProfile": ""})},
            "node: iamInstanceProfile: names no instance profile",
        ),
        "none in a spot request": (
            {"node": (SPOT_INSTANCE_REQUEST, {})},
            "node: iamInstanceProfile: names no instance profile",
        ),
        "none in the template": (from_template(None), "node: iamInstanceProfile: names no instance profile"),
    },
    "good": {
        "one by name": ({"node": (INSTANCE, {"iamInstanceProfile": "nodes"})},),
        "one of the stack": (
            PROFILE
            | {
                "node": (
                    INSTANCE,
                    {"iamInstanceProfile": UNKNOWN},
                    {"iamInstanceProfile": ["profile"]},
                )
            },
        ),
        "the template's": (from_template({"name": "nodes"}),),
        "the template's, of the stack": (
            PROFILE | from_template({"arn": UNKNOWN}, {"iamInstanceProfile": ["profile"]}),
        ),
    },
    "unknown": {
        "a profile that isn't known": (
            {"node": (INSTANCE, {"iamInstanceProfile": UNKNOWN})},
            "node: iamInstanceProfile: can't be judged: not known before the deployment",
        ),
        "a template from elsewhere": (
            {"node": (INSTANCE, {"launchTemplate": {"id": "lt-0123456789abcdef0"}})},
            "node: launchTemplate.id: can't be judged: names a resource that isn't in the graph",
        ),
    },
    "not applicable": {"no instance": ({"vpc": (VPC, {}), "node": (LAUNCH_TEMPLATE, {})},)},
}


def test_verdict(case, check):
    check("CO9", case)
